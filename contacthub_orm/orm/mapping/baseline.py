"""The baseline of an object: taking in a fresh document under the user's edits, undoing edits, writing them again."""

from __future__ import annotations

from typing import Any

from contacthub_orm.orm.mapping.attributes import Attr, Attribute
from contacthub_orm.orm.mapping.changes import is_changed, object_change, old_value, parts
from contacthub_orm.orm.mapping.mapped import Mapped, is_null, open_value, render
from contacthub_orm.orm.mapping.object_state import object_state
from contacthub_orm.orm.wire.documents import MISSING, Document, apply_patch, difference
from contacthub_orm.orm.wire.partial import PartialDocument, lacks

__all__ = [
    "apply_edits",
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
    """Make `fresh` the baseline, under the user's edits.

    A path whose value is still what was `sent`, or what the old baseline held, takes the service's value; an edit made
    since, or never sent, stays. Lists are updated in place, so that nobody's reference is orphaned.
    """
    old = object_state(mapped).baseline or {}
    _merge_baseline(mapped, apply_patch(old, sent) if isinstance(sent, dict) else old, fresh)


def _merge_baseline(mapped: Mapped, known: Document, fresh: Document | None) -> None:
    """As `merge_baseline`; `known` is the old baseline with what was sent laid over it."""
    state = object_state(mapped)
    state.baseline = fresh
    document = fresh or {}
    for name, key, value, attribute in parts(mapped):
        if isinstance(value, Mapped) and name not in state.dirty_names:
            _merge_baseline(value, _object(known, key) or {}, _object(document, key))
        elif name not in state.dirty_names and not isinstance(value, list | dict):
            forget_value(mapped, name, attribute)
        elif isinstance(value, Mapped):
            if not _is_replacement(known.get(key), value):
                state.unmark(name)
                object_state(value).null = False
                _merge_baseline(value, _object(known, key) or {}, _object(document, key))
        elif not is_changed(old_value(known, key), value, attribute, written=True):
            _take(mapped, name, value, document.get(key), attribute)
            state.unmark(name)


def _object(document: Document, key: str) -> Document | None:
    value = document.get(key)
    return value if isinstance(value, dict) else None


def _is_replacement(old: Any, value: Mapped) -> bool:
    """Whether the object stands in place of what `old` holds, rather than being the same one with further edits."""
    if old is not None and not isinstance(old, dict):
        return True
    try:
        return _removes(object_change(old, value, written=True))
    except TypeError:  # it holds what JSON cannot say, and stays as the user wrote it
        return True


def _removes(patch: Any) -> bool:
    return any(map(_removes, patch.values())) if isinstance(patch, dict) else patch is None


def _take(mapped: Mapped, name: str, value: Any, wire: Any, attribute: Attribute | None) -> None:
    """Have a path read the service's value: a container in place, anything else by the next read."""
    if isinstance(value, list):
        fresh = elements(wire, attribute)
        if isinstance(fresh, list):
            refill(value, fresh)
            if isinstance(attribute, Attr):
                attribute.place(mapped, value)
            return
    elif isinstance(value, dict) and isinstance(attribute, Attr):
        fresh = attribute.read(wire)
        if isinstance(fresh, dict):
            value.clear()
            value.update(fresh)
            return
    forget_value(mapped, name, attribute)


def refill(value: list[Any], fresh: list[Any]) -> None:
    """Bring a handed-out list to the service's content, keeping the elements that are still there."""
    value[:] = [_kept(held, element) for held, element in _matched(value, fresh)]


def _rewrite(value: list[Any], fresh: list[Any]) -> None:
    """Bring a list to what a user wrote into it: in elements that are still there, what differs is edits."""
    value[:] = [_edited(held, element) for held, element in _matched(value, fresh)]


def _matched(value: list[Any], fresh: list[Any]) -> list[tuple[Any, Any]]:
    """The elements of a list to be, each after the one that stands for it now, None where there is none."""
    held: dict[Any, Any] = {}
    for index, element in enumerate(value):
        held.setdefault(_identity(element, index), element)
    return [(held.pop(_identity(element, index), None), element) for index, element in enumerate(fresh)]


def elements(wire: Any, attribute: Attribute | None) -> Any:
    """What a list's wire value reads as, an empty list where an open object has none any more."""
    if isinstance(attribute, Attr):
        return attribute.read(wire)
    return [] if wire is None else open_value(wire)


def _identity(element: Any, index: int) -> Any:
    """An element is known by its `id`, or by its place where it has none."""
    if isinstance(element, Mapped):
        try:
            found = element["id"]
        except KeyError:
            return index
        return ("id", found) if isinstance(found, str) else index
    return index


def _kept(held: Any, fresh: Any) -> Any:
    """The element that stands there already, with the service's content: its edits were sent, or are undone."""
    if isinstance(held, Mapped) and isinstance(fresh, Mapped) and type(held) is type(fresh):
        try:
            known = render(held)
        except TypeError:  # an edit that JSON cannot say was never sent
            revert(held)
            known = {}
        _merge_baseline(held, known, object_state(fresh).baseline)
        return held
    return fresh


def _edited(held: Any, fresh: Any) -> Any:
    """The element that stands there already, with what the fresh one says otherwise as edits of the service's content."""
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
    """Undo every edit: values are the baseline's again, lists in place."""
    state = object_state(mapped)
    raw = state.baseline or {}
    for name, key, value, attribute in parts(mapped):
        if isinstance(value, Mapped) and name not in state.dirty_names:
            revert(value)
        elif isinstance(value, list | dict) and (attribute is not None or key in raw):
            _take(mapped, name, value, raw.get(key), attribute)
        else:
            if isinstance(value, Mapped):
                object_state(value).embedded_in = None
            forget_value(mapped, name, attribute)
    state.unmark_all()
    state.reverted()


def unmark(mapped: Mapped) -> None:
    """Forget what was written where it all equals the baseline, so that the next write is seen as a first one."""
    state = object_state(mapped)
    for name, key, value, attribute in parts(mapped):
        if isinstance(value, Mapped):
            held = (state.baseline or {}).get(key)
            object_state(value).baseline = held if isinstance(held, dict) else None
            unmark(value)
        elif name in state.dirty_names and not isinstance(value, list | dict):
            forget_value(mapped, name, attribute)
    state.unmark_all()


def mark_all_dirty(mapped: Mapped) -> PartialDocument:
    """Have what an object holds be edits of something unknown; gives the baseline under it, of which nothing was loaded.

    Objects on the way to an edit are taken to be there. A list or dict that is empty says nothing and is dropped.
    """
    found = PartialDocument()
    for name, key, value, attribute in parts(mapped):
        if isinstance(value, Mapped) and not is_null(value):
            object_state(mapped).unmark(name)
            found[key] = mark_all_dirty(value)
        elif isinstance(value, list | dict) and not value and attribute is not None:
            object_state(mapped).unmark(name)
            forget_value(mapped, name, attribute)
    return found


def forget_containers(mapped: Mapped) -> None:
    """Drop the lists and dicts that were handed out, so that the next read hands out new ones."""
    for name, _, value, attribute in parts(mapped):
        if isinstance(value, Mapped):
            forget_containers(value)
        elif isinstance(value, list | dict):
            forget_value(mapped, name, attribute)


def apply_edits(mapped: Mapped, edits: Document) -> None:
    """Write a patch into an object as a user would, lists in place."""
    for key, value in edits.items():
        held = _held(mapped, key)
        if isinstance(held, Mapped) and isinstance(value, dict):
            apply_edits(held, value)
        elif isinstance(held, list) and isinstance(value, list):
            _rewrite(held, elements(value, mapped.__keys__.get(key)))
        elif value is None and held is not None and key not in mapped.__keys__:
            del mapped[key]
        else:
            mapped[key] = value


def _held(mapped: Mapped, key: str) -> Any:
    """What an object holds at a key, None where that was not loaded: nothing is loaded for it."""
    if lacks(object_state(mapped).baseline, key):
        return None
    try:
        return mapped[key]
    except KeyError:
        return None


def forget_all(mapped: Mapped) -> None:
    """Drop the baseline and every value, edits included; embedded objects in use stay and are emptied likewise."""
    state = object_state(mapped)
    state.forget_baseline()
    state.unmark_all()
    for name, value in list(mapped.__dict__.items()):
        if isinstance(value, Mapped):
            forget_all(value)
        elif name in mapped.__attributes__:
            del mapped.__dict__[name]
    state.extras = {key: value for key, value in (state.extras or {}).items() if isinstance(value, Mapped)}
    for value in state.extras.values():
        forget_all(value)


def take_baseline(mapped: Mapped, document: Document | None) -> None:
    """Give an emptied object and the embedded objects in use their baselines."""
    state = object_state(mapped)
    state.baseline = document
    children = [
        (mapped.__attributes__[name].key, value)
        for name, value in mapped.__dict__.items()
        if isinstance(value, Mapped) and name in mapped.__attributes__
    ]
    children += [(key, value) for key, value in (state.extras or {}).items() if isinstance(value, Mapped)]
    for key, child in children:
        held = (document or {}).get(key)
        take_baseline(child, held if isinstance(held, dict) else None)
