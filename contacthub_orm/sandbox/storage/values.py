"""Values inside the documents as columns of their tables, with indexes that are made when a search needs them.

A column is virtual: SQLite computes it from the document when it writes an index, and when no index has it. Its
order is that of `search.evaluation`: false, true, numbers, strings. What is not one such value is a BLOB, which comes
after all of them: `LISTED` if there is a list at the path or on the way, whose values are in a table of their own (see
`lists`), else `UNDECIDED`, and whoever asks looks into the document.
"""

from __future__ import annotations

import re
import threading
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from sqlalchemy import LargeBinary, column, func, literal_column, select
from sqlalchemy.types import UserDefinedType

from contacthub_orm.sandbox.storage.database import refuse_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Table
    from sqlalchemy.types import TypeEngine

__all__ = [
    "FALSE",
    "LARGEST_NUMBER",
    "LISTED",
    "TRUE",
    "UNDECIDED",
    "VERSION",
    "AnyValue",
    "Reading",
    "RecentNames",
    "ValueColumns",
    "decided",
    "is_indexable",
]

Reading: TypeAlias = Literal["value", "date"]
"""How a value is read: as it is, or a string as a date, in milliseconds since 1970."""

FALSE: Final = -2e300
TRUE: Final = -1e300
LARGEST_NUMBER: Final = 1e200
"""What is larger than all numbers in a column, which have at most 15 digits, and whose negative is smaller."""

UNDECIDED: Final = literal_column("x''", LargeBinary)
"""The first BLOB."""

LISTED: Final = literal_column("x'01'", LargeBinary)
"""What a column has for a list that is not empty."""

VERSION: Final = 2
"""The next number, if the definition of the columns changes: a data file keeps the columns that it has."""

WORTHWHILE: Final = 200
MAX_COLUMNS: Final = 500
MAX_INDEXES: Final = 24
MAX_NAMES: Final = 8
NAME: Final = re.compile(r"[\w-]+")

DATES: Final = tuple(
    "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]" + rest
    for rest in (
        "",
        "T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z",
        "T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]Z",
        "T[0-9][0-9]:[0-9][0-9]:[0-9][0-9].[0-9][0-9][0-9]+0000",
    )
)
"""The forms of a date that a column reads; the last one is that of the service itself."""


class AnyValue(UserDefinedType[Any]):
    """The type of a column of values, which are compared as they are."""

    cache_ok = True

    def coerce_compared_value(self, op: Any, value: Any) -> TypeEngine[Any]:
        """What it is compared with is of the same type, whatever it is."""
        del op, value
        return self


