"""Changes of an object against its baseline: the PATCH body, taking in a fresh document, undoing edits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from contacthub_orm.orm.mapping.attributes import UNSET, Attr, Attribute, Embedded
from contacthub_orm.orm.mapping.mapped import Mapped, is_null, open_value, render
from contacthub_orm.orm.wire.conversion import dump
from contacthub_orm.orm.wire.documents import MISSING, Document, apply_patch, difference, is_nothing, same
from contacthub_orm.orm.wire.partial import PartialDocument, lacks

__all__ = [
    "Change",
    "absorb",
    "apply_edits",
    "change",
    "changed_paths",
    "changes",
    "creation",
    "elements",
    "forget_containers",
    "is_changed",
    "refill",
    "revert",
    "taken_as_edits",
    "unmark",
]


UNLOADED: Final = object()
"""The old value of a path that a partial load left out: whatever is written there is a change."""


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
    raw = mapped._state.raw
    return _patch(mapped, {} if raw is None else raw, replaced=False)


def _patch(mapped: Mapped, old: Document, *, replaced: bool) -> Document:
    """What turns `old` into the object; with `replaced` it stands in place of `old` and nulls the keys it lacks."""
    body: Document = {}
    for name, key, value, attribute in _parts(mapped):
        if attribute is None or not attribute.read_only:
            patch = change(
                _old(old, key), value, attribute, written=replaced or name in mapped._state.written
            )
            if patch is not MISSING:
                body[key] = patch
    if replaced:
        body.update(dict.fromkeys(_lacking(mapped, old)))
    return body


def _old(document: Document, key: str) -> Any:
    """What a document holds at a key: MISSING for nothing, UNLOADED where it was not asked for."""
    return UNLOADED if lacks(document, key) else document.get(key, MISSING)


def _lacking(mapped: Mapped, old: Document) -> list[str]:
    present = render(mapped)
    read_only = {attribute.key for attribute in mapped.__attributes__.values() if attribute.read_only}
    return [
        key
        for key, value in old.items()
        if key not in present and key not in read_only and not is_nothing(value)
    ]


def change(old: Any, value: Any, attribute: Attribute | None, *, written: bool) -> Any:
    """What turns the wire value `old` into `value`, MISSING where there is nothing to say."""
    if isinstance(value, Mapped):
        return _object_change(old, value, written=written)
    if old is UNLOADED:
        return dump(None if value is UNSET else value) if written else MISSING
    none_before = old is MISSING or old is None
    if value is UNSET:
        return MISSING if none_before else None
    if not written and not isinstance(value, list | dict):
        return MISSING
    new = attribute.write(value, old) if isinstance(attribute, Attr) else dump(value)
    if none_before and is_nothing(new):
        return MISSING
    return difference(old, new) if isinstance(new, dict) else MISSING if same(old, new) else new


def is_changed(old: Any, value: Any, attribute: Attribute | None, *, written: bool) -> bool:
    """Whether there is something to say; a value that JSON cannot say is a change, to be refused later."""
    try:
        return change(old, value, attribute, written=written) is not MISSING
    except TypeError:
        return True


def _object_change(old: Any, value: Mapped, *, written: bool) -> Any:
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
            content = creation(value) if document.get(attribute.key) else {}
            document[attribute.key] = None if is_null(value) else content
        if attribute.required:
            document.setdefault(attribute.key, {} if isinstance(attribute, Embedded) else None)
        elif document.get(attribute.key) in ({}, []):
            del document[attribute.key]
    return document


def absorb(mapped: Mapped, fresh: Document | None, sent: Any = None) -> None:
    """Make `fresh` the baseline, under the user's edits.

    A path whose value is still what was `sent`, or what the old baseline held, takes the service's value; an edit made
    since, or never sent, stays. Lists are updated in place, so that nobody's reference is orphaned.
    """
    old = mapped._state.raw or {}
    _absorb(mapped, apply_patch(old, sent) if isinstance(sent, dict) else old, fresh)


def _absorb(mapped: Mapped, known: Document, fresh: Document | None) -> None:
    """As `absorb`; `known` is the old baseline with what was sent laid over it."""
    state = mapped._state
    state.raw = fresh
    document = fresh or {}
    for name, key, value, attribute in _parts(mapped):
        if isinstance(value, Mapped) and name not in state.written:
            _absorb(value, _object(known, key) or {}, _object(document, key))
        elif name not in state.written and not isinstance(value, list | dict):
            _forget(mapped, name, attribute)
        elif isinstance(value, Mapped):
            if not _is_replacement(known.get(key), value):
                state.unmark(name)
                value._state.null = False
                _absorb(value, _object(known, key) or {}, _object(document, key))
        elif not is_changed(_old(known, key), value, attribute, written=True):
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
        return _removes(_object_change(old, value, written=True))
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
    _forget(mapped, name, attribute)


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
        _absorb(held, known, fresh._state.raw)
        return held
    return fresh


def _edited(held: Any, fresh: Any) -> Any:
    """The element that stands there already, with what the fresh one says otherwise as edits of the service's content."""
    if isinstance(held, Mapped) and type(held) is type(fresh) and isinstance(held._state.raw, dict):
        revert(held)
        edits = difference(held._state.raw, fresh._state.raw)
        apply_edits(held, {} if edits is MISSING else edits)
        return held
    return _kept(held, fresh)


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
        elif isinstance(value, list | dict) and (attribute is not None or key in raw):
            _take(mapped, name, value, raw.get(key), attribute)
        else:
            if isinstance(value, Mapped):
                value._state.owner = None
            _forget(mapped, name, attribute)
    state.written = frozenset()
    state.null = False
    state.reverted()


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


def taken_as_edits(mapped: Mapped) -> PartialDocument:
    """Have what an object holds be edits of something unknown; gives the baseline under it, of which nothing was loaded.

    Objects on the way to an edit are taken to be there. A list or dict that is empty says nothing and is dropped.
    """
    found = PartialDocument()
    for name, key, value, attribute in _parts(mapped):
        if isinstance(value, Mapped) and not is_null(value):
            mapped._state.unmark(name)
            found[key] = taken_as_edits(value)
        elif isinstance(value, list | dict) and not value and attribute is not None:
            mapped._state.unmark(name)
            _forget(mapped, name, attribute)
    return found


def forget_containers(mapped: Mapped) -> None:
    """Drop the lists and dicts that were handed out, so that the next read hands out new ones."""
    for name, _, value, attribute in _parts(mapped):
        if isinstance(value, Mapped):
            forget_containers(value)
        elif isinstance(value, list | dict):
            _forget(mapped, name, attribute)


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
    if lacks(mapped._state.raw, key):
        return None
    try:
        return mapped[key]
    except KeyError:
        return None
