"""What the documentation site does to the pages of `docs/`, which are plain Markdown for those who read them in the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools.site.borrowed import BORROWED, borrowed_text
from tools.site.contents import with_cards, with_menu
from tools.site.docstrings import as_restructured_text
from tools.site.links import with_links
from tools.site.reference import with_docstrings

if TYPE_CHECKING:
    from sphinx.application import Sphinx


def _prepare(app: Sphinx, page: str, source: list[str]) -> None:
    text = borrowed_text(page) if page in BORROWED else source[0]
    if page == app.config.root_doc:
        text = with_cards(text)
    elif page.endswith("/index"):
        text = with_menu(text)
    if page.startswith("reference/") or page == "errors":
        text = with_docstrings(text)
    source[0] = with_links(text, page)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx, which calls this."""
    app.connect("source-read", _prepare)
    app.connect("autodoc-process-docstring", as_restructured_text, priority=100)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