class RecentNames:
    """Names in the order in which they were used last. Threads may share them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = dict.fromkeys(names)
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._names)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._names))

    def use(self, name: str) -> bool:
        """Note that a name is used; return whether it is among them."""
        with self._lock:
            is_known = name in self._names
            if is_known:
                self._names[name] = self._names.pop(name)
        return is_known

    def add(self, name: str) -> None:
        """Add a name."""
        with self._lock:
            self._names[name] = None

    def remove(self, name: str) -> None:
        """Remove a name."""
        with self._lock:
            del self._names[name]

    def oldest(self) -> str:
        """The name that was not used for the longest time."""
        return next(iter(self))


class ValueColumns:
    """The columns and indexes that were made of values so far.

    An index costs every write some microseconds, so the number is limited; the one that was not used for the longest
    time makes room.
    """

    def __init__(self) -> None:
        self._columns: dict[str, set[str]] = {}
        self._indexes: dict[str, RecentNames] = {}

    def are_worthwhile(self, connection: Connection, table: Table) -> bool:
        """Whether a table is so large that an index is worth making."""
        return (connection.scalar(select(func.max(table.c.row))) or 0) >= WORTHWHILE

    def column(
        self, connection: Connection, table: Table, path: str, reading: Reading = "value"
    ) -> ColumnElement[Any] | None:
        """The column of the value at a path, or None if there cannot be one.

        It is NULL for a missing value, `FALSE` or `TRUE`, a number, a string, `UNDECIDED` or `LISTED`.
        """
        if not is_indexable(path):
            return None
        known, name = self._known_columns(connection, table), f"{reading}{VERSION} {path}"
        if name not in known:
            refuse_snapshot(connection)
            if len(known) >= MAX_COLUMNS:
                return None
            definition = _definition(path.split("."), reading)
            connection.exec_driver_sql(
                f'ALTER TABLE {table.name} ADD COLUMN "{name}" AS ({definition}) VIRTUAL'
            )
            known.add(name)
        return column(name, AnyValue)

    def index(self, connection: Connection, table: Table, columns: Sequence[ColumnElement[Any]]) -> None:
        """Make an index of these columns, unless there is one."""
        known, names = self._known_indexes(connection, table), [str(one.key) for one in columns]
        name = f"{table.name} by {', '.join(names)}"
        if known.use(name):
            return
        refuse_snapshot(connection)
        while len(known) >= MAX_INDEXES:
            self._drop(connection, known.oldest(), known)
        quoted = ", ".join(f'"{one}"' for one in names)
        connection.exec_driver_sql(f'CREATE INDEX "{name}" ON {table.name} ({quoted})')
        connection.exec_driver_sql(f'ANALYZE "{name}"')
        known.add(name)

    def clear(self, connection: Connection, *tables: Table) -> None:
        """Drop the indexes, because the rows are gone."""
        for table in tables:
            known = self._known_indexes(connection, table)
            for name in known:
                self._drop(connection, name, known)

    def forget(self) -> None:
        """A transaction failed, so what it made is gone."""
        self._columns.clear()
        self._indexes.clear()

    def _drop(self, connection: Connection, name: str, known: RecentNames) -> None:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
        known.remove(name)

    def _known_columns(self, connection: Connection, table: Table) -> set[str]:
        known = self._columns.get(table.name)
        if known is None:
            refuse_snapshot(connection)
            rows = connection.exec_driver_sql(f"PRAGMA table_xinfo({table.name})")
            known = self._columns[table.name] = {row.name for row in rows}
        return known

    def _known_indexes(self, connection: Connection, table: Table) -> RecentNames:
        known = self._indexes.get(table.name)
        if known is None:
            refuse_snapshot(connection)
            rows = connection.exec_driver_sql(f"PRAGMA index_list({table.name})")
            names = [row.name for row in rows if row.name.startswith(f"{table.name} by ")]
            known = self._indexes[table.name] = RecentNames(names)
        return known


def is_indexable(path: str) -> bool:
    """Whether there can be a column of the values at a path."""
    names = path.split(".")
    return len(names) <= MAX_NAMES and all(map(NAME.fullmatch, names))


def decided(kind: str, value: str, twice: str, reading: Reading) -> str:
    """What a value is as it stands, or `UNDECIDED`.

    SQLite ends a string at a NUL, and reads some numbers not as Python does: integers beyond its own, and decimals
    with many digits.

    Args:
        kind: the expression of its type.
        value: the expression of the value.
        twice: that of the text of a list with twice the value, which shows how it is written.
        reading: how it is read.
    """
    if reading == "date":
        return f"CASE {kind} WHEN 'text' THEN {_instant(value)} ELSE x'' END"
    return (
        rf"CASE {kind} WHEN 'text' THEN CASE WHEN instr(document, '\u0000') THEN x'' ELSE {value} END "
        f"WHEN 'true' THEN {TRUE!r} WHEN 'false' THEN {FALSE!r} "
        f"WHEN 'integer' THEN CASE WHEN length({twice}) > 33 THEN x'' ELSE {value} END "
        f"WHEN 'real' THEN CASE WHEN length({twice}) > 33 OR {twice} GLOB '*[eE]*' "
        f"OR {twice} GLOB '*.[0-9][0-9][0-9][0-9][0-9]*' THEN x'' ELSE {value} END "
        "ELSE x'' END"
    )


def _definition(names: Sequence[str], reading: Reading) -> str:
    """The value at a path as an expression of SQLite's."""
    path = _path(names)
    kind, value = f"json_type(document, {path})", f"json_extract(document, {path})"
    twice = f"json_extract(document, {path}, {path})"
    lists = " ".join(
        f"WHEN json_type(document, {one}) = 'array' "
        f"THEN CASE WHEN json_array_length(document, {one}) > 0 THEN x'01' END"
        for one in (_path(names[:length]) for length in range(1, len(names) + 1))
    )
    return (
        f"CASE {lists} WHEN coalesce({kind}, 'null') = 'null' THEN NULL "
        f"ELSE {decided(kind, value, twice, reading)} END"
    )


def _instant(value: str) -> str:
    """A string in one of the forms of `DATES` in milliseconds since 1970; there is no year 0 and no 30th of February."""
    is_one = " OR ".join(f"{value} GLOB '{form}'" for form in DATES)
    time = f"substr({value}, 1, 19)"
    return (
        f"CASE WHEN ({is_one}) AND {value} >= '0001' AND date({time}) = substr({value}, 1, 10) "
        f"THEN CAST(strftime('%s', {time}) AS INTEGER) * 1000 + CAST(substr({value}, 21, 3) AS INTEGER) ELSE x'' END"
    )


def _path(names: Sequence[str]) -> str:
    """A path of SQLite's, as a literal."""
    return "'$" + "".join(f'."{name}"' for name in names) + "'"
