"""The baseline of an object: merging a fresh document under the user's edits, undoing edits, applying them again."""

from __future__ import annotations

from typing import Any

from contacthub_orm.orm.mapping.attributes import Attr, Attribute
from contacthub_orm.orm.mapping.changes import is_changed, object_change, old_value, parts, written_parts
from contacthub_orm.orm.mapping.mapped import Mapped, is_null, is_nulled, open_value, render
from contacthub_orm.orm.mapping.object_state import ObjectState, object_state
from contacthub_orm.orm.wire.conversion import UnreadableError, copied
from contacthub_orm.orm.wire.documents import CONTAINERS, MISSING, Document, apply_patch, difference
from contacthub_orm.orm.wire.partial import PartialDocument, lacks

__all__ = [
    "apply_edits",
    "edited_since_expiry",
    "elements",
    "forget_all",
    "forget_containers",
    "forget_value",
    "mark_all_dirty",
    "merge_baseline",
    "refill",
    "revert",
    "take_baseline",
    "unmark",
]


def merge_baseline(mapped: Mapped, fresh: Document | None, sent: Any = None) -> None:
    """Make a document the baseline, under the user's edits.

    A path takes the service's value if it still has the value that was sent, or the old baseline's. An edit that was
    made since, or never sent, stays. Lists are updated in place, since a caller may hold one.

    Args:
        mapped: the object.
        fresh: the document, or None if the service does not have the object.
        sent: the body that the service confirmed, if any.
    """
    old = object_state(mapped).baseline or {}
    _merge_baseline(mapped, apply_patch(old, sent) if isinstance(sent, dict) else old, fresh)


def _merge_baseline(mapped: Mapped, known: Document, fresh: Document | None) -> None:
    """As `merge_baseline`; `known` is the old baseline with the sent body merged into it."""
    state = object_state(mapped)
    state.baseline = fresh
    document = fresh or {}
    for name, key, value, attribute in parts(mapped):
        if isinstance(value, Mapped) and name not in state.dirty_names:
            _merge_baseline(value, _object(known, key) or {}, _object(document, key))
        elif name not in state.dirty_names and not isinstance(value, CONTAINERS):
            forget_value(mapped, name, attribute)
        elif isinstance(value, Mapped):
            if not _is_replacement(known.get(key), value):
                state.unmark(name)
                object_state(value).null = False
                _merge_baseline(value, _object(known, key) or {}, _object(document, key))
        elif not is_changed(old_value(known, key), _written(state, name, value), attribute, written=True):
            _take(mapped, name, value, document.get(key), attribute)
            state.unmark(name)


def _written(state: ObjectState, name: str, value: Any) -> Any:
    return None if is_nulled(state, name, value) else value


def _object(document: Document, key: str) -> Document | None:
    value = document.get(key)
    return value if isinstance(value, dict) else None


def _is_replacement(old: Any, value: Mapped) -> bool:
    """Whether the object replaces the old one, rather than being the same one with further edits."""
    if old is not None and not isinstance(old, dict):
        return True
    try:
        return _removes(object_change(old, value, written=True))
    except TypeError:  # it has a value without a JSON form, and stays as the user wrote it
        return True


def _removes(patch: Any) -> bool:
    return any(map(_removes, patch.values())) if isinstance(patch, dict) else patch is None


def _take(mapped: Mapped, name: str, value: Any, wire: Any, attribute: Attribute | None) -> None:
    """Give a path the service's value: a container is updated in place, anything else is converted at the next read."""
    if isinstance(value, list):
        fresh = _readable(attribute, wire) if isinstance(attribute, Attr) else elements(wire, attribute)
        if isinstance(fresh, list):
            refill(value, fresh)
            if isinstance(attribute, Attr):
                attribute.place(mapped, value)
            return
    elif (
        isinstance(value, dict | set)
        and isinstance(attribute, Attr)
        and _is_refilled(value, _readable(attribute, wire))
    ):
        return
    forget_value(mapped, name, attribute)


def refill(value: list[Any], fresh: list[Any]) -> None:
    """Update a handed-out list to the service's content. Elements that are still there stay the same objects."""
    value[:] = [_kept(held, element) for held, element in _matched(value, fresh)]


def _is_refilled(value: dict[str, Any] | set[Any], fresh: Any) -> bool:
    """Update a handed-out dict or set to the service's content, and return whether it could be."""
    if not isinstance(fresh, dict if isinstance(value, dict) else set):
        return False
    value.clear()
    value.update(fresh)
    return True


def _rewrite(value: list[Any], fresh: list[Any]) -> None:
    """Update a list to content that the user wrote. In elements that are still there, differences become edits."""
    value[:] = [_edited(held, element) for held, element in _matched(value, fresh)]


