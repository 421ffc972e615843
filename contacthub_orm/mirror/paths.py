"""What classes declare at a path of a document, and where a mirror finds it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from types import UnionType
from typing import TYPE_CHECKING, Any, Final, Literal, Union, get_args, get_origin

import attrs

from contacthub_orm.orm.mapping.attributes import Embedded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.mirror.store import Table
    from contacthub_orm.orm import Mapped
    from contacthub_orm.orm.mapping.attributes import Attribute

__all__ = ["Kind", "Place", "leaves", "place_of"]


class Kind(StrEnum):
    """What single values SQLite compares as this library does."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    INSTANT = "instant"


_KINDS: Final[dict[type, Kind]] = {
    bool: Kind.FLAG,
    str: Kind.TEXT,
    int: Kind.NUMBER,
    float: Kind.NUMBER,
    Decimal: Kind.NUMBER,
    date: Kind.INSTANT,
}
"""By class; a subclass comes before its base."""


@attrs.frozen
class Place:
    """Where the single value at a path is found.

    Attributes:
        kind: what it is.
        stored: the SQL expression for the value as it is stored, which an index may be on.
        is_column: whether that is a column; an instant in a column is a number of microseconds.
    """

    kind: Kind
    stored: str
    is_column: bool = False

    @property
    def sql(self) -> str:
        """The SQL expression for the value as it is compared."""
        return f"instant({self.stored})" if self.kind is Kind.INSTANT and not self.is_column else self.stored


def place_of(table: Table, owner: type, path: tuple[str, ...]) -> Place | None:
    """The place of a path; None if no class declares that a single value is there, so that it may be a list."""
    kind = _kind(_declared(owner, path))
    if kind is None:
        return None
    if len(path) == 1 and path[0] in table.columns and (path[0] != "version"):
        return Place(kind, table.columns[path[0]], is_column=True)
    stored = stored_at(path)
    return None if stored is None else Place(kind, stored)


def stored_at(path: tuple[str, ...]) -> str | None:
    """The SQL expression for the value at a path; None if SQLite cannot name the path."""
    if any('"' in key or "\\" in key for key in path):
        return None
    steps = "".join(f'."{key}"' for key in path).replace("'", "''")
    return f"document ->> '${steps}'"


def leaves(entity: type[Mapped], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The paths of what a class declares, except of objects that declare something themselves."""
    for key, attribute in entity.__keys__.items():
        inner = _target(attribute)
        if inner is not None and inner.__keys__:
            yield from leaves(inner, (*path, key))
        else:
            yield (*path, key)


def _declared(owner: Any, path: tuple[str, ...]) -> Any:
    """The declared type of the value at a path, None if there is none."""
    for key in path[:-1]:
        attribute = owner.__keys__.get(key)
        owner = None if attribute is None else _target(attribute)
        if owner is None:
            return None
    attribute = owner.__keys__.get(path[-1])
    return None if attribute is None or isinstance(attribute, Embedded) else attribute.declared


def _target(attribute: Attribute) -> type[Mapped] | None:
    return attribute.target if isinstance(attribute, Embedded) else None


def _kind(declared: Any) -> Kind | None:
    origin = get_origin(declared)
    if origin in (Union, UnionType):
        kinds = {_kind(one) for one in get_args(declared) if one is not type(None)}
        return kinds.pop() if len(kinds) == 1 else None
    if origin is Literal:
        return Kind.TEXT if all(isinstance(one, str) for one in get_args(declared)) else None
    if not isinstance(declared, type) or (issubclass(declared, Enum) and not issubclass(declared, str)):
        return None
    return next((kind for cls, kind in _KINDS.items() if issubclass(declared, cls)), None)
