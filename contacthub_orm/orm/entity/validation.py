"""Checks of declared types, rules and validators on the values that the user wrote, before they are sent.

A check compares each value with the baseline, so it knows the body that saves the entity, too.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import attrs

from contacthub_orm.errors import Violation
from contacthub_orm.orm.entity.bodies import body_of
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.attributes import SCALARS, UNSET, Attr, Attribute
from contacthub_orm.orm.mapping.changes import change, is_changed, old_value
from contacthub_orm.orm.mapping.domain.composites import complete_units
from contacthub_orm.orm.mapping.domain.validators import broken_rules
from contacthub_orm.orm.mapping.mapped import Mapped, at_hand, is_null, is_nulled, render
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

__all__ = ["Checked", "checked", "violations"]


class Checked(NamedTuple):
    """What a check of an entity has found.

    Attributes:
        violations: every violated rule, with its path.
        body: the body that saves the entity, as `body_of` returns it. None if the entity breaks rules, or if the check
            has called the program, which may have changed something: by a rule of its own, or a receiver of a request.
    """

    violations: list[Violation]
    body: Document | None


def violations(entity: Entity) -> list[Violation]:
    """Return every violated rule of an entity; see `checked`."""
    return checked(entity).violations


def checked(entity: Entity) -> Checked:
    """Check an entity. A value that has not changed violates no rule.

    The entity's own rules between attributes are checked only if every value by itself is valid.
    """
    name, state = type(entity).__name__, state_of(entity)
    are_ours = _is_of_the_library(entity._violations) and _is_of_the_library(entity._violations_of_body)
    check = _Check(new=state.key is None, is_sure=are_ours and not state.expired)
    try:
        patch, found = _patch_and_violations(entity, name, check)
        held = state.baseline
        found += _of_validators(entity, name, check)
        if found:
            return Checked(found, None)
        found += entity._violations()
        check.is_sure = check.is_sure and state.baseline is held  # else it was read meanwhile
        is_patched = check.is_sure and not check.new and not state.replace
        is_patched = is_patched and (entity.__resource__.patches or not patch)
        body = patch if is_patched else body_of(entity)
        found += entity._violations_of_body(body)
        if entity.__validators__:
            found += broken_rules(entity, _whole_rules(entity), name)
    except RecursionError:
        return Checked([Violation(name, entity, TOO_DEEP)], None)
    except UnsendableError as error:
        return Checked(
            [Violation(f"{name}{one.path}", one.value, one.rule) for one in error.violations], None
        )
    return Checked(found, None if found or not check.is_sure else body)


class _Check:
    """One check of an entity.

    Attributes:
        new: whether the entity is to be created.
        is_sure: whether the values that it has seen are those that will be sent: nothing of the program's own was called but
            codecs, nothing was read, of which its receivers hear, and each value has a JSON form.
    """

    def __init__(self, *, new: bool, is_sure: bool) -> None:
        self.new = new
        self.is_sure = is_sure


def _of_validators(mapped: Mapped, place: str, check: _Check) -> Iterable[Violation]:
    """Rules of the user's own that values of an object break, or the object itself if it is no entity."""
    return _asked(mapped, place, check) if mapped.__validators__ else ()


def _asked(mapped: Mapped, place: str, check: _Check) -> Iterator[Violation]:
    check.is_sure = False
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


_LIBRARY = (f"{__name__.partition('.')[0]}.",)
_FIXED = "is set when the entity is created and cannot be changed"
_SYSTEM = "is set by the service and cannot be assigned"


def _of_object(mapped: Mapped, place: str, check: _Check) -> list[Violation]:
    """Rules that an object violates which is to be sent."""
    return [*_patch_and_violations(mapped, place, check)[1], *_of_validators(mapped, place, check)]


def _patch_and_violations(mapped: Mapped, place: str, check: _Check) -> tuple[Document, list[Violation]]:
    """The changes of an object, as `changes` returns them, and the rules that it violates if there are any.

    Those of its own validators are left out. Where a rule is violated, the patch only tells that something has changed.
    """
    patch: Document = {}
    baseline = _baseline(mapped)  # first, since an expired entity is read again for it
    found = list(_missing(mapped, place)) if mapped.__required__ else []
    state = object_state(mapped)
    for name, value in list(mapped.__dict__.items()):
        attribute = mapped.__attributes__.get(name)
        if attribute is None or (value.__class__ in SCALARS and name not in state.dirty_names):
            continue
        path = f"{place}.{attribute.key}"
        if attribute.own_routes and not check.new:
            found += _of_own_routes(value, baseline.get(attribute.key), path)
            if state.baseline is not None:  # an object that is not there is sent with its lists
                continue
            part, within = _part(mapped, attribute.key, value, attribute, check), list[Violation]()
        else:
            value = None if is_nulled(state, name, value) else value
            part, within = _of_attribute(mapped, attribute, value, path, check)
        if part is not MISSING:
            patch[attribute.key] = part
            found += within
    if state.extras:
        found += _of_items(state.extras, baseline, place, check)
        parts = {key: _part(mapped, key, value, None, check) for key, value in list(state.extras.items())}
        patch.update({key: part for key, part in parts.items() if part is not MISSING})
    if patch and mapped.__units__ and not found:
        try:
            complete_units(patch, mapped.__units__, render(mapped), state.baseline)
        except UnsendableError:
            check.is_sure = False
    return patch, found


