"""The CSV files of bulk jobs: reading them, and making a document of each row.

The header names dotted paths (reference 1.299.1). The reference says nothing of the rest of the format.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.documents.schemas import (
    EVENT_CONTEXTS,
    EVENT_TYPES,
    context_schema,
    event_schema,
    property_schema,
    schema_below,
)
from contacthub_orm.sandbox.documents.wire import decode_received

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["document_of", "read_table", "write_table"]

MAX_STEPS: Final = 20
BOOLEANS: Final = {"true": True, "false": False}


def read_table(content: bytes) -> tuple[list[str], list[list[str]]]:
    """The header and the rows of a CSV file in UTF-8; empty lines are passed over.

    Raises:
        ValueError: if the file is no such table, with the reason in one line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("the file is not in UTF-8") from None
    try:
        lines = [cells for cells in csv.reader(io.StringIO(text, newline=""), strict=True) if cells]
    except csv.Error as error:
        raise ValueError(f"the file is no CSV: {error}") from None
    if not lines:
        raise ValueError("the file is empty")
    header = [cell.strip() for cell in lines[0]]
    _check_header(header)
    return header, lines[1:]


def write_table(rows: Sequence[Sequence[Any]]) -> str:
    """The rows as CSV."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def document_of(
    header: Sequence[str],
    cells: Sequence[str],
    event_type: str | None,
    extended: Mapping[str, Mapping[str, Any]] | None,
) -> dict[str, Any]:
    """The document of a row: of a customer, or of an event of a type. An empty cell sets nothing.

    A cell becomes a boolean, a number, a list or an object where the schema has one, the last two from JSON. One that
    cannot become it stays text, which the rules for documents then refuse.

    Args:
        header: the paths.
        cells: the row.
        event_type: the type of the events; None if the rows are customers.
        extended: the declared extended properties of customers.

    Raises:
        ValueError: if the row has not as many cells as the header.
    """
    if len(cells) != len(header):
        raise ValueError(f"the row has {len(cells)} cells, and the header has {len(header)}")
    context = dict(zip(header, cells, strict=True)).get("context", "")
    document: dict[str, Any] = {}
    for path, cell in zip(header, cells, strict=True):
        if not cell:
            continue
        if event_type is None:
            schema = _schema_of_customer(path, extended)
        else:
            schema = _schema_of_event(path, event_type, context)
        target = document
        *above, last = path.split(".")
        for name in above:
            target = target.setdefault(name, {})
        target[last] = _value(cell, schema)
    return document


def _check_header(header: list[str]) -> None:
    known = set(header)
    if len(known) < len(header):
        raise ValueError("the header names a path twice")
    for path in header:
        steps = path.split(".")
        if not all(steps):
            raise ValueError(f"the header has the path {path!r}, which names nothing")
        if len(steps) > MAX_STEPS:
            raise ValueError(f"a path of the header has more than {MAX_STEPS} steps")
        for length in range(1, len(steps)):
            if ".".join(steps[:length]) in known:
                raise ValueError(f"the header has both {path} and a path above it")


def _schema_of_customer(
    path: str, extended: Mapping[str, Mapping[str, Any]] | None
) -> Mapping[str, Any] | None:
    if path == "enabled":
        return {"type": "boolean"}
    section, _, rest = path.partition(".")
    if section != "extended":
        return property_schema(path)
    name, _, rest = rest.partition(".")
    return schema_below((extended or {}).get(name), rest)


def _schema_of_event(path: str, event_type: str, context: str) -> Mapping[str, Any] | None:
    section, _, rest = path.partition(".")
    if section == "properties" and event_type in EVENT_TYPES:
        return schema_below(event_schema(event_type), rest)
    if section == "contextInfo" and context in EVENT_CONTEXTS:
        return schema_below(context_schema(context), rest)
    return None


def _value(cell: str, schema: Mapping[str, Any] | None) -> Any:
    types = (schema or {}).get("type", "string")
    types = [types] if isinstance(types, str) else types
    if "string" in types:
        return cell
    if "boolean" in types:
        return BOOLEANS.get(cell.strip().lower(), cell)
    try:
        return decode_received(cell)
    except ValueError:
        return cell
