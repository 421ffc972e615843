"""Pictures of every page of the console, to be looked at: `python -m tests.browser.looks FOLDER`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

from contacthub_orm.sandbox import Sandbox
from tests.browser.town import Town

CHROMIUM: Final = "/usr/bin/chromium"
WIDTHS: Final = (1280, 390)
THEMES: Final = ("light", "dark")
PAGES: Final = {
    "customers": "/customers",
    "search": "/customers?q=wayne",
    "nothing": "/customers?q=nobody+at+all",
    "broken-query": '/customers?q={"name":',
    "customer": "/customers/BRUCE",
    "seeded": "/customers/DIANA",
    "events": "/events",
    "requests": "/requests?live=off",
    "request": "/requests/NUMBER",
    "refused": "/requests?status=400&live=off",
    "faults": "/faults",
    "settings": "/settings",
    "state": "/state",
    "error": "/nowhere",
}


def address(town: Town, name: str) -> str:
    """Where a page is."""
    known = {"BRUCE": town.bruce, "DIANA": town.customers[1], "NUMBER": town.first_request}
    path = PAGES[name]
    for word, value in known.items():
        path = path.replace(word, str(value))
    return f"{town.url}{path}"


def take(folder: Path, names: list[str]) -> None:
    """Take them.

    Args:
        folder: where they go.
        names: of the pages; all if there are none.
    """
    from playwright.sync_api import sync_playwright

    folder.mkdir(parents=True, exist_ok=True)
    with Sandbox() as sandbox, sync_playwright() as playwright:
        town = Town(sandbox)
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for theme in THEMES:
            for width in WIDTHS:
                page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=theme)
                for name in names or PAGES:
                    page.goto(address(town, name))
                    page.screenshot(path=folder / f"{name}-{width}-{theme}.png", full_page=True)
                page.close()
        chromium.close()


if __name__ == "__main__":
    take(Path(sys.argv[1]), sys.argv[2:])
