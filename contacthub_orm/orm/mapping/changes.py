"""Differences between an object and its baseline.

They are the PATCH body (a JSON Merge Patch, RFC 7396), the POST body of a new object, and the changed paths.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.orm.mapping.attributes import SCALARS, UNSET, Attr, Attribute, Embedded
from contacthub_orm.orm.mapping.domain.composites import complete_units
from contacthub_orm.orm.mapping.mapped import Mapped, is_null, is_nulled, render
from contacthub_orm.orm.mapping.object_state import object_state
from contacthub_orm.orm.wire.conversion import TOO_DEEP, UnsendableError, dump
from contacthub_orm.orm.wire.documents import (
    CONTAINERS,
    MISSING,
    Document,
    difference,
    is_empty,
    replacement,
    same,
)
from contacthub_orm.orm.wire.partial import lacks

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "UNLOADED",
    "Change",
    "change",
    "changed_paths",
    "changes",
    "creation",
    "is_changed",
    "object_change",
    "old_value",
    "parts",
    "written_parts",
]


UNLOADED: Final = object()
"""The old value of a path that a partial load left out. Whatever is written there is a change."""


Part = tuple[str, str, Any, Attribute | None]
"""A value of an object: its name, JSON key, value, and declaration (None if undeclared)."""


def written_parts(mapped: Mapped) -> list[Part]:
    """Return what `parts` returns, with None for an empty list or dict that represents a None of the user's."""
    state, found = object_state(mapped), parts(mapped)
    if not state.null_names:
        return found
    return [
        (name, key, None if is_nulled(state, name, value) else value, one) for name, key, value, one in found
    ]


def parts(mapped: Mapped) -> list[Part]:
    """Return every value that was read or written."""
    declared = mapped.__attributes__.get
    found: list[Part] = [
        (name, attribute.key, value, attribute)
        for name, value in list(mapped.__dict__.items())
        if (attribute := declared(name)) is not None
    ]
    extras = object_state(mapped).extras
    return [*found, *((key, key, value, None) for key, value in list(extras.items()))] if extras else found


def changes(mapped: Mapped) -> Document:
    """Return the PATCH body: the changed paths, nested. A removed key is null, and a list is sent whole."""
    raw = object_state(mapped).baseline
    body = _patch(mapped, {} if raw is None else raw, replaced=False)
    if body and mapped.__units__:
        complete_units(body, mapped.__units__, render(mapped), raw)
    return body


def _patch(mapped: Mapped, old: Document, *, replaced: bool) -> Document:
    """The patch from `old` to the object. If the object has `replaced` the old one, keys that it lacks become null."""
    body: Document = {}
    state = object_state(mapped)
    known = state.baseline is not None
    for name, key, value, attribute in written_parts(mapped):
        if attribute is None or not (attribute.read_only or (attribute.own_routes and known)):
            written = replaced or name in state.dirty_names
            if not written and value.__class__ in SCALARS:
                continue
            try:
                patch = change(old_value(old, key), value, attribute, written=written)
            except UnsendableError as error:
                raise error.inside(f".{key}") from None
            if patch is not MISSING:
                body[key] = patch
    if replaced:
        body.update(dict.fromkeys(_lacking(mapped, old)))
    return body


def old_value(document: Document, key: str) -> Any:
    """Return the value of a document at a key, MISSING if there is none, or UNLOADED if a partial load left it out."""
    return UNLOADED if lacks(document, key) else document.get(key, MISSING)


def _lacking(mapped: Mapped, old: Document) -> list[str]:
    left_out = render(mapped).keys() | mapped.__read_only_keys__
    return [key for key, value in old.items() if key not in left_out and not is_empty(value)]


