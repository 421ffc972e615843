"""Which column of a file is which property."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contacthub_orm.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from contacthub_orm.cli.data.files import Source
    from contacthub_orm.contacthub.bulk.columns import Columns

__all__ = ["OWN_SIGN", "MappedRow", "MappedRows", "mapping_of"]

OWN_SIGN = "#"
"""What the names of columns begin with that are never imported, such as those that a file of rejects has."""


def mapping_of(path: str | None, given: Iterable[str]) -> dict[str, str]:
    """The property of each column that has not its name; an empty text for a column that is left out.

    Args:
        path: a TOML file of lines such as `"E-mail" = "base.contacts.email"`, or None.
        given: the same as texts `E-mail=base.contacts.email`, which come before the file.

    Raises:
        click.UsageError: if it makes no sense.
    """
    mapping = {} if path is None else _from_file(path)
    for one in given:
        column, equals, target = one.rpartition("=")
        if not equals or not column:
            raise click.UsageError(f"--map {one}: expected COLUMN=PATH, such as email=base.contacts.email")
        mapping[column.strip()] = target.strip()
    targets = [target for target in mapping.values() if target]
    for target in targets:
        if targets.count(target) > 1:
            raise click.UsageError(f"two columns are mapped to {target}")
    return mapping


def _from_file(path: str) -> dict[str, str]:
    try:
        found = tomllib.loads(Path(path).read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise click.UsageError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise click.UsageError(f"{path} is no TOML file: {error}") from None
    for column, target in found.items():
        if not isinstance(target, str):
            raise click.UsageError(
                f'{path}: {column}: expected "COLUMN" = "PATH", such as "E-mail" = "base.contacts.email"'
            )
    return found


class MappedRow(dict[str, Any]):
    """The values of a row by the paths of properties; `source` is the row as the file has it."""

    def __init__(self, values: Mapping[str, Any], source: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.source = source


class MappedRows:
    """The rows of a file, mapped. They can be read again.

    Args:
        source: the file.
        mapping: see `mapping_of`.
        columns: the properties, which say what a text of a CSV file stands for.
    """

    def __init__(self, source: Source, mapping: Mapping[str, str], columns: Columns) -> None:
        self._source = source
        self._mapping = mapping
        self._columns = columns

    def __iter__(self) -> Iterator[MappedRow]:
        for number, row in enumerate(self._source):
            if number == 0 and self._source.has_texts:
                self._check(row)
            yield MappedRow(self._mapped(row), row)

    def _check(self, header: Iterable[str]) -> None:
        """Refuse a mapping of a column that the file does not have.

        Raises:
            ArgumentError: if there is one.
        """
        names = list(header)
        for column in self._mapping:
            if column not in names:
                raise ArgumentError(f"{self._source.path} has no column {column!r}, but {', '.join(names)}")

    def _mapped(self, row: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for column, value in row.items():
            target = "" if column.startswith(OWN_SIGN) else self._mapping.get(column, column)
            if not target:
                continue
            if target in found:
                raise ArgumentError(f"two columns of {self._source.path} are {target}")
            try:
                found[target] = value if not self._source.has_texts else self._columns.of_text(target, value)
            except ArgumentError as error:
                reason = error.text.removeprefix("rows: ")
                raise ArgumentError(
                    f"column {column!r}: {reason}. Map it with --map {column}=PATH, or leave it out with --map {column}="
                ) from None
        return {target: value for target, value in found.items() if value != "" or not self._source.has_texts}
