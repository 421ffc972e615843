"""Declared types and validators, checked on what the user wrote before it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import attrs

from contacthub_orm.errors import Violation
from contacthub_orm.orm.attributes import UNSET, Attr, Attribute
from contacthub_orm.orm.conversion import dump
from contacthub_orm.orm.mapped import Mapped
from contacthub_orm.orm.tracking import changes
from contacthub_orm.orm.types import accepts, describe, element_type, is_list

if TYPE_CHECKING:
    from contacthub_orm.orm.entity import Entity

__all__ = ["violations"]


def violations(entity: Entity) -> list[Violation]:
    """Every rule that the written values of an entity break, each with its path."""
    found = list(_of_object(entity, type(entity).__name__, new=entity._state.key is None))
    return found or list(entity._violations())


_FIXED = "is set when the entity is created and cannot be changed"
_SYSTEM = "is set by the service and cannot be assigned"


def _may_not_change(attribute: Attribute, *, new: bool) -> bool:
    return attribute.read_only or (attribute.create_only and not new)


def _of_object(mapped: Mapped, place: str, *, new: bool) -> Iterator[Violation]:
    yield from _missing(mapped, place, new=new)
    written = mapped._state.written
    for name, value in mapped.__dict__.items():
        attribute = mapped.__attributes__.get(name)
        if attribute is None:
            continue
        path = f"{place}.{attribute.key}"
        if isinstance(value, Mapped):
            if _may_not_change(attribute, new=new) and (name in written or changes(value)):
                yield Violation(path, value, _FIXED)
            yield from _of_object(value, path, new=new)
        elif name in written or isinstance(value, list | dict):
            yield from _of_value(mapped, attribute, value, path, new=new, written=name in written)
    for key, value in (mapped._state.items or {}).items():
        if isinstance(value, Mapped):
            yield from _of_object(value, f"{place}.{key}", new=new)
        elif value is not UNSET:
            yield from _json(value, f"{place}.{key}")


def _missing(mapped: Mapped, place: str, *, new: bool) -> Iterator[Violation]:
    """Required values that a new object lacks; an embedded object may be empty."""
    if not new and mapped._state.raw is not None:
        return
    for name, attribute in mapped.__attributes__.items():
        if attribute.required and isinstance(attribute, Attr) and getattr(mapped, name) is None:
            yield Violation(f"{place}.{attribute.key}", None, "is required")


def _of_value(
    mapped: Mapped, attribute: Attribute, value: Any, path: str, *, new: bool, written: bool
) -> Iterator[Violation]:
    assert isinstance(attribute, Attr)
    if written and _may_not_change(attribute, new=new):
        if value is not None or not new:
            yield Violation(path, value, _FIXED if not attribute.read_only else _SYSTEM)
        return
    if value is None:
        return
    if not accepts(attribute.declared, value):
        yield Violation(path, value, f"must be {describe(attribute.declared)}, got {value!r}")
        return
    if is_list(attribute.declared):
        yield from _of_elements(value, element_type(attribute.declared), path, new=new)
    else:
        yield from _json(value, path)
    if attribute.validator is not None:
        yield from _validated(mapped, attribute, value, path)


def _of_elements(values: list[Any], declared: Any, path: str, *, new: bool) -> Iterator[Violation]:
    for index, element in enumerate(values):
        place = f"{path}[{index}]"
        if isinstance(element, Mapped):
            yield from _of_object(element, place, new=new)
        elif not accepts(declared, element):
            yield Violation(place, element, f"must be {describe(declared)}, got {element!r}")
        else:
            yield from _json(element, place)


def _validated(mapped: Mapped, attribute: Attr[Any], value: Any, path: str) -> Iterator[Violation]:
    assert attribute.validator is not None
    described: Any = type(mapped)
    field = attrs.fields_dict(described)[attribute.name]
    try:
        attribute.validator(mapped, field, value)
    except (ValueError, TypeError) as error:
        yield Violation(path, value, str(error.args[0] if error.args else error))


def _json(value: Any, path: str) -> Iterator[Violation]:
    try:
        wire = dump(value)
    except TypeError as error:
        yield Violation(path, value, str(error))
        return
    if isinstance(wire, float) and (wire != wire or wire in (float("inf"), float("-inf"))):
        yield Violation(path, value, "must be a finite number")
