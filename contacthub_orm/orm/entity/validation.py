"""Checks of declared types, rules and validators on the values that the user wrote, before they are sent."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import attrs

from contacthub_orm.errors import Violation
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.attributes import UNSET, Attr, Attribute
from contacthub_orm.orm.mapping.changes import is_changed, old_value
from contacthub_orm.orm.mapping.domain.validators import broken_rules
from contacthub_orm.orm.mapping.mapped import Mapped, at_hand, is_null, is_nulled
from contacthub_orm.orm.mapping.object_state import object_state
from contacthub_orm.orm.mapping.unknown_keys import unknown_in_value
from contacthub_orm.orm.wire.coded import coded_class
from contacthub_orm.orm.wire.conversion import TOO_DEEP, UnsendableError, dump, unsendable
from contacthub_orm.orm.wire.documents import MISSING, same
from contacthub_orm.orm.wire.types import (
    accepts,
    describe,
    element_type,
    is_list,
    is_object,
    shown,
    takes_none,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.mapping.domain.validators import Validator
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["violations"]


def violations(entity: Entity) -> list[Violation]:
    """Return every violated rule of an entity, with its path. A value that has not changed violates none.

    The entity's own rules between attributes are checked only if every value by itself is valid.
    """
    name = type(entity).__name__
    try:
        found = _of_object(entity, name, new=state_of(entity).key is None)
        if found or not entity.__validators__:
            return found or list(entity._violations())
        return [*entity._violations(), *broken_rules(entity, _whole_rules(entity), name)]
    except RecursionError:
        return [Violation(name, entity, TOO_DEEP)]


def _of_validators(mapped: Mapped, place: str) -> Iterator[Violation]:
    """Rules of the user's own that values of an object break, or the object itself if it is no entity."""
    if not mapped.__validators__:
        return
    of_values = (one for one in mapped.__validators__ if one[1] and _is_written(mapped, one[1]))
    yield from broken_rules(mapped, of_values, place)
    if not hasattr(type(mapped), "__resource__"):
        yield from broken_rules(mapped, _whole_rules(mapped), place)


def _whole_rules(mapped: Mapped) -> list[Validator]:
    return [one for one in mapped.__validators__ if not one[1]]


def _is_written(mapped: Mapped, keys: tuple[str, ...]) -> bool:
    """Whether the value at a path was written, has changed, and is of its type."""
    holder = at_hand(mapped, keys[:-1])
    if not isinstance(holder, Mapped):
        return False
    state, attribute = object_state(holder), holder.__keys__.get(keys[-1])
    name = keys[-1] if attribute is None else attribute.name
    values = (state.extras or {}) if attribute is None else vars(holder)
    if name not in values or (isinstance(attribute, Attr) and not _is_of_type(attribute, values[name])):
        return False
    old = old_value(_baseline(holder), keys[-1])
    return is_changed(old, values[name], attribute, written=name in state.dirty_names)


def _is_of_type(attribute: Attr[Any], value: Any) -> bool:
    if attribute.codec is None:
        return accepts(attribute.declared, value)
    return isinstance(value, coded_class(attribute.declared))


_FIXED = "is set when the entity is created and cannot be changed"
_SYSTEM = "is set by the service and cannot be assigned"


def _of_object(mapped: Mapped, place: str, *, new: bool) -> list[Violation]:
    """Rules that an object violates which is to be sent."""
    return [*_checked(mapped, place, new=new)[1], *_of_validators(mapped, place)]


def _checked(mapped: Mapped, place: str, *, new: bool) -> tuple[bool, list[Violation]]:
    """Whether an object has changed, and the rules that it violates then, but for those of its own validators."""
    found = list(_missing(mapped, place))
    state, changed = object_state(mapped), False
    baseline = _baseline(mapped)
    for name, value in list(mapped.__dict__.items()):
        attribute = mapped.__attributes__.get(name)
        if attribute is None:
            continue
        path = f"{place}.{attribute.key}"
        if attribute.own_routes and not new:
            found += _of_own_routes(value, baseline.get(attribute.key), path)
            # An object that is not there is sent with its lists.
            changed |= state.baseline is None and bool(value)
            continue
        value = None if is_nulled(state, name, value) else value
        has_changed, within = _of_attribute(mapped, attribute, value, path, new=new)
        if has_changed:
            changed = True
            found += within
    if state.extras:
        found += _of_items(state.extras, baseline, place, new=new)
        changed = changed or _has_changed_item(mapped)
    return changed, found


