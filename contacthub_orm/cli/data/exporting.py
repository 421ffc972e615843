"""`contacthub-orm export`: customers or events into a file."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from contacthub_orm.cli.data.asking import question
from contacthub_orm.cli.terminal.classes import columns_of, entity_option
from contacthub_orm.cli.terminal.connection import Target, node_options
from contacthub_orm.cli.terminal.extras import needed
from contacthub_orm.cli.terminal.output import cell, utf8_output, value_at, write_csv, writing
from contacthub_orm.cli.terminal.progress import is_watched, progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["export"]

_FORMS: Final = ("csv", "jsonl", "parquet")
_ROWS: Final = 1_000
"""How many rows a part of a Parquet file has."""


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--where", "criterion", metavar="CRITERION", help="Which rows; see the command query.")
@entity_option("The class of the rows; by default the one of the criterion, or Customer.")
@click.option(
    "--columns", metavar="PATHS", help="The columns: paths separated by commas; by default all that occur."
)
@click.option(
    "--file-format", "form", type=click.Choice(_FORMS), help="By default by the end of the file's name."
)
@node_options(sandbox=True)
def export(
    target: Target, path: str, criterion: str | None, name: str | None, columns: str | None, form: str | None
) -> None:
    """Write customers or events to FILE, or with - to the standard output.

    FILE ends in .csv, .jsonl or .parquet. In CSV and Parquet a column is a path such as base.contacts.email, and lists are
    JSON. The file appears when it is complete; one of the same name is replaced. The import command reads it.

    \b
    Examples:
      contacthub-orm export customers.csv
      contacthub-orm export orders.jsonl --where 'Event.type == "loggedIn"'
      contacthub-orm export - --file-format csv --columns id,base.contacts.email
    """
    from contacthub_orm import Session
    from contacthub_orm.cli.data.files import form_of

    chosen = form_of(path, form, _FORMS)
    if chosen == "parquet":
        needed("pyarrow.parquet", "frames", "writing a Parquet file")
        if path == "-":
            raise click.UsageError("a Parquet file cannot go to the standard output")
    asked = question(criterion, name)
    paths = None if columns is None else columns_of(asked.entity, columns)
    with target.node() as node, Session(node) as session, progress_bar("export") as show:
        query = asked.on(session).no_tracking()
        total = query.count() if is_watched() else None
        with _complete(path, chosen) as file:
            done = _write(file, _read(query, total, show), chosen, paths)
    click.echo(f"{done} rows written", err=True)


def _read(query: Any, total: int | None, show: Any) -> Iterator[Mapping[str, Any]]:
    for number, one in enumerate(query, 1):
        yield one.to_dict()
        show(number, total)


@contextmanager
def _complete(path: str, form: str) -> Iterator[Any]:
    """A file that takes its name when all is written, and is gone if not all could be."""
    if path == "-":
        yield (output := utf8_output())
        output.flush()
        return
    target = Path(path)
    part = target.with_name(f".{target.name}.part-{os.getpid()}")
    text = {"mode": "w", "encoding": "utf-8", "errors": "backslashreplace", "newline": ""}
    mode: dict[str, Any] = {"mode": "wb"} if form == "parquet" else text
    with writing(path):
        try:
            with part.open(**mode) as file:
                yield file
            part.replace(target)
        finally:
            part.unlink(missing_ok=True)


def _write(file: Any, rows: Iterable[Mapping[str, Any]], form: str, paths: Sequence[str] | None) -> int:
    """Write rows, and return how many."""
    counted = _Counted(rows)
    if form == "jsonl":
        for row in counted:
            shown = row if paths is None else _flat(row, paths)
            file.write(json.dumps(shown, ensure_ascii=False) + "\n")
    elif form == "csv" and paths is not None:
        write_csv(file, counted, paths)
    else:
        with tempfile.TemporaryFile("w+", encoding="utf-8") as kept:
            spool = _Spool(kept, (_flat(row, paths) for row in counted))
            if form == "csv":
                write_csv(file, spool, spool.columns, dict.get)
            else:
                _write_parquet(file, spool, paths or spool.columns)
    return counted.number


class _Counted:
    """Rows that are counted as they pass."""

    def __init__(self, rows: Iterable[Mapping[str, Any]]) -> None:
        self._rows = rows
        self.number = 0

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for row in self._rows:
            self.number += 1
            yield row


def _flat(row: Mapping[str, Any], paths: Sequence[str] | None) -> dict[str, Any]:
    """The values of a row by their paths; by default all that it has."""
    return dict(_leaves(row)) if paths is None else {path: value_at(row, path) for path in paths}


class _Spool:
    """Flat rows kept in a file until all columns and their kinds are known."""

    def __init__(self, file: IO[str], rows: Iterable[dict[str, Any]]) -> None:
        self._file = file
        self._kinds: dict[str, set[type]] = {}
        for row in rows:
            for path, value in row.items():
                self._kinds.setdefault(path, set()).add(_kind(value))
            self._file.write(json.dumps(row) + "\n")

    @property
    def columns(self) -> list[str]:
        """The paths, in the order in which they are met."""
        # What is an object in one row may be null, and so a leaf, in another.
        above = {path[:place] for path in self._kinds for place, one in enumerate(path) if one == "."}
        return [path for path, kinds in self._kinds.items() if path not in above or kinds != {type(None)}]

    def kind(self, path: str) -> type:
        """The one type that all values at a path have; text otherwise."""
        found = self._kinds.get(path, set()) - {type(None)}
        if found == {int, float}:
            return float
        return found.pop() if len(found) == 1 and found <= {bool, int, float} else str

    def __iter__(self) -> Iterator[dict[str, Any]]:
        self._file.seek(0)
        return map(json.loads, self._file)


def _kind(value: Any) -> type:
    is_large = isinstance(value, int) and not -(2**63) <= value < 2**63
    return str if is_large else type(value)


def _leaves(document: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in document.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, f"{before}{key}.")
        else:
            yield f"{before}{key}", None if value in ({}, []) else value


def _write_parquet(file: IO[bytes], spool: _Spool, paths: Sequence[str]) -> None:
    arrow = needed("pyarrow", "frames", "writing a Parquet file")
    parquet = needed("pyarrow.parquet", "frames", "writing a Parquet file")
    kinds = {path: spool.kind(path) for path in paths}
    types = {bool: arrow.bool_(), int: arrow.int64(), float: arrow.float64(), str: arrow.string()}
    schema = arrow.schema([(path, types[kind]) for path, kind in kinds.items()])

    def value(row: Mapping[str, Any], path: str) -> Any:
        found = row.get(path)
        return cell(found) if kinds[path] is str and found is not None else found

    with parquet.ParquetWriter(file, schema) as writer:
        rows = iter(spool)
        while part := list(islice(rows, _ROWS)):
            table = [{path: value(row, path) for path in paths} for row in part]
            writer.write_table(arrow.Table.from_pylist(table, schema))
