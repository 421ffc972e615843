"""Files of rows: CSV, JSON lines, Excel and Parquet, read and written a row at a time."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from contacthub_orm.cli.terminal.extras import needed
from contacthub_orm.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["BY_SUFFIX", "Source", "form_of"]

BY_SUFFIX: Final[Mapping[str, str]] = {
    ".csv": "csv",
    ".json": "jsonl",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".xlsx": "excel",
}

_LONGEST_CELL: Final = 16 * 1024 * 1024


def form_of(path: str, given: str | None, allowed: Iterable[str]) -> str:
    """The form of a file: as given, or by the end of its name.

    Raises:
        click.UsageError: if neither tells, or files of this form cannot be used here.
    """
    known = list(allowed)
    found = given or BY_SUFFIX.get(Path(path).suffix.lower())
    if found not in known:
        raise click.UsageError(f"{path}: say the form with --file-format, one of {', '.join(known)}")
    return found


@attrs.frozen
class Source(Iterable[dict[str, Any]]):
    """The rows of a file. They can be read again, each time from the beginning.

    Attributes:
        path: the file.
        form: "csv", "jsonl", "excel" or "parquet".
    """

    path: Path
    form: str

    @property
    def has_texts(self) -> bool:
        """Whether its values are texts, whatever they stand for."""
        return self.form in ("csv", "excel")

    def __iter__(self) -> Iterator[dict[str, Any]]:
        try:
            yield from _READERS[self.form](self.path)
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise ArgumentError(f"{self.path} cannot be read: {error}") from None


def _csv(path: Path) -> Iterator[dict[str, Any]]:
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    with path.open(encoding="utf-8-sig", newline="") as file:
        lines = csv.reader(file, strict=True, delimiter=_delimiter(file.readline()))
        file.seek(0)
        yield from _below_header(path, lines)


def _delimiter(header: str) -> str:
    """A spreadsheet in many languages writes semicolons, since the comma is its decimal sign."""
    return max((",", ";", "\t"), key=header.count)


def _below_header(path: Path, lines: Iterator[list[str]]) -> Iterator[dict[str, Any]]:
    header = [name.strip() for name in next(lines, [])]
    if not header or not all(header) or len(set(header)) < len(header):
        raise ArgumentError(f"{path} has no header of column names, each once")
    for number, cells in enumerate(lines, 2):
        if not any(cells):
            continue
        if len(cells) != len(header):
            raise ArgumentError(
                f"{path}: line {number} has {len(cells)} cells, and the header has {len(header)}"
            )
        yield dict(zip(header, cells, strict=True))


def _jsonl(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except (ValueError, RecursionError) as error:
                raise ArgumentError(f"{path}: line {number} is not JSON: {error}") from None
            if not isinstance(row, dict):
                raise ArgumentError(f"{path}: line {number} is no JSON object")
            yield row


def _excel(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of the first sheet, as texts."""
    openpyxl = needed("openpyxl", "excel", "reading an Excel file")
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # noqa: BLE001 - openpyxl raises what its XML and ZIP parsers raise
        raise ArgumentError(f"{path} is no Excel file: {error}") from None
    try:
        if not book.worksheets:
            raise ArgumentError(f"{path} has no sheet with cells")
        rows = book.worksheets[0].iter_rows(values_only=True)
        yield from _below_header(path, ([_text(value) for value in row] for row in _trimmed(rows)))
    finally:
        book.close()


def _trimmed(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[Any]]:
    """The rows as wide as the header, unless they have more; a format alone can make a sheet wider."""
    width = 0
    for row in rows:
        filled = max((place for place, value in enumerate(row, 1) if value is not None), default=0)
        width = width or filled
        yield [*row[: max(width, filled)], *[None] * (width - len(row))]


def _text(value: Any) -> str:
    """A cell as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _parquet(path: Path) -> Iterator[dict[str, Any]]:
    parquet = needed("pyarrow.parquet", "frames", "reading a Parquet file")
    try:
        file = parquet.ParquetFile(path)
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - pyarrow's own errors, which are not imported here
        raise ArgumentError(f"{path} is no Parquet file: {error}") from None
    with file:
        for batch in file.iter_batches(batch_size=1_000):
            yield from map(_without_nulls, batch.to_pylist())


def _without_nulls(row: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: _without_nulls(one) if isinstance(one, dict) else one for name, one in row.items()}
    return {name: one for name, one in found.items() if one is not None and one != {}}


_READERS: Final[Mapping[str, Callable[[Path], Iterator[dict[str, Any]]]]] = {
    "csv": _csv,
    "jsonl": _jsonl,
    "excel": _excel,
    "parquet": _parquet,
}