def _matched(value: list[Any], fresh: list[Any]) -> list[tuple[Any, Any]]:
    """Each fresh element, with the element that has its identity in the list now, or None if there is none."""
    held: dict[Any, Any] = {}
    for index, element in enumerate(value):
        held.setdefault(_identity(element, index), element)
    return [(held.pop(_identity(element, index), None), element) for index, element in enumerate(fresh)]


def elements(wire: Any, attribute: Attribute | None) -> Any:
    """Convert the wire value of a list, or copy one that a codec cannot read.

    A list that is missing in an open object reads as an empty one.
    """
    if isinstance(attribute, Attr):
        found = _readable(attribute, wire)
        return copied(wire) if found is None else found
    return [] if wire is None else open_value(wire)


def _readable(attribute: Attr[Any], wire: Any) -> Any:
    """The value of a wire value, or None if a codec cannot read it: then the next read of the attribute raises the error."""
    try:
        return attribute.read(wire)
    except UnreadableError:
        return None


def _identity(element: Any, index: int) -> Any:
    """The identity of an element: its `id`, or its index if it has none."""
    if isinstance(element, Mapped):
        try:
            found = element["id"]
        except KeyError:
            return index
        return ("id", found) if isinstance(found, str) else index
    return index


def _kept(held: Any, fresh: Any) -> Any:
    """The held element with the service's content, since its edits were sent or undone; the fresh one if none fits."""
    if isinstance(held, Mapped) and isinstance(fresh, Mapped) and type(held) is type(fresh):
        try:
            known = render(held)
        except TypeError:  # an edit without a JSON form was never sent
            revert(held)
            known = {}
        _merge_baseline(held, known, object_state(fresh).baseline)
        return held
    return fresh


def _edited(held: Any, fresh: Any) -> Any:
    """The held element, edited to have the content of the fresh one; the fresh one if none fits."""
    if (
        isinstance(held, Mapped)
        and type(held) is type(fresh)
        and isinstance(object_state(held).baseline, dict)
    ):
        revert(held)
        edits = difference(object_state(held).baseline, object_state(fresh).baseline)
        apply_edits(held, {} if edits is MISSING else edits)
        return held
    return _kept(held, fresh)


def forget_value(mapped: Mapped, name: str, attribute: Attribute | None) -> None:
    """Drop a converted value, so that the next read converts the baseline's."""
    if attribute is not None:
        mapped.__dict__.pop(name, None)
    elif (extras := object_state(mapped).extras) is not None:
        extras.pop(name, None)


def revert(mapped: Mapped) -> None:
    """Undo every edit: all values are the baseline's again, and lists are restored in place."""
    state = object_state(mapped)
    if not state.known:
        forget_all(mapped)
        state.reverted()
        return
    raw = state.baseline or {}
    for name, key, value, attribute in parts(mapped):
        if isinstance(value, Mapped) and name not in state.dirty_names:
            revert(value)
        elif isinstance(value, CONTAINERS) and (attribute is not None or key in raw):
            _take(mapped, name, value, raw.get(key), attribute)
        else:
            if isinstance(value, Mapped):
                object_state(value).embedded_in = None
            forget_value(mapped, name, attribute)
    state.unmark_all()
    state.reverted()


def unmark(mapped: Mapped) -> None:
    """Forget what was written, if all of it equals the baseline. Then the next write tells the root again."""
    state = object_state(mapped)
    for name, key, value, attribute in parts(mapped):
        if isinstance(value, Mapped):
            held = (state.baseline or {}).get(key)
            object_state(value).baseline = held if isinstance(held, dict) else None
            unmark(value)
        elif name in state.dirty_names and not isinstance(value, CONTAINERS):
            forget_value(mapped, name, attribute)
    state.unmark_all()


def mark_all_dirty(mapped: Mapped) -> PartialDocument:
    """Turn all values into unsaved edits on an unloaded baseline, and return that baseline.

    Objects that contain an edit count as existing. Empty lists and dicts are dropped.
    """
    found = PartialDocument()
    for name, key, value, attribute in written_parts(mapped):
        if isinstance(value, Mapped) and not is_null(value):
            object_state(mapped).unmark(name)
            found[key] = mark_all_dirty(value)
        elif isinstance(value, CONTAINERS) and not value and attribute is not None:
            object_state(mapped).unmark(name)
            forget_value(mapped, name, attribute)
    return found


def forget_containers(mapped: Mapped) -> None:
    """Drop the lists and dicts that were handed out, so that the next read makes new ones."""
    for name, _, value, attribute in parts(mapped):
        if isinstance(value, Mapped):
            forget_containers(value)
        elif isinstance(value, CONTAINERS):
            forget_value(mapped, name, attribute)
    object_state(mapped).hold_over({})


