"""The values of lists inside the documents, in a table for each path, which triggers keep up to date.

An index has one value of a document; a list has many. The table has all values at the path, whether or not they are in
lists, by the row of their document: as `ValueColumns` has them, but `UNDECIDED` for an object or a list in a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import Integer, column, table

from contacthub_orm.sandbox.storage.database import refuse_snapshot
from contacthub_orm.sandbox.storage.values import VERSION, AnyValue, RecentNames, decided

if TYPE_CHECKING:
    from sqlalchemy import Connection, Table, TableClause

    from contacthub_orm.sandbox.storage.values import Reading

__all__ = ["ListTables"]

MAX_TABLES: Final = 12
EVENTS: Final = ("INSERT", "UPDATE", "DELETE")


class ListTables:
    """The tables that were made of lists so far.

    As with indexes of values, their number is limited, and the one that was not used for the longest time makes room.
    """

    def __init__(self) -> None:
        self._known: dict[str, RecentNames] = {}

    def table(self, connection: Connection, of: Table, path: str, reading: Reading) -> TableClause:
        """The table with the columns `value` and `row` of the documents of a table; it is made if it is missing.

        Args:
            connection: the database connection, with a transaction open.
            of: the table of the documents.
            path: the path of the values, which a column of values could have.
            reading: how they are read.
        """
        known, name = self._of(connection, of), f"{of.name} list {reading}{VERSION} {path}"
        if not known.use(name):
            refuse_snapshot(connection)
            while len(known) >= MAX_TABLES:
                _drop(connection, known.oldest(), known)
            _make(connection, of.name, name, path.split("."), reading)
            known.add(name)
        made: TableClause = table(name, column("value", AnyValue), column("row", Integer))
        return made

    def clear(self, connection: Connection, *tables: Table) -> None:
        """Drop them, because the rows are gone."""
        for one in tables:
            known = self._of(connection, one)
            for name in known:
                _drop(connection, name, known)

    def forget(self) -> None:
        """A transaction failed, so what it made is gone."""
        self._known.clear()

    def _of(self, connection: Connection, of: Table) -> RecentNames:
        known = self._known.get(of.name)
        if known is None:
            refuse_snapshot(connection)
            rows = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
            names = [name for (name,) in rows if name.startswith(f"{of.name} list ")]
            known = self._known[of.name] = RecentNames(names)
        return known


def _make(connection: Connection, of: str, name: str, names: list[str], reading: Reading) -> None:
    connection.exec_driver_sql(
        f'CREATE TABLE "{name}" (value, "row" INTEGER NOT NULL, PRIMARY KEY (value, "row")) WITHOUT ROWID'
    )
    every = f'INSERT OR IGNORE INTO "{name}" SELECT value, "row" FROM ({_values(of, names, reading)})'
    connection.exec_driver_sql(f"{every} ORDER BY value, row")
    connection.exec_driver_sql(f'CREATE INDEX "{name} rows" ON "{name}" ("row", value)')
    connection.exec_driver_sql(f'ANALYZE "{name}"')
    delete, insert = f'DELETE FROM "{name}" WHERE "row" = OLD."row"; ', f'{every} WHERE "row" = NEW."row"; '
    for event, body in zip(EVENTS, (insert, delete + insert, delete), strict=True):
        changed = " OF document" if event == "UPDATE" else ""
        connection.exec_driver_sql(
            f'CREATE TRIGGER "{name} {event}" AFTER {event}{changed} ON {of} BEGIN {body}END'
        )


def _drop(connection: Connection, name: str, known: RecentNames) -> None:
    for event in EVENTS:
        connection.exec_driver_sql(f'DROP TRIGGER "{name} {event}"')
    connection.exec_driver_sql(f'DROP TABLE "{name}"')
    known.remove(name)


def _values(of: str, names: list[str], reading: Reading) -> str:
    """A statement that selects all values at a path, with their rows."""
    lists = [_elements("document", names[0])]
    for at, name in enumerate(names[1:], 1):
        within = _elements(f"step{at}.value", name)
        lists.append(f"CASE step{at}.type WHEN 'object' THEN {within} END")
    steps = [f"json_each({one}) AS step{at}" for at, one in enumerate(lists, 1)]
    last = f"step{len(names)}"
    twice = f"json_extract({lists[-1]}, {last}.fullkey, {last}.fullkey)"
    value = decided(f"{last}.type", f"{last}.value", twice, reading)
    return f"SELECT {value} AS value, \"row\" FROM {', '.join([of, *steps])} WHERE {last}.type <> 'null'"


def _elements(json: str, name: str) -> str:
    """The elements of the list of that name, or what is there without one, twice, as the text of a list."""
    path = f"""'$."{name}"'"""
    return (
        f"CASE json_type({json}, {path}) WHEN 'array' THEN json_extract({json}, {path}) "
        f"ELSE json_extract({json}, {path}, {path}) END"
    )
