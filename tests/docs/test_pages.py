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

DOCS = ROOT / "docs"

UNTRIED = {"architecture.md", "coverage.md", "performance.md", "where-time-goes.md"}
"""Pages whose examples are checked or measured elsewhere."""

WITHOUT_EXAMPLES = {"changelog.md", "contributing.md", "pictures.md", "reference/index.md"}

NEEDS = re.compile(r"<!-- needs: (.+) -->\n")
"""The first line of a page whose examples use other libraries; without these it is passed over."""


def name_of(page: Path) -> str:
    return page.relative_to(DOCS).as_posix() if page.is_relative_to(DOCS) else page.name


NEEDED = {
    "asyncio.md": ("anyio",),
    "factories.md": ("polyfactory",),
    "frames.md": ("pyarrow", "polars", "pandas", "duckdb"),
    "instrumentation.md": ("opentelemetry.instrumentation.requests",),
}
"""What the examples of a page need beyond what all tests have: the group of tests that has it runs them."""

PAGES = [ROOT / "README.md", *(page for page in sorted(DOCS.rglob("*.md")) if name_of(page) not in UNTRIED)]

RUN = [page for page in PAGES if not name_of(page).startswith("tutorial/")]
"""Pages with examples that run here. The programs of the tutorial are run by tests/examples."""


@pytest.fixture
def names() -> Iterator[dict[str, Any]]:
    """What a page may use without making it: a running sandbox, its node, an open session."""
    with Sandbox() as sandbox, sandbox.workspace, Session(sandbox.node) as session:
        yield {"sandbox": sandbox, "node": sandbox.node, "session": session}


@pytest.fixture
def other_services(page: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    """What the pages on other services may use besides."""
    if name_of(page) in ("notihub.md", "reference/notihub.md"):
        with NotihubSandbox() as sandbox:
            for variable, value in sandbox.environment.items():
                monkeypatch.setenv(variable, value)
            yield {"notihub_sandbox": sandbox}
    elif name_of(page) in ("other-services.md", "reference/backends.md"):
        desk = DeskServer()
        yield {"desk_url": desk.url}
        desk.close()
    else:
        yield {}


def libraries_of(page: Path) -> list[str]:
    needs = NEEDS.match(page.read_text(encoding="utf-8"))
    return needs[1].split(", ") if needs else []


def parse(page: Path) -> Document:
    parser = PythonCodeBlockParser(doctest_optionflags=ELLIPSIS)
    return Sybil(parsers=[parser], path=str(page.parent), encoding="utf-8").parse(page)


@pytest.mark.parametrize("page", RUN, ids=name_of)
def test_examples_run(page, names, other_services, request, tmp_path, monkeypatch):
    for library in (*libraries_of(page), *NEEDED.get(name_of(page), ())):
        pytest.importorskip(library, reason=f"an example uses {library}, of an extra")
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


def test_a_page_has_examples():
    found = {name_of(page) for page in RUN if any(parse(page).examples())}

    assert {name_of(page) for page in RUN} - found <= WITHOUT_EXAMPLES


def test_links_lead_somewhere():
    missing = [
        f"{name_of(page)}: {target}"
        for page in PAGES
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]

    assert missing == []
