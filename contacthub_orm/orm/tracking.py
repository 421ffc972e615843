"""Changes of an object against its baseline: the PATCH body, taking in a fresh document, undoing edits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contacthub_orm.orm.attributes import UNSET, Attr, Attribute
from contacthub_orm.orm.conversion import dump
from contacthub_orm.orm.documents import MISSING, Document, difference, same
from contacthub_orm.orm.mapped import Mapped, Properties, render

__all__ = ["Change", "absorb", "changed_paths", "changes", "creation", "revert", "unmark"]


def _parts(mapped: Mapped) -> Iterator[tuple[str, str, Any, Attribute | None]]:
    """What was read or written: name, JSON key, value and declaration (None for an undeclared item)."""
    for name, value in list(mapped.__dict__.items()):
        attribute = mapped.__attributes__.get(name)
        if attribute is not None:
            yield name, attribute.key, value, attribute
    for key, value in list((mapped._state.items or {}).items()):
        yield key, key, value, None


def changes(mapped: Mapped) -> Document:
    """The PATCH body: changed paths only, nested; a removed key is null, a collection is sent whole."""
    state = mapped._state
    raw = state.raw or {}
    body: Document = {}
    for name, key, value, attribute in _parts(mapped):
        if attribute is not None and attribute.read_only:
            continue
        old = raw.get(key, MISSING)
        if isinstance(value, Mapped) and name not in state.written:
            patch: Any = changes(value) or MISSING
        else:
            patch = _change(old, value, attribute, written=name in state.written)
        if patch is not MISSING:
            body[key] = patch
    return body


def _change(old: Any, value: Any, attribute: Attribute | None, *, written: bool) -> Any:
    if isinstance(value, Mapped):
        return difference(old, None if value._state.null else render(value))
    if value is UNSET:
        return MISSING if old is MISSING or old is None else None
    if not written and not isinstance(value, list | dict):
        return MISSING
    new = dump(value)
    if not new and isinstance(new, list | dict) and (old is MISSING or old is None):
        return MISSING
    if old is not MISSING and old is not None and isinstance(attribute, Attr) and attribute.load is not None:
        new = _in_wire_form(old, new, attribute)
    if isinstance(new, dict) and attribute is not None:
        return MISSING if same(old, new) else _replaced(old, new)
    return MISSING if (old is MISSING and new is None) or same(old, new) else new


def _replaced(old: Any, new: Document) -> Document:
    """A declared dict: the service merges objects, so the keys that went are sent as null."""
    patch: Any = difference(old, new)
    return {} if patch is MISSING else patch


def _in_wire_form(old: Any, new: Any, attribute: Attr[Any]) -> Any:
    """`new` with the service's own spelling of every value that has not changed."""
    if isinstance(old, list) and isinstance(new, list):
        spelling: list[tuple[Any, Any]] = [(_canonical([item], attribute), item) for item in old]
        return [next((item for form, item in spelling if same(form, [value])), value) for value in new]
    return old if same(_canonical(old, attribute), new) else new


def _canonical(wire: Any, attribute: Attr[Any]) -> Any:
    return dump(attribute.read(wire))


Change = tuple[str, Any, Any]
"""A changed path with the old and the new wire value."""


def changed_paths(old: Document | None, patch: Document, prefix: str = "") -> Iterator[Change]:
    """The leaves of a PATCH body as dotted paths with old and new value, removed keys as null."""
    for key, value in patch.items():
        before = (old or {}).get(key)
        path = f"{prefix}{key}"
        if isinstance(value, dict) and value and (before is None or isinstance(before, dict)):
            yield from changed_paths(before, value, f"{path}.")
        else:
            yield path, before, value


def creation(mapped: Mapped) -> Document:
    """The POST body: all that is set; what is unset or empty stays out, null is sent where the user wrote None."""
    document = render(mapped)
    for attribute in mapped.__attributes__.values():
        if attribute.read_only:
            document.pop(attribute.key, None)
            continue
        value = mapped.__dict__.get(attribute.name)
        if isinstance(value, Mapped) and not value.__open__:
            document[attribute.key] = None if value._state.null else creation(value)
        if attribute.required:
            document.setdefault(attribute.key, {} if isinstance(value, Mapped) else None)
        elif document.get(attribute.key) in ({}, []):
            del document[attribute.key]
    return document


