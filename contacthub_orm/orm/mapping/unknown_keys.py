"""Keys that a declared class does not have. In a dict of the user's own they are mostly misspelt, so they are refused.

What the service sends is never looked at here: its unknown fields stay. A user keeps such a key by setting it as an item,
`member.extended["key"] = 1`, or by `from_dict(..., unknown="keep")`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args, get_origin

from contacthub_orm.errors import ArgumentError, ValidationError, Violation
from contacthub_orm.orm.mapping.attributes import UNSET, Attribute, Embedded
from contacthub_orm.orm.mapping.object_state import object_state
from contacthub_orm.orm.wire.conversion import dump, loader, without_none
from contacthub_orm.orm.wire.types import accepts, class_fields, is_object
from contacthub_orm.suggestions import suggestion

if TYPE_CHECKING:
    from contacthub_orm.orm.mapping.mapped import Mapped

__all__ = ["Unknown", "keeps", "refuse_unknown_in", "refuse_unknown_keys", "unknown_in_value"]

Unknown: TypeAlias = Literal["refuse", "keep"]
"""What becomes of a key that is not declared."""


def keeps(unknown: Unknown) -> bool:
    """Whether unknown keys are kept.

    Raises:
        ArgumentError: if it is neither "refuse" nor "keep".
    """
    if unknown not in ("refuse", "keep"):
        raise ArgumentError(f'unknown is "refuse" or "keep", got {unknown!r}')
    return unknown == "keep"


def refuse_unknown_keys(target: type[Mapped], content: Any, holder: Mapped | None = None) -> None:
    """Refuse a dict of the user's, or an object like one, with a key that a class does not have, at any depth.

    Args:
        target: the class.
        content: the dict, an object, or anything else, which passes.
        holder: the object that is made of it, at which an attribute chooses the class of its embedded object.

    Raises:
        ValidationError: with every such key.
    """
    if found := list(_in_object(target, content, target.__name__, {}, holder)):
        raise ValidationError(found)


def refuse_unknown_in(holder: Mapped, attribute: Attribute, value: Any) -> None:
    """The same for a value that is assigned to an attribute. Keys that the object there has already may stay.

    Raises:
        ValidationError: with every key that neither the declared class nor the object there has.
    """
    if _is_plainly_known(attribute, value):
        return
    place = f"{type(holder).__name__}.{attribute.key}"
    if list(_in_attribute(attribute, value, place, None, holder)):
        held = _document(holder).get(attribute.key)
        if found := list(_in_attribute(attribute, value, place, held, holder)):
            raise ValidationError(found)


def unknown_in_value(declared: Any, value: Any, place: str, held: Any = None) -> Iterator[Violation]:
    """Yield the unknown keys in a value of a declared type, which nobody looked at when it was written.

    Args:
        declared: the type.
        value: the value: one of the user's own.
        place: its path.
        held: what the service sent there. The keys that are in it are known.
    """
    declared = without_none(declared)
    if is_object(declared):
        if accepts(declared, value):  # another class than the declared one is refused for that
            yield from _in_object(declared, value, place, held)
    elif isinstance(value, Mapping):
        yield from _in_mapping(declared, value, place, held)
    elif isinstance(value, list | tuple | set | frozenset):
        types = [one for one in get_args(declared) if one is not ...]
        for index, element in enumerate(value):
            of_element = types[min(index, len(types) - 1)] if types else Any
            yield from unknown_in_value(of_element, element, f"{place}[{index}]", _united(held))


def _is_plainly_known(attribute: Attribute, value: Any) -> bool:
    """Whether a value of plain dicts has no unknown key. FASTPATH: most have none; only others are looked at in full."""
    if value is None or not attribute.takes_keys:
        return True
    if isinstance(attribute, Embedded):
        return attribute.choose is None and _has_known_keys(attribute.target, value)
    return type(value) is list and not value


def _has_known_keys(target: type[Mapped], value: Any) -> bool:
    if type(value) is not dict:
        return isinstance(value, target)
    declared = target.__keys__
    for key, item in value.items():
        attribute = declared.get(key)
        if attribute is None or not _is_plainly_known(attribute, item):
            return False
    return True


def _in_attribute(
    attribute: Attribute, value: Any, place: str, held: Any, holder: Mapped | None
) -> Iterator[Violation]:
    if not isinstance(attribute, Embedded):
        yield from unknown_in_value(attribute.declared, value, place, held)
    elif attribute.choose is None:
        yield from _in_object(attribute.target, value, place, held)
    elif holder is not None:
        yield from _in_object(attribute.choose(holder), value, place, held)


def _in_object(
    target: type[Mapped], content: Any, place: str, held: Any, holder: Mapped | None = None
) -> Iterator[Violation]:
    known = held if isinstance(held, Mapping) else {}
    for key, value in _items(target, content):
        path, attribute = f"{place}.{key}", target.__keys__.get(key)
        if attribute is not None:
            yield from _in_attribute(attribute, value, path, known.get(key), holder)
        elif not target.__open__ and key not in known:
            yield Violation(path, value, _rule(target, str(key)))


def _in_mapping(declared: Any, value: Mapping[Any, Any], place: str, held: Any) -> Iterator[Violation]:
    """The unknown keys in a dict for a dict, or for an attrs class, a dataclass or a TypedDict."""
    known = held if isinstance(held, Mapping) else {}
    fields, arguments = class_fields(declared), get_args(declared)
    for key, item in value.items():
        if fields is None:
            declared_item = arguments[-1] if get_origin(declared) is not None and arguments else Any
            yield from unknown_in_value(declared_item, item, f"{place}.{key}", known.get(key))
        elif key in fields:
            yield from unknown_in_value(fields[key], item, f"{place}.{key}", known.get(key))
        elif key not in known and _is_lost(declared, value, key):
            rule = f"is no field of {declared.__name__}{suggestion(str(key), fields)}"
            yield Violation(f"{place}.{key}", item, rule)


def _is_lost(declared: Any, value: Mapping[Any, Any], key: Any) -> bool:
    """Whether a value made of a dict does not write the key back, as it does if a hook of its class renames fields."""
    load = loader(declared)
    assert load is not None
    try:
        return key not in dump(load(value))
    except Exception:  # noqa: BLE001 - whatever a hook raises: the dict does not fit
        return True


def _items(target: type[Mapped], content: Any) -> Collection[tuple[Any, Any]]:
    """What the user wrote in a dict, or in an object of another class; an object of the class itself was looked at."""
    if isinstance(content, Mapping):
        return content.items()
    if isinstance(content, target) or not is_object(type(content)):
        return ()
    state = object_state(content)
    baseline = (state.baseline if state.known else None) or {}
    return [(key, value) for key, value in _values(content) if key not in baseline]


def _values(mapped: Mapped) -> Iterator[tuple[str, Any]]:
    """The values of an object that were read or written, by JSON key, but for empty ones."""
    for name, value in vars(mapped).items():
        if name in mapped.__attributes__ and value not in (None, [], {}):
            yield mapped.__attributes__[name].key, value
    yield from ((key, one) for key, one in (object_state(mapped).extras or {}).items() if one is not UNSET)


def _document(mapped: Mapped) -> Mapping[str, Any]:
    """What the service sent of an object, with the keys that it has since. Nothing is loaded for it."""
    state = object_state(mapped)
    return _merged((state.baseline if state.known else None) or {}, mapped)


def _merged(baseline: Any, mapped: Mapped) -> dict[str, Any]:
    found = dict(baseline) if isinstance(baseline, Mapping) else {}
    for key, value in _values(mapped):
        found[key] = _merged(found.get(key), value) if is_object(type(value)) else found.get(key, value)
    return found


def _united(held: Any) -> dict[str, Any]:
    """The keys of all the objects in a list of the service."""
    elements = [one for one in held if isinstance(one, Mapping)] if isinstance(held, list) else []
    return {key: value for one in elements for key, value in one.items()}


def _rule(target: type[Mapped], key: str) -> str:
    attribute = target.__attributes__.get(key)
    near = f"; did you mean {attribute.key!r}?" if attribute else suggestion(key, target.__keys__)
    return (
        f"{target.__name__} declares no {key!r}{near} "
        f"(to send it all the same, set it as an item, [{key!r}], or use from_dict with unknown='keep')"
    )