def _baseline(mapped: Mapped) -> Document:
    """The baseline. One that is empty may be that of a partial load, in which what is missing was not loaded."""
    baseline = object_state(mapped).baseline
    return {} if baseline is None else baseline


def _of_attribute(
    mapped: Mapped, attribute: Attribute, value: Any, path: str, *, new: bool
) -> tuple[bool, list[Violation]]:
    """Whether a declared value has changed, and the rules that it violates then."""
    written = attribute.name in object_state(mapped).dirty_names
    within: list[Violation] | None = None
    if isinstance(value, Mapped) and not written:  # it has changed if anything in it has
        changed, within = _checked(value, path, new=new)
    else:
        old = old_value(_baseline(mapped), attribute.key)
        changed = is_changed(old, value, attribute, written=written)
    if not changed:
        return False, []
    if attribute.read_only and not (attribute.derived and new):
        return True, [Violation(path, value, _SYSTEM)]
    if attribute.create_only and not new:
        return True, [Violation(path, value, _FIXED)]
    if within is None:
        return True, list(_of_written(mapped, attribute, value, path, new=new))
    return True, [*within, *_of_validators(value, path)]


def _of_written(
    mapped: Mapped, attribute: Attribute, value: Any, path: str, *, new: bool
) -> Iterable[Violation]:
    if isinstance(value, Mapped) and accepts(attribute.declared, value):
        return _of_object(value, path, new=new)
    return () if value is None else _of_value(mapped, attribute, value, path, new=new)


def _has_changed_item(mapped: Mapped) -> bool:
    """Whether an undeclared value has changed."""
    state, baseline = object_state(mapped), _baseline(mapped)
    return any(
        is_changed(old_value(baseline, key), value, None, written=key in state.dirty_names)
        for key, value in (state.extras or {}).items()
    )


def _of_items(items: dict[Any, Any], baseline: Any, place: str, *, new: bool) -> Iterator[Violation]:
    """Rules that the undeclared values of an object violate."""
    for key, value in items.items():
        if isinstance(key, str):
            rule = unsendable(key) if key not in baseline else None
            if rule is not None:
                yield Violation(f"{place}.{key!r}", value, f"its name {rule}")
            yield from _of_item(value, baseline.get(key), f"{place}.{key}", new=new)
        elif value is not UNSET:
            yield Violation(
                f"{place}[{key!r}]", value, f"the name of a property must be a string, got {key!r}"
            )


def _of_own_routes(values: list[Any], held: Any, path: str) -> Iterator[Violation]:
    """What no request of an element could say; the elements themselves are checked as entities."""
    kept: set[Any] = set()
    for index, element in enumerate(values):
        resource = getattr(element, "__resource__", None)
        if resource is None:
            yield Violation(f"{path}[{index}]", element, f"must be an entity, got {shown(element)}")
        else:
            kept.add(element[resource.id_key])
    id_key = next((one.__resource__.id_key for one in values if hasattr(one, "__resource__")), None)
    gone = [one for one in held or () if id_key is None or one.get(id_key) not in kept]
    if gone:
        yield Violation(
            path, values, "an element is not taken out of the list but deleted: session.delete(it)"
        )


def _missing(mapped: Mapped, place: str) -> Iterator[Violation]:
    """Required values that a new object lacks, or that were removed.

    A required embedded object may be empty if none of its own values are required.
    """
    state = object_state(mapped)
    for attribute in mapped.__required__:
        name = attribute.name
        if not (state.baseline is None or name in state.dirty_names):
            continue
        path, value = f"{place}.{attribute.key}", getattr(mapped, name)
        if value is None or is_nulled(state, name, value):
            yield Violation(path, None, "is required")
        elif isinstance(value, Mapped) and not is_changed(MISSING, value, attribute, written=True):
            within = list(_missing(value, path))
            yield from within
            if is_null(value) and not within:
                yield Violation(path, None, "is required")