def change(old: Any, value: Any, attribute: Attribute | None, *, written: bool) -> Any:
    """Return the patch from an old wire value to a value, or MISSING if nothing has changed.

    Args:
        old: the wire value of the baseline, or MISSING or UNLOADED.
        value: the value that was read or written; UNSET for a removed item.
        attribute: its declaration, or None for an undeclared value.
        written: whether the user assigned it. Containers are compared even if not.

    Raises:
        UnsendableError: if the value has no JSON form.
    """
    if isinstance(value, Mapped):
        try:
            return object_change(old, value, written=written)
        except RecursionError:
            raise UnsendableError(value, TOO_DEEP) from None
    if old is UNLOADED:
        return _dumped(value, attribute) if written else MISSING
    none_before = old is MISSING or old is None
    if value is UNSET:
        return MISSING if none_before else None
    if not written and not isinstance(value, CONTAINERS):
        return MISSING
    new = attribute.write(value, old) if isinstance(attribute, Attr) else dump(value)
    if none_before and is_empty(new):
        return MISSING
    return _value_patch(old, value, new)


def _dumped(value: Any, attribute: Attribute | None) -> Any:
    if isinstance(attribute, Attr):
        return attribute.dump(value)
    return dump(None if value is UNSET else value)


def _value_patch(old: Any, value: Any, new: Any) -> Any:
    """The patch from an old wire value to a value with the wire form `new`, or MISSING.

    A mapping is patched key by key. Any other value that JSON shows as an object, such as one of an attrs class, is one
    value: it is sent whole, so that two writers never mix its parts.
    """
    is_replaced = not (old is None or old is MISSING or isinstance(old, dict))
    if not isinstance(new, dict) or isinstance(value, Mapped) or is_replaced:
        return difference(old, new)
    if not isinstance(value, Mapping):
        return MISSING if same(old, new) else replacement(old, new)
    before: Document = old if isinstance(old, dict) else {}
    keys = ((key, before.get(key, MISSING)) for key in new)
    patches = ((key, _value_patch(held, value.get(key), new[key])) for key, held in keys)
    patch: Document = {key: one for key, one in patches if one is not MISSING}
    patch.update({key: None for key, held in before.items() if key not in new and not is_empty(held)})
    return patch or MISSING


def is_changed(old: Any, value: Any, attribute: Attribute | None, *, written: bool) -> bool:
    """Whether a value has changed, with the arguments of `change`. One without a JSON form has; it is refused later."""
    try:
        return change(old, value, attribute, written=written) is not MISSING
    except UnsendableError:
        return True


def object_change(old: Any, value: Mapped, *, written: bool) -> Any:
    """As `change`, for an embedded object."""
    if not written:
        return changes(value) or MISSING
    if old is MISSING or old is None:
        return MISSING if is_null(value) else _patch(value, {}, replaced=True) or MISSING
    if is_null(value):
        return None
    return _patch(value, old, replaced=True) or MISSING if isinstance(old, dict) else render(value)


Change = tuple[str, Any, Any]
"""A changed path with the old and the new wire value."""


def changed_paths(old: Document | None, patch: Document, prefix: str = "") -> Iterator[Change]:
    """Yield the leaves of a PATCH body: dotted path, old value and new value, None for a removed key.

    Args:
        old: the baseline.
        patch: the PATCH body.
        prefix: what every path starts with.
    """
    for key, value in patch.items():
        before = (old or {}).get(key)
        path = f"{prefix}{key}"
        if isinstance(value, dict) and value and (before is None or isinstance(before, dict)):
            yield from changed_paths(before, value, f"{path}.")
        elif before is None or not same(before, value):
            yield path, before, value


def creation(mapped: Mapped) -> Document:
    """Return the POST body: every value that is set.

    Empty values are left out, unless they are required. Null is sent if the user wrote None.
    """
    document = render(mapped)
    for attribute in mapped.__attributes__.values():
        if attribute.read_only:
            document.pop(attribute.key, None)
            continue
        value = mapped.__dict__.get(attribute.name)
        if isinstance(value, Mapped) and not value.__open__:
            content = creation(value) if document.get(attribute.key) else {}
            document[attribute.key] = None if is_null(value) else content
        if attribute.required:
            document.setdefault(attribute.key, {} if isinstance(attribute, Embedded) else None)
        elif document.get(attribute.key) in ({}, []):
            del document[attribute.key]
    return document