def absorb(mapped: Mapped, fresh: Document | None, sent: Any = None) -> None:
    """Make `fresh` the baseline, under the user's edits.

    A path whose value still equals what was `sent` takes the service's value; an edit made since, or never sent,
    stays. Lists are updated in place, so that nobody's reference is orphaned.
    """
    state = mapped._state
    old = state.raw
    state.raw = fresh
    document = fresh or {}
    delivered: Document = sent if isinstance(sent, dict) else {}
    for name, key, value, attribute in _parts(mapped):
        wire = document.get(key)
        if isinstance(value, Mapped):
            _absorb_embedded(mapped, name, value, wire, delivered.get(key, MISSING))
        elif isinstance(value, list | dict):
            before = delivered.get(key, (old or {}).get(key))
            answered = key in delivered or name not in state.written
            if answered and _unedited(value, before, attribute):
                _refill(value, wire, attribute)
                state.unmark(name)
        elif name not in state.written:
            _forget(mapped, name, attribute)
        elif key in delivered and same(dump(None if value is UNSET else value), delivered[key]):
            state.unmark(name)
            _forget(mapped, name, attribute)


def _absorb_embedded(mapped: Mapped, name: str, child: Mapped, wire: Any, sent: Any) -> None:
    state = mapped._state
    fresh = wire if isinstance(wire, dict) else None
    if name not in state.written:
        absorb(child, fresh, sent)
    elif sent is not MISSING:
        state.unmark(name)
        child._state.null = False
        absorb(child, fresh, sent)


def _unedited(value: Any, before: Any, attribute: Attribute | None) -> bool:
    now = dump(value)
    if not now and before is None:
        return True
    if isinstance(attribute, Attr) and attribute.load is not None and before is not None:
        now = _in_wire_form(before, now, attribute)
    return same(now, before)


def _refill(value: Any, wire: Any, attribute: Attribute | None) -> None:
    """Bring a handed-out container to the service's content, keeping the elements that are still there."""
    if isinstance(value, dict):
        fresh = attribute.read(wire) if isinstance(attribute, Attr) else {}
        value.clear()
        value.update(fresh or {})
        return
    held = {_identity(element, index): element for index, element in enumerate(value)}
    value[:] = [
        _kept(held.get(_identity(element, index)), element)
        for index, element in enumerate(_elements(wire, attribute))
    ]


def _elements(wire: Any, attribute: Attribute | None) -> list[Any]:
    if isinstance(attribute, Attr):
        found = attribute.read(wire)
        return found if isinstance(found, list) else []
    items = wire if isinstance(wire, list) else []
    return [Properties._bound(item) if isinstance(item, dict) else item for item in items]


def _identity(element: Any, index: int) -> Any:
    """An element is known by its `id`, or by its place where it has none."""
    if isinstance(element, Mapped):
        found = render(element).get("id")
        return ("id", found) if isinstance(found, str) else index
    return index


def _kept(held: Any, fresh: Any) -> Any:
    if isinstance(held, Mapped) and isinstance(fresh, Mapped) and type(held) is type(fresh):
        revert(held)
        absorb(held, fresh._state.raw)
        return held
    return fresh


def _forget(mapped: Mapped, name: str, attribute: Attribute | None) -> None:
    """Drop a converted value, so that the next read converts the baseline's."""
    if attribute is not None:
        mapped.__dict__.pop(name, None)
    elif mapped._state.items is not None:
        mapped._state.items.pop(name, None)


def revert(mapped: Mapped) -> None:
    """Undo every edit: values are the baseline's again, lists in place."""
    state = mapped._state
    raw = state.raw or {}
    for name, key, value, attribute in _parts(mapped):
        if isinstance(value, Mapped) and name not in state.written:
            revert(value)
        elif isinstance(value, list | dict) and name not in state.written:
            _refill(value, raw.get(key), attribute)
        else:
            if isinstance(value, Mapped):
                value._state.owner = None
            _forget(mapped, name, attribute)
    state.written = frozenset()
    state.null = False


def unmark(mapped: Mapped) -> None:
    """Forget what was written where it all equals the baseline, so that the next write is seen as a first one."""
    state = mapped._state
    for name, key, value, attribute in _parts(mapped):
        if isinstance(value, Mapped):
            held = (state.raw or {}).get(key)
            value._state.raw = held if isinstance(held, dict) else None
            unmark(value)
        elif name in state.written and not isinstance(value, list | dict):
            _forget(mapped, name, attribute)
    state.written = frozenset()
    state.null = False
