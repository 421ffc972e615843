"""Batches of rows, split into chunks: a CSV for one job each, or a list for requests."""

from __future__ import annotations

import csv
import io
import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.orm.wire.documents import apply_patch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contacthub_orm.contacthub.bulk.columns import Columns, Path
    from contacthub_orm.contacthub.bulk.rows import Row
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["MAX_ROWS", "Batch", "Chunk", "Digest", "Line", "batches", "by_entity", "in_chunks"]

MAX_ROWS: Final = 2_000
"""How many rows are in a batch. Ten jobs of them are in memory at most."""

_MAX_BYTES: Final = 4 * 1024 * 1024
_MAX_CONTENT: Final = 8 * 1024 * 1024
"""The largest file, by far below what a service may refuse; none says what that is."""

Batch = list["Row"]


class Digest:
    """What tells whether the rows of a load are those of the load that was cut short.

    The date of an event does not count: one that has none gets the time at which it is read.
    """

    def __init__(self) -> None:
        self.value = b""

    def add(self, row: Row) -> int:
        """Add a row, and return its size in bytes."""
        document = {
            key: value for key, value in row.document.items() if (row.resource, key) != ("events", "date")
        }
        told = [row.resource, row.event_type, row.identity, row.problem, row.unchanged, document]
        text = json.dumps(told, sort_keys=True).encode()
        self.value = blake2b(self.value + text, digest_size=16).digest()
        return len(text)


def batches(rows: Iterator[Row], digest: Digest) -> Iterator[Batch]:
    """The rows in batches, each as large as memory and a file should hold."""
    batch: Batch = []
    size = 0
    for row in rows:
        size += digest.add(row)
        batch.append(row)
        if len(batch) >= MAX_ROWS or size >= _MAX_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


@attrs.define(eq=False)
class Line:
    """What is written once: a row, or several of the same customer or event with the later one's values on top."""

    rows: list[Row]
    identity: str | None
    document: Document

    @property
    def last(self) -> Row:
        """The latest of its rows."""
        return self.rows[-1]


def by_entity(rows: Iterable[Row]) -> list[Line]:
    """One line for each customer or event that the rows write."""
    lines: list[Line] = []
    known: dict[str, Line] = {}
    for row in rows:
        line = None if row.key is None else known.get(row.key)
        if line is not None and not any(one.entity is not None for one in (*line.rows, row)):
            line.rows.append(row)
            line.document = apply_patch(line.document, row.document)
            continue
        line = Line([row], row.identity, row.document)
        lines.append(line)
        if row.key is not None:
            known[row.key] = line
    return lines


@attrs.define(eq=False)
class Chunk:
    """What goes to the service together.

    Attributes:
        resource: "customers" or "events".
        event_type: the type of the events, empty for customers.
        lines: what it writes.
        content: the CSV of a job, or the lines for requests as JSON; None once the journal has it.
        number: its number in the journal.
        name: the name of the file, which no other job has; empty for requests.
    """

    resource: str
    event_type: str
    lines: Sequence[Line]
    content: bytes | None = None
    number: int = 0
    name: str = ""

    @property
    def numbers(self) -> list[list[int]]:
        """The numbers of the rows of each line."""
        return [[row.number for row in line.rows] for line in self.lines]


def in_chunks(lines: Iterable[Line], columns: Any, *, jobs: bool) -> tuple[list[Chunk], list[Line]]:
    """Split the lines of a batch.

    Args:
        lines: the lines.
        columns: gives the columns of a row's class.
        jobs: whether jobs may carry them.

    Returns:
        The chunks for jobs, and the lines that no job carries.
    """
    files: dict[tuple[str, str], _Table] = {}
    rest: list[Line] = []
    for line in lines:
        row = line.last
        table = files.setdefault((row.resource, row.event_type), _Table())
        cells = _cells(line, columns(row)) if jobs else None
        if cells is None or not table.add(line, cells):
            rest.append(line)
    chunks = [chunk for kind, table in files.items() for chunk in table.chunks(*kind)]
    return chunks, rest


def _cells(line: Line, columns: Columns) -> dict[Path, str] | None:
    """The cells of a line, or None if a cell cannot carry one of its values."""
    found: dict[Path, str] = {}
    document = {
        key: value for key, value in line.document.items() if (line.last.resource, key) != ("events", "type")
    }
    for path, value in _leaves(document, ()):
        cell = columns.cell(path, value)
        if cell is None:
            return None
        found[path] = cell
    if line.identity is not None:
        found["id",] = line.identity
    return found or None


def _leaves(document: Document, above: Path) -> Iterator[tuple[Path, Any]]:
    for key, value in document.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*above, key))
        else:
            yield (*above, key), value


class _Table:
    """The lines of one file, whose header grows with them."""

    def __init__(self) -> None:
        self._lines: list[tuple[Line, dict[Path, str]]] = []
        self._header: dict[Path, None] = {}
        self._above: set[Path] = set()

    def add(self, line: Line, cells: dict[Path, str]) -> bool:
        """Add a line, unless its paths go against the header: a path is a value or has values below it."""
        new = [path for path in cells if path not in self._header]
        above = {path[:length] for path in new for length in range(1, len(path))}
        if above & self._header.keys() or any(path in self._above for path in new):
            return False
        self._header.update(dict.fromkeys(new))
        self._above |= above
        self._lines.append((line, cells))
        return True

    def chunks(self, resource: str, event_type: str) -> Iterator[Chunk]:
        """The chunks, each with a file that is not too large."""
        waiting = [self._lines] if self._lines else []
        while waiting:
            lines = waiting.pop(0)
            header = dict.fromkeys(path for _, cells in lines for path in cells)
            text = io.StringIO(newline="")
            writer = csv.writer(text)
            writer.writerow(".".join(path) for path in header)
            writer.writerows([cells.get(path, "") for path in header] for _, cells in lines)
            content = text.getvalue().encode()
            if len(content) > _MAX_CONTENT and len(lines) > 1:
                middle = len(lines) // 2
                waiting[:0] = [lines[:middle], lines[middle:]]
                continue
            yield Chunk(resource, event_type, [line for line, _ in lines], content)
