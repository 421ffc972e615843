"""A tab of Debian's Chromium on the console of a sandbox; without playwright or Chromium all of it is passed over."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from contacthub_orm.sandbox import Sandbox
from tests.browser.town import Town

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs the extra `browser`")
    if not CHROMIUM.exists():
        pytest.skip(f"needs Chromium at {CHROMIUM}: apt-get install chromium")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def town(contacthub_sandbox: Sandbox) -> Town:
    return Town(contacthub_sandbox)


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens tabs in windows of their own; a test fails if a page complains: of its policy, or of a script's mistake."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_tab(**options: Any) -> Page:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 800}, **options})
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(10_000)
        tab.on("pageerror", lambda error: complaints.append(str(error)))
        tab.on("dialog", lambda dialog: (complaints.append(dialog.message), dialog.dismiss()))
        tab.on("console", lambda line: complaints.append(line.text) if "Policy" in line.text else None)
        return tab

    yield open_tab
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def tab(opened: Callable[..., Page]) -> Page:
    return opened()
