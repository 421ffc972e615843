"""Every Python example of the README and the docs runs, on a sandbox of its document's own."""

from __future__ import annotations

import inspect
import re
from doctest import ELLIPSIS
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from contacthub_orm import Node, Sandbox, Session
from contacthub_orm.sandbox import NotihubSandbox
from tests.support.desk import DeskServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sybil.document import Document

ROOT = Path(__file__).parents[2]

UNTRIED = {"architecture.md", "coverage.md", "performance.md"}
"""Pages whose examples are checked or measured elsewhere."""

PAGES = [ROOT / "README.md", *(page for page in sorted(ROOT.glob("docs/*.md")) if page.name not in UNTRIED)]


@pytest.fixture
def names() -> Iterator[dict[str, Any]]:
    """What a page may use without making it: a running sandbox, its node, an open session."""
    with Sandbox() as sandbox, sandbox.workspace, Session(sandbox.node) as session:
        yield {"sandbox": sandbox, "node": sandbox.node, "session": session}


@pytest.fixture
def other_services(page: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What the pages on other services may use besides."""
    if page.name == "notihub.md":
        with NotihubSandbox() as sandbox:
            for variable, value in sandbox.environment.items():
                monkeypatch.setenv(variable, value)
            yield {"notihub_sandbox": sandbox}
    elif page.name == "other-services.md":
        desk = DeskServer()
        yield {"desk_url": desk.url}
        desk.close()
    else:
        yield {}


def parse(page: Path) -> Document:
    parser = PythonCodeBlockParser(doctest_optionflags=ELLIPSIS)
    return Sybil(parsers=[parser], path=str(page.parent), encoding="utf-8").parse(page)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_examples_run(page, names, other_services, request, tmp_path, monkeypatch):
    for variable, value in names["sandbox"].environment.items():
        monkeypatch.setenv(variable, value)
    monkeypatch.chdir(tmp_path)
    document = parse(page)
    document.namespace.update(names | other_services)
    for example in document.examples():
        example.evaluate()
    for name, value in list(document.namespace.items()):
        if isinstance(value, Node):
            value.workspace.close()
        if name.startswith("test_") and inspect.isfunction(value):
            value(
                **{wanted: request.getfixturevalue(wanted) for wanted in inspect.signature(value).parameters}
            )


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.name != "index.md"], ids=lambda page: page.name
)
def test_a_page_has_examples(page):
    assert list(parse(page).examples())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page):
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", text):
        assert (page.parent / target).exists(), target
