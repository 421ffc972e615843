"""The shape of a class's documents: which values a frame has columns for, of which kind, and where they are.

It is made of what the class declares, and knows no library of frames.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NewType, TypeAlias, get_args, get_origin
from uuid import UUID

import attrs

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.orm.mapping.attributes import Attr, Attribute, Embedded
from contacthub_orm.orm.wire.coded import is_registered
from contacthub_orm.orm.wire.conversion import is_union, without_none
from contacthub_orm.orm.wire.types import class_fields, describe, element_type, is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from contacthub_orm.orm.entity.entity import Entity

__all__ = [
    "UNDECLARED",
    "Column",
    "Items",
    "Kind",
    "Leaf",
    "Object",
    "Shape",
    "columns_of",
    "narrowed",
    "shape_of",
]

Path: TypeAlias = tuple[str, ...]

UNDECLARED: Final = "undeclared"
"""The column with the JSON of all properties that no class declares."""


class Kind(Enum):
    """The kind of a single value."""

    TEXT = "text"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    INSTANT = "instant"
    CHOICE = "choice"
    JSON = "json"


@attrs.frozen
class Leaf:
    """A single value, or what a frame shows as JSON text."""

    kind: Kind
    declared: Any = attrs.field(default=Any, eq=False)

    def __str__(self) -> str:
        return describe(self.declared)


@attrs.frozen
class Items:
    """A list."""

    element: Shape

    def __str__(self) -> str:
        return f"a list (each {self.element})"


@attrs.frozen
class Object:
    """An object with declared keys.

    Attributes:
        fields: the shapes of its values.
        whole: whether a request names this object and nothing below it.
    """

    fields: Mapping[str, Shape]
    whole: bool = False

    def __str__(self) -> str:
        return "an object"


Shape: TypeAlias = "Leaf | Items | Object"

_JSON: Final = Leaf(Kind.JSON)

_KINDS: Final = {
    str: Kind.TEXT,
    UUID: Kind.TEXT,
    time: Kind.TEXT,
    bool: Kind.BOOLEAN,
    int: Kind.INTEGER,
    float: Kind.NUMBER,
    Decimal: Kind.NUMBER,
    date: Kind.DATE,
    datetime: Kind.INSTANT,
}


def shape_of(entity: type[Entity]) -> Object:
    """The shape of the documents of a class.

    Raises:
        ConfigurationError: if two of its columns would have the same name.
    """
    hashable: Any = entity  # a checker takes the equality of its instances for its own
    return _shape_of(hashable)


@cache
def _shape_of(entity: Any) -> Object:
    shape = _of_class(entity, (entity,))
    names = [*(column.name for column in columns_of(shape)), *shape.fields.keys() & {UNDECLARED}, UNDECLARED]
    double = sorted({name for name in names if names.count(name) > 1})
    if double:
        raise ConfigurationError(f"{entity.__name__}: a frame would have several columns {', '.join(double)}")
    return shape


def _of_class(cls: Any, seen: tuple[Any, ...]) -> Object:
    return Object(
        {one.key: _of_attribute(one, seen) for one in cls.__attributes__.values() if _is_shown(one)}
    )


def _is_shown(attribute: Attribute) -> bool:
    return isinstance(attribute, Attr | Embedded)


def _of_attribute(attribute: Any, seen: tuple[Any, ...]) -> Shape:
    if isinstance(attribute, Embedded):
        target = attribute.target
        is_chosen = attribute.choose is not None or not target.__attributes__ or target in seen
        return _JSON if is_chosen else _of_class(target, (*seen, target))
    return _JSON if attribute.codec is not None else _of_type(attribute.declared, seen)


def _of_type(declared: Any, seen: tuple[Any, ...]) -> Shape:
    declared = without_none(declared)
    while isinstance(declared, NewType) or get_origin(declared) is Annotated:
        declared = declared.__supertype__ if isinstance(declared, NewType) else declared.__origin__
    if is_union(declared) or is_registered(declared) or declared in seen:
        return _JSON
    if is_object(declared):
        return _whole(_of_class(declared, (*seen, declared)))
    if (fields := class_fields(declared)) is not None:
        shapes = {key: _of_type(one, (*seen, declared)) for key, one in fields.items()}
        return Object(shapes, whole=True) if shapes else _JSON
    if is_list(declared):
        arguments = [one for one in get_args(declared) if one is not ...]
        return _JSON if len(arguments) != 1 else Items(_of_type(element_type(declared), seen))
    return Leaf(_kind_of(declared), declared)


def _whole(shape: Object) -> Shape:
    return attrs.evolve(shape, whole=True) if shape.fields else _JSON


def _kind_of(declared: Any) -> Kind:
    if get_origin(declared) is Literal:
        return _kind_of_values(get_args(declared))
    if isinstance(declared, type) and issubclass(declared, Enum):
        return _kind_of_values([one.value for one in declared])
    return _KINDS.get(declared, Kind.JSON) if isinstance(declared, type) else Kind.JSON


def _kind_of_values(values: Collection[Any]) -> Kind:
    values = [one.value if isinstance(one, Enum) else one for one in values if one is not None]
    if all(isinstance(one, str) for one in values):
        return Kind.CHOICE
    are_integers = all(isinstance(one, int) and not isinstance(one, bool) for one in values)
    return Kind.INTEGER if are_integers else Kind.JSON


@attrs.frozen
class Column:
    """A column of a flat frame: a value that is in no list.

    Attributes:
        path: its keys from the document's root.
        shape: its shape, which is no object.
        asked: the path by which a request names it; shorter if the value is part of one that is loaded whole.
    """

    path: Path
    shape: Leaf | Items
    asked: Path

    @property
    def name(self) -> str:
        """Its name: the keys, joined by dots."""
        return ".".join(self.path)


def columns_of(shape: Object, path: Path = (), asked: Path | None = None) -> Iterator[Column]:
    """The columns of a shape in a flat frame."""
    for key, inner in shape.fields.items():
        below = (*path, key)
        if isinstance(inner, Object):
            yield from columns_of(inner, below, below if inner.whole and asked is None else asked)
        else:
            yield Column(below, inner, asked or below)


def narrowed(shape: Object, paths: Collection[Path]) -> Object:
    """The shape with what is at some paths, or below or above them, alone."""
    fields: dict[str, Shape] = {}
    for key, inner in shape.fields.items():
        below = [path[1:] for path in paths if path[:1] == (key,)]
        if not below:
            continue
        fields[key] = narrowed(inner, below) if isinstance(inner, Object) and () not in below else inner
    return attrs.evolve(shape, fields=fields)
