"""Flat views of a mirror, for SQL of one's own: a column for each declared value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.mirror.paths import leaves, stored_at
from contacthub_orm.mirror.store import TABLES, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.mirror.store import Store, Table
    from contacthub_orm.orm import Mapped

__all__ = ["make_views"]


def make_views(store: Store, entities: Iterable[type]) -> None:
    """Make the views, unless they are as wanted already.

    Raises:
        InvalidRequestError: if an entity is not one of a mirror's.
        MirrorError: if the file cannot be written.
    """
    chosen = {table.name: table.entity for table in TABLES} | {table_of(one).name: one for one in entities}
    wanted = {table.view: _view(table, chosen[table.name]) for table in TABLES}
    stored = dict(store.rows("select name, sql from sqlite_master where type = 'view'"))
    if all(stored.get(name) == sql for name, sql in wanted.items()):
        return
    with store.transaction():
        for name, sql in wanted.items():
            store.connection.execute(f"drop view if exists {name}")
            store.connection.execute(sql)


def _view(table: Table, entity: type[Mapped]) -> str:
    columns: dict[str, str] = {}
    for path in leaves(entity):
        stored = path[0] if path == ("id",) else stored_at(path)  # the id is indexed
        if stored is None:
            continue
        name = "_".join(path)
        taken = {one.casefold() for one in columns}
        while name.casefold() in taken:
            name += "_"
        columns[name] = stored
    columns["document"] = "document"
    listed = ", ".join(f'{sql} as "{name}"' for name, sql in columns.items())
    return f"CREATE VIEW {table.view} as select {listed} from {table.name}"
