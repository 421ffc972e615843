"""Pages of the site whose text is a file at the root of the repository."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

__all__ = ["BORROWED", "ROOT", "borrowed_text"]

ROOT: Final = Path(__file__).parents[2]

BORROWED: Final = {"changelog": "CHANGELOG.md", "contributing": "CONTRIBUTING.md"}
"""The file behind a page. In the repository the page is a link to it."""


def borrowed_text(page: str) -> str:
    """The text of the file behind a page, with its links as the page must write them."""
    text = (ROOT / BORROWED[page]).read_text(encoding="utf-8")
    return re.sub(r"\]\((?!https?:|#)([^)]+)\)", _as_in_docs, text)


def _as_in_docs(link: re.Match[str]) -> str:
    target = link[1]
    return f"]({target.removeprefix('docs/')})" if target.startswith("docs/") else f"](../{target})"