def _part(mapped: Mapped, key: str, value: Any, attribute: Attribute | None, check: _Check) -> Any:
    """The patch of one value, or MISSING if it has not changed. One without a JSON form has; it is refused later."""
    written = (key if attribute is None else attribute.name) in object_state(mapped).dirty_names
    try:
        return change(old_value(_baseline(mapped), key), value, attribute, written=written)
    except UnsendableError:
        check.is_sure = False
        return None


def _baseline(mapped: Mapped) -> Document:
    """The baseline. One that is empty may be that of a partial load, in which what is missing was not loaded."""
    baseline = object_state(mapped).baseline
    return {} if baseline is None else baseline


def _of_attribute(
    mapped: Mapped, attribute: Attribute, value: Any, path: str, check: _Check
) -> tuple[Any, list[Violation]]:
    """The patch of a declared value, MISSING if it has not changed, and the rules that it violates if it has."""
    within: list[Violation] | None = None
    if isinstance(value, Mapped) and attribute.name not in object_state(mapped).dirty_names:
        patch, within = _patch_and_violations(value, path, check)
        part: Any = patch or MISSING  # it has changed if anything in it has
    else:
        part = _part(mapped, attribute.key, value, attribute, check)
    if part is MISSING:
        return MISSING, []
    if attribute.read_only and not (attribute.derived and check.new):
        return part, [Violation(path, value, _SYSTEM)]
    if attribute.create_only and not check.new:
        return part, [Violation(path, value, _FIXED)]
    if within is None:
        return part, list(_of_written(mapped, attribute, value, path, check))
    return part, [*within, *_of_validators(value, path, check)]


def _of_written(
    mapped: Mapped, attribute: Attribute, value: Any, path: str, check: _Check
) -> Iterable[Violation]:
    if isinstance(value, Mapped) and accepts(attribute.declared, value):
        return _of_object(value, path, check)
    return () if value is None else _of_value(mapped, attribute, value, path, check)


def _of_items(items: dict[Any, Any], baseline: Any, place: str, check: _Check) -> Iterator[Violation]:
    """Rules that the undeclared values of an object violate."""
    for key, value in items.items():
        if isinstance(key, str):
            rule = unsendable(key) if key not in baseline else None
            if rule is not None:
                yield Violation(f"{place}.{key!r}", value, f"its name {rule}")
            yield from _of_item(value, baseline.get(key), f"{place}.{key}", check)
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
    mapped: Mapped, attribute: Attribute, value: Any, path: str, check: _Check
) -> Iterator[Violation]:
    assert isinstance(attribute, Attr)
    codec, declared = attribute.codec, attribute.declared
    if not (accepts(declared, value) if codec is None else isinstance(value, coded_class(declared))):
        yield Violation(path, value, f"must be {describe(declared)}, got {shown(value)}")
        return
    held = (object_state(mapped).baseline or {}).get(attribute.key)
    if attribute.takes_keys:
        yield from unknown_in_value(declared, value, path, held)
    if value.__class__ not in SCALARS and is_list(declared):
        yield from _of_elements(value, held, element_type(declared), path, check)
    else:
        yield from _json(value, held, path, dump if codec is None else codec.dumped)
    if attribute.validator is not None:
        yield from _validated(mapped, attribute, value, path, check)


def _of_elements(
    values: list[Any], held: Any, declared: Any, path: str, check: _Check
) -> Iterator[Violation]:
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
            if not (isinstance(element, Mapped) or _is_of_the_library(declared)):  # converters make one of it
                check.is_sure = False
            yield from _of_object(declared._element(element), place, check)
        else:
            yield from _of_element(element, known, place, check)


def _of_element(element: Any, known: list[Any], place: str, check: _Check) -> Iterator[Violation]:
    """Rules that an undeclared list element violates. One that the service itself sent violates none."""
    found = list(_of_item(element, None, place, check))
    if found and not any(map(partial(_is_held, element), known)):
        yield from found


def _is_held(element: Any, wire: Any) -> bool:
    try:
        return same(dump(element), wire)
    except UnsendableError:
        return False


def _of_item(value: Any, held: Any, path: str, check: _Check) -> Iterator[Violation]:
    """Rules that an undeclared value violates; `held` is what the service sent there."""
    if isinstance(value, Mapped):
        yield from _of_object(value, path, check)
    elif isinstance(value, list) and any(isinstance(element, Mapped) for element in value):
        known = held if isinstance(held, list) else []
        for index, element in enumerate(value):
            yield from _of_element(element, known, f"{path}[{index}]", check)
    elif value is not UNSET:
        yield from _json(value, held, path)


def _validated(
    mapped: Mapped, attribute: Attr[Any], value: Any, path: str, check: _Check
) -> Iterator[Violation]:
    assert attribute.validator is not None
    if not _is_of_the_library(attribute.validator):
        check.is_sure = False
    described: Any = type(mapped)
    field = getattr(attrs.fields(described), attribute.name)
    try:
        attribute.validator(mapped, field, value)
    except (ValueError, TypeError, OverflowError) as error:
        yield Violation(path, value, str(error.args[0] if error.args else error))


def _is_of_the_library(rule: Any) -> bool:
    """Whether a rule or a class is the library's, and changes nothing. A wrapper is not, although it bears the name."""
    function = getattr(rule, "__func__", rule)
    home = getattr(function, "__globals__", None)
    module: str | None = getattr(rule, "__module__", None) if home is None else home.get("__name__")
    return (module or "").startswith(_LIBRARY)


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
