"""Tables in HTML, which notebooks show for plans, accounts and lists of entities."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contacthub_orm.orm.wire.documents import Document

__all__ = ["document_table", "html_table", "request_cells"]

_ROWS_SHOWN: Final = 60
"""Rows of a table; of more, the table says how many there are."""


def html_table(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Make an HTML table. Every cell is escaped, None is an empty one; a long table is cut.

    Args:
        headers: the head of each column.
        rows: the cells of each row.
    """
    head = _row("th", headers)
    body = "".join(_row("td", row) for row in rows[:_ROWS_SHOWN])
    rest = f"<p>{len(rows):,} rows, of which {_ROWS_SHOWN} are shown</p>" if len(rows) > _ROWS_SHOWN else ""
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>{rest}"


def document_table(documents: Iterable[Document]) -> str:
    """Make a table with a row for each document, and a column for each path that has a value."""
    rows = [dict(_flat(document, "")) for document in documents]
    columns = list(dict.fromkeys(path for row in rows[:_ROWS_SHOWN] for path in row))
    return html_table(columns, [[row.get(path) for path in columns] for row in rows])


def request_cells(method: str, path: Iterable[Any], body: Any) -> tuple[str, str, str]:
    """The cells of a request: its method, its path and its body as JSON."""
    text = "" if body is None else json.dumps(body, ensure_ascii=False, default=repr)
    return method, "/".join(map(str, path)), text


def _flat(document: Document, prefix: str) -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        elif value not in (None, []):
            shown = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else value
            yield f"{prefix}{key}", shown


def _row(tag: str, cells: Iterable[Any]) -> str:
    from html import escape  # its table of entities is long, and only notebooks show these

    shown = ("" if cell is None else escape(str(cell)) for cell in cells)
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in shown) + "</tr>"
