"""`check`: where declared classes and the workspace differ."""

from __future__ import annotations

import typing
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args, get_origin
from uuid import UUID

import attrs

from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.modelling.shapes import (
    ANYTHING,
    Alternatives,
    Choice,
    Field,
    ListOf,
    Scalar,
    Shape,
    Structure,
    covers,
    text,
)
from contacthub_orm.errors import ArgumentError
from contacthub_orm.orm.mapping.attributes import Attribute, Embedded
from contacthub_orm.orm.wire.conversion import is_union, without_none
from contacthub_orm.orm.wire.types import class_fields, element_type, is_list, is_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contacthub_orm.contacthub.modelling.workspace_schemas import WorkspaceSchemas
    from contacthub_orm.orm.mapping.mapped import Mapped

__all__ = ["Difference", "Kind", "check", "differences"]

Kind: TypeAlias = Literal["missing here", "missing there", "type differs", "narrower", "wider"]

_EFFECTS: Final[dict[Kind, str]] = {
    "missing here": "the workspace has it, the class does not declare it",
    "missing there": "the class declares it, the workspace does not have it",
    "type differs": "the workspace has values of another type",
    "narrower": "the workspace takes fewer values, so a write may be refused",
    "wider": "the workspace takes more values, so one may come that the class cannot read",
}

_SCALARS: Final = {
    str: "string", bool: "boolean", int: "integer", float: "number", Decimal: "number",
    datetime: "date-time", date: "date", time: "time", UUID: "uuid",
}  # fmt: skip


@attrs.frozen
class Difference:
    """A difference between a declared class and the workspace.

    Attributes:
        model: the name of the entity's class.
        path: the property, from the entity down, by the workspace's names.
        kind: "missing here", "missing there", "type differs", "narrower" (the workspace takes fewer values than the class
            declares) or "wider" (it takes more).
        here: what the class declares; None if nothing.
        there: what the workspace says; None if nothing.
    """

    model: str
    path: str
    kind: Kind
    here: str | None
    there: str | None

    def __str__(self) -> str:
        compared = ", ".join(
            f"{one} {place}" for one, place in ((self.here, "here"), (self.there, "there")) if one is not None
        )
        said = f" ({compared})" if compared else ""
        return f"{self.model}.{self.path}: {self.kind}{said}: {_EFFECTS[self.kind]}"


def check(schemas: WorkspaceSchemas, classes: Iterable[type]) -> list[Difference]:
    """Compare classes of customers and events with the workspace.

    Of a customer's class the extended properties are compared, of an event's all of its properties. A class that declares
    nothing of them takes any, and differs in nothing.

    Returns:
        The differences, class by class in the given order, each class's by path.

    Raises:
        ArgumentError: if one is no subclass of `Customer`, nor one of `Event` with a type.
        TransportError: if the service gives no usable answer.
        APIError: if the service refuses it; many tokens may not read the configuration.
    """
    chosen = list(dict.fromkeys(classes))
    for cls in chosen:
        if not isinstance(cls, type) or not (
            issubclass(cls, Customer) or (issubclass(cls, Event) and cls.__event_type__)
        ):
            name = getattr(cls, "__name__", repr(cls))
            raise ArgumentError(f"{name} is no subclass of Customer, nor of Event with a type")
    extended = None
    found = []
    for cls in chosen:
        if issubclass(cls, Customer):
            extended = schemas.customer_extended() if extended is None else extended
            found += _below(cls, "extended", extended)
        elif issubclass(cls, Event):
            found += _of_event(schemas, cls)
    return found


def _of_event(schemas: WorkspaceSchemas, cls: type[Event]) -> list[Difference]:
    event_type = str(cls.__event_type__)
    there = schemas.event_properties(event_type)
    if there is None:
        return [Difference(cls.__name__, "type", "missing there", event_type, None)]
    return _below(cls, "properties", there)


def _below(cls: type[Mapped], name: str, there: Structure) -> list[Difference]:
    attribute = cls.__attributes__[name]
    target = attribute.target if isinstance(attribute, Embedded) else None
    if target is None:  # no public class declares it otherwise
        return []
    return sorted(differences(cls.__name__, target, there, name), key=lambda one: one.path)


def differences(model: str, cls: type[Mapped], there: Structure, path: str) -> Iterator[Difference]:
    """Where the class of an object differs from what the workspace says of it.

    Args:
        model: the name of the entity's class, for the differences.
        cls: the class of the object.
        there: what the workspace says of it.
        path: the path of the object.
    """
    if cls.__open__ or there.fields is None:
        return
    for key, field in there.fields.items():
        if key not in cls.__keys__:
            yield Difference(model, f"{path}.{key}", "missing here", None, text(field.shape))
    for key, attribute in cls.__keys__.items():
        place = f"{path}.{key}"
        if key in there.fields:
            yield from _of_attribute(model, attribute, there.fields[key], place)
        elif not _is_the_library_s(attribute):
            yield Difference(model, place, "missing there", text(_declared_shape(attribute)), None)


def _is_the_library_s(attribute: Attribute) -> bool:
    """Whether the library declares an attribute: an older workspace may not have it, which no user can change."""
    return attribute.owner.__module__.startswith("contacthub_orm.")


def _of_attribute(model: str, attribute: Attribute, there: Field, path: str) -> Iterator[Difference]:
    here = _declared_shape(attribute)
    is_covered, is_covering = covers(there.shape, here), covers(here, there.shape)
    if not (is_covered and is_covering):
        kind: Kind = "wider" if is_covered else "narrower" if is_covering else "type differs"
        yield Difference(model, path, kind, text(here), text(there.shape))
        return
    inner = there.shape
    declared = attribute.target if isinstance(attribute, Embedded) else without_none(attribute.declared)
    while isinstance(inner, ListOf):
        inner, declared = inner.element, without_none(element_type(declared))
        path += "[]"
    if isinstance(inner, Structure) and is_object(declared):
        yield from differences(model, declared, inner, path)


def _declared_shape(attribute: Attribute) -> Shape:
    return Structure() if isinstance(attribute, Embedded) else _shape(attribute.declared)


def _shape(declared: Any) -> Shape:
    """The shape of a declared type. A type with hooks of its own may be anything."""
    declared = _unwrapped(declared)
    kind = get_origin(declared) or declared
    if declared in _SCALARS:
        return Scalar(_SCALARS[declared])
    if is_union(declared):
        shapes = tuple(_shape(one) for one in get_args(declared) if one is not type(None))
        return ANYTHING if ANYTHING in shapes else Alternatives(shapes)
    if get_origin(declared) is Literal or (isinstance(declared, type) and issubclass(declared, Enum)):
        return Choice(_values(declared))
    if is_list(declared):
        return ListOf(_shape(element_type(declared)))
    if isinstance(kind, type) and issubclass(kind, tuple):  # a NamedTuple
        return ListOf(ANYTHING)
    is_mapping = isinstance(kind, type) and issubclass(kind, dict)
    return (
        Structure() if is_mapping or is_object(declared) or class_fields(declared) is not None else ANYTHING
    )


def _values(declared: Any) -> tuple[Any, ...]:
    members = get_args(declared) or tuple(declared)
    values = (one.value if isinstance(one, Enum) else one for one in members)
    return tuple(one for one in values if one is not None)


def _unwrapped(declared: Any) -> Any:
    """The type behind a NewType, an Annotated, or a union with None."""
    declared = without_none(declared)
    while isinstance(declared, typing.NewType) or get_origin(declared) is typing.Annotated:
        declared = declared.__supertype__ if isinstance(declared, typing.NewType) else get_args(declared)[0]
        declared = without_none(declared)
    return declared