def apply_edits(mapped: Mapped, edits: Document) -> None:
    """Write a patch into an object as a user would. Lists are updated in place."""
    for key, value in edits.items():
        held = _held(mapped, key)
        if isinstance(held, Mapped) and isinstance(value, dict):
            apply_edits(held, value)
        elif isinstance(held, list) and isinstance(value, list):
            _rewrite(held, elements(value, mapped.__keys__.get(key)))
        elif isinstance(held, dict) and isinstance(value, dict):
            mapped.__put__(key, _patched((object_state(mapped).baseline or {}).get(key), value))
        elif value is None and held is not None and key not in mapped.__keys__:
            del mapped[key]
        else:
            mapped.__put__(key, value)


def _patched(old: Any, patch: Any) -> Any:
    """The value that a JSON Merge Patch makes of another."""
    if not isinstance(patch, dict):
        return patch
    found: Document = dict(old) if isinstance(old, dict) else {}
    for key, value in patch.items():
        if value is None:
            found.pop(key, None)
        else:
            found[key] = _patched(found.get(key), value)
    return found


def _held(mapped: Mapped, key: str) -> Any:
    """The value at a key, or None if it is missing or was not loaded. Nothing is loaded for it."""
    if lacks(object_state(mapped).baseline, key):
        return None
    try:
        return mapped[key]
    except KeyError:
        return None


def forget_all(mapped: Mapped) -> bool:
    """Drop the baseline and every value, edits included, and return whether a list or dict was handed out.

    Embedded objects in use stay and are emptied likewise. Lists and dicts that a caller may hold are kept aside without
    their edits; `take_baseline` puts them back.
    """
    state = object_state(mapped)
    held = dict(state.held_over or {})
    if state.known:
        raw = state.baseline or {}
        held.update(
            {key: (one, raw.get(key)) for _, key, one, _ in parts(mapped) if isinstance(one, CONTAINERS)}
        )
    for key, (value, wire) in held.items():
        _restore(mapped, key, value, wire)
    state.hold_over(held)
    state.forget_baseline()
    state.unmark_all()
    found = bool(held)
    for name, value in list(mapped.__dict__.items()):
        if isinstance(value, Mapped):
            found |= forget_all(value)
        elif name in mapped.__attributes__:
            del mapped.__dict__[name]
    state.extras = {key: value for key, value in (state.extras or {}).items() if isinstance(value, Mapped)}
    for value in state.extras.values():
        found |= forget_all(value)
    return found


def _restore(mapped: Mapped, key: str, value: Any, wire: Any) -> None:
    """Give a list or dict that a caller may hold the content of a wire value, in place."""
    attribute = mapped.__keys__.get(key)
    fresh = elements(wire, attribute) if isinstance(value, list) else wire
    if isinstance(attribute, Attr):
        fresh = _readable(attribute, wire)
    if isinstance(value, list) and isinstance(fresh, list):
        refill(value, fresh)
    elif isinstance(value, dict | set):
        _is_refilled(value, fresh)


def edited_since_expiry(mapped: Mapped) -> bool:
    """Whether a list or dict that is held over an expiry was edited since. Nothing is loaded for it."""
    state = object_state(mapped)
    for key, (value, wire) in (state.held_over or {}).items():
        if is_changed(wire, value, mapped.__keys__.get(key), written=False):
            return True
    children = [*mapped.__dict__.values(), *(state.extras or {}).values()]
    return any(edited_since_expiry(one) for one in children if isinstance(one, Mapped))


def _put_back(mapped: Mapped, document: Document) -> None:
    """Put back what was held over an expiry: with the service's content, or with the edits that were made since."""
    state = object_state(mapped)
    for key, (value, wire) in (state.held_over or {}).items():
        attribute = mapped.__keys__.get(key)
        if not is_changed(wire, value, attribute, written=False):
            _restore(mapped, key, value, document.get(key))
        if isinstance(attribute, Attr):
            if attribute.name not in mapped.__dict__:  # nothing was assigned since
                mapped.__dict__[attribute.name] = value
                attribute.place(mapped, value)
        elif value or key in document:
            state.extras = {key: value, **(state.extras or {})}
    state.hold_over({})


def take_baseline(mapped: Mapped, document: Document | None) -> None:
    """Give an emptied object and the embedded objects in use their baselines."""
    state = object_state(mapped)
    state.hold_baseline(document)
    children = [
        (mapped.__attributes__[name].key, value)
        for name, value in mapped.__dict__.items()
        if isinstance(value, Mapped) and name in mapped.__attributes__
    ]
    children += [(key, value) for key, value in (state.extras or {}).items() if isinstance(value, Mapped)]
    for key, child in children:
        held = (document or {}).get(key)
        take_baseline(child, held if isinstance(held, dict) else None)
    if state.held_over is not None:
        _put_back(mapped, document or {})