def _of_value(
    mapped: Mapped, attribute: Attribute, value: Any, path: str, *, new: bool
) -> Iterator[Violation]:
    assert isinstance(attribute, Attr)
    codec, declared = attribute.codec, attribute.declared
    if not (accepts(declared, value) if codec is None else isinstance(value, coded_class(declared))):
        yield Violation(path, value, f"must be {describe(attribute.declared)}, got {shown(value)}")
        return
    held = (object_state(mapped).baseline or {}).get(attribute.key)
    if attribute.takes_keys:
        yield from unknown_in_value(attribute.declared, value, path, held)
    if is_list(attribute.declared):
        yield from _of_elements(value, held, element_type(attribute.declared), path, new=new)
    else:
        yield from _json(value, held, path, dump if codec is None else codec.dumped)
    if attribute.validator is not None:
        yield from _validated(mapped, attribute, value, path)


def _of_elements(values: list[Any], held: Any, declared: Any, path: str, *, new: bool) -> Iterator[Violation]:
    """Rules that list elements violate. An element that the service itself sent violates none."""
    known = held if isinstance(held, list) else []
    for index, element in enumerate(values):
        place = f"{path}[{index}]"
        if element is None and takes_none(declared):
            continue
        if not accepts(declared, element):
            if not any(same(element, one) for one in known):
                yield Violation(place, element, f"must be {describe(declared)}, got {shown(element)}")
        elif is_object(declared):
            yield from _of_object(declared._element(element), place, new=new)
        else:
            yield from _of_element(element, known, place, new=new)


def _of_element(element: Any, known: list[Any], place: str, *, new: bool) -> Iterator[Violation]:
    """Rules that an undeclared list element violates. One that the service itself sent violates none."""
    found = list(_of_item(element, None, place, new=new))
    if found and not any(map(partial(_is_held, element), known)):
        yield from found


def _is_held(element: Any, wire: Any) -> bool:
    try:
        return same(dump(element), wire)
    except UnsendableError:
        return False


def _of_item(value: Any, held: Any, path: str, *, new: bool) -> Iterator[Violation]:
    """Rules that an undeclared value violates; `held` is what the service sent there."""
    if isinstance(value, Mapped):
        yield from _of_object(value, path, new=new)
    elif isinstance(value, list) and any(isinstance(element, Mapped) for element in value):
        known = held if isinstance(held, list) else []
        for index, element in enumerate(value):
            yield from _of_element(element, known, f"{path}[{index}]", new=new)
    elif value is not UNSET:
        yield from _json(value, held, path)


def _validated(mapped: Mapped, attribute: Attr[Any], value: Any, path: str) -> Iterator[Violation]:
    assert attribute.validator is not None
    described: Any = type(mapped)
    field = getattr(attrs.fields(described), attribute.name)
    try:
        attribute.validator(mapped, field, value)
    except (ValueError, TypeError, OverflowError) as error:
        yield Violation(path, value, str(error.args[0] if error.args else error))


def _json(value: Any, held: Any, path: str, dumped: Callable[[Any], Any] = dump) -> Iterator[Violation]:
    """Where JSON cannot carry a value, or a part of it that the service does not hold already."""
    try:
        wire = dumped(value)
    except UnsendableError as error:
        (found,) = error.violations
        yield Violation(f"{path}{found.path}", value, found.rule)
    else:
        yield from _of_wire(wire, held, path)


def _of_wire(wire: Any, held: Any, path: str) -> Iterator[Violation]:
    if isinstance(wire, dict):
        before = held if isinstance(held, dict) else {}
        for key, item in wire.items():
            if key not in before and (rule := unsendable(key)) is not None:
                yield Violation(f"{path}.{key!r}", key, f"its name {rule}")
            yield from _of_wire(item, before.get(key), f"{path}.{key}")
    elif isinstance(wire, list):
        known = held if isinstance(held, list) else []
        for index, item in enumerate(wire):
            found = list(_of_wire(item, None, f"{path}[{index}]"))
            if found and not any(same(item, one) for one in known):
                yield from found
    elif (rule := unsendable(wire)) is not None and not same(wire, held):
        yield Violation(path, wire, rule)
