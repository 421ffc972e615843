"""Forks: copies of what a session holds, whose edits are merged back into it or dropped."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, NoReturn, Protocol

import attrs

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.attributes import Attr
from contacthub_orm.orm.mapping.baseline import apply_edits
from contacthub_orm.orm.mapping.changes import changes
from contacthub_orm.orm.mapping.mapped import Mapped, at_hand, render
from contacthub_orm.orm.session.context.snapshots import Snapshot
from contacthub_orm.orm.wire.documents import MISSING, Document, filled, replacement, same
from contacthub_orm.orm.wire.paths import value_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext

__all__ = ["Fork", "ForkCommitter"]

Path = tuple[str, ...]


class Adding(Protocol):
    """A session, as a merge adds to it and takes out of it."""

    def add(self, entity: Entity) -> None:
        """Add an entity."""
        ...

    def expunge(self, entity: Entity) -> None:
        """Let go of an entity."""
        ...


class ForkCommitter:
    """What a fork has in place of what sends: it refuses."""

    flushing = False

    def flush(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse to send.

        Raises:
            InvalidRequestError: always.
        """
        raise InvalidRequestError(
            "a fork sends nothing: merge_back() gives its edits to the session that sends"
        )

    commit = begin = flush


@attrs.define(eq=False)
class _Pair:
    """An entity of the session, its copy in the fork, and what both were when the fork began."""

    original: Entity
    copy: Entity
    document: Document
    edits: Document
    references: dict[str, Entity]
    deleted: bool

    @classmethod
    def of(cls, original: Entity, copy: Entity) -> _Pair:
        """The pair of what is as it is now."""
        references = dict(state_of(copy).references or {})
        return cls(original, copy, render(copy), _edits(copy), references, state_of(original).deleted)

    def edited_paths(self) -> list[Path]:
        """The paths that were edited in the fork, or whose edit was undone there."""
        return list(_differing(self.edits, _edits(self.copy), self.copy))

    def conflicts(self, paths: list[Path]) -> Iterator[str]:
        """What keeps the edits of the fork from being merged."""
        now, mine = render(self.original), render(self.copy)
        for path in paths:
            values = [filled(value_at(document, path)) for document in (now, self.document, mine)]
            if not same(values[0], values[1]) and not same(values[0], values[2]):
                yield f"{self.original!r}: {'.'.join(path)} was changed in both"

    def merge(self, paths: list[Path]) -> None:
        """Write the values of the copy at some paths into the original."""
        mine, baseline = render(self.copy), state_of(self.original).baseline or {}
        for path in paths:
            edit: Any = replacement(value_at(baseline, path), value_at(mine, path))
            for key in reversed(path):
                edit = {key: edit}
            apply_edits(self.original, edit)


class Fork:
    """The copies of a session's entities in another session, and the way back.

    Args:
        origin: the entities of the session.
        context: those of the fork, which holds none yet.
    """

    def __init__(self, origin: PersistenceContext, context: PersistenceContext) -> None:
        origin.cascade()
        self._origin = origin
        self._context = context
        held = [*origin.new.values(), *(one for one in origin.identities if not state_of(one).expired)]
        copies = deepcopy(held)
        for copy in copies:
            context.add(copy)
        self._pairs = [self._pair(original, copy) for original, copy in zip(held, copies, strict=True)]
        self._copies = {id(pair.original): pair for pair in self._pairs}
        self._originals = {id(pair.copy): pair.original for pair in self._pairs}
        context.deleted_keys |= origin.deleted_keys
        context.created_keys |= origin.created_keys

    def _pair(self, original: Entity, copy: Entity) -> _Pair:
        state = state_of(original)
        if state.replace:
            state_of(copy).schedule_replacement()
        if state.key is not None:
            self._context.recheck_dirty(copy)
        pair = _Pair.of(original, copy)
        if state.deleted:
            self._context.delete(copy, erase=state.erase)
        return pair

    def counterpart(self, entity: Entity) -> Entity:
        """The copy of an entity.

        Raises:
            InvalidRequestError: if there is none.
        """
        pair = self._copies.get(id(entity))
        if pair is None:
            raise InvalidRequestError(
                f"{entity!r} was not in the session, or had expired, when this fork was made"
            )
        return pair.copy

    def merge_back(self, origin: Adding, fork: Adding) -> None:
        """Give all edits of the fork to the session; see `Session.merge_back`.

        Args:
            origin: the session.
            fork: the fork.

        Raises:
            InvalidRequestError: if something was changed in both; nothing is merged then.
        """
        self._context.cascade()
        pairs = [*self._pairs, *self._pairs_of_loaded()]
        edited = [(pair, pair.edited_paths()) for pair in pairs if self._is_in_fork(pair)]
        conflicts = [line for pair, paths in edited for line in self._conflicts(pair, paths)]
        if conflicts:
            raise InvalidRequestError(
                "the fork cannot be merged back, and nothing was:\n" + "\n".join(conflicts)
            )
        start = Snapshot(self._origin)
        try:
            self._merge(edited, origin, fork)
        except BaseException:
            start.restore()
            raise

    def _merge(self, edited: list[tuple[_Pair, list[Path]]], origin: Adding, fork: Adding) -> None:
        context = self._context
        new, loaded, deleted = (
            [one for one in some.values() if id(one) not in self._originals]
            for some in (context.new, context.pinned, context.deleted)
        )
        erased = {id(one) for one in deleted if state_of(one).erase}
        for pair in self._pairs:
            is_dropped = state_of(pair.original).key is None and not self._is_in_fork(pair)
            if is_dropped and self._is_held(pair.original):
                origin.expunge(pair.original)
        for pair, paths in edited:
            pair.merge(paths)
            self._merge_references(pair)
            self._merge_deletion(pair)
        moved = {id(one): one for one in (*new, *loaded, *deleted)}
        for entity in moved.values():
            fork.expunge(entity)
            self._repoint(entity)
        for entity in moved.values():
            origin.add(entity)
        for entity in deleted:
            self._origin.delete(entity, erase=id(entity) in erased)

    def _pairs_of_loaded(self) -> list[_Pair]:
        """Pairs of what both sessions loaded by themselves since."""
        found = []
        for copy in {
            id(one): one for one in (*self._context.pinned.values(), *self._context.deleted.values())
        }.values():
            key = state_of(copy).key
            original = (
                None if key is None or id(copy) in self._originals else self._origin.identities.get(key)
            )
            if original is not None:
                self._originals[id(copy)] = original
                found.append(_Pair(original, copy, state_of(copy).baseline or {}, {}, {}, deleted=False))
        return found

    def _conflicts(self, pair: _Pair, paths: list[Path]) -> Iterator[str]:
        is_deleted = state_of(pair.copy).deleted and not pair.deleted
        if not paths and not is_deleted:
            return
        if not self._is_held(pair.original):
            yield f"{pair.original!r}: it is no longer in the session"
        elif state_of(pair.original).deleted and not pair.deleted:
            if not is_deleted:
                yield f"{pair.original!r}: it was changed in the fork, and is to be deleted in the session"
        elif is_deleted and not same(filled(render(pair.original)), filled(pair.document)):
            yield f"{pair.original!r}: it is to be deleted in the fork, and was changed in the session"
        else:
            yield from pair.conflicts(paths)

    def _is_held(self, entity: Entity) -> bool:
        return state_of(entity).owner is self._origin.owner

    def _is_in_fork(self, pair: _Pair) -> bool:
        return state_of(pair.copy).owner is self._context.owner

    def _merge_references(self, pair: _Pair) -> None:
        references = state_of(pair.copy).references or {}
        for reference in type(pair.copy).__references__:
            target = references.get(reference.key)
            if target is not None and target is not pair.references.get(reference.key):
                setattr(pair.original, reference.name, self._originals.get(id(target), target))

    def _merge_deletion(self, pair: _Pair) -> None:
        if state_of(pair.copy).deleted and not pair.deleted:
            self._origin.delete(pair.original, erase=state_of(pair.copy).erase)
        elif pair.deleted and not state_of(pair.copy).deleted:
            self._origin.undelete(pair.original)

    def _repoint(self, entity: Entity) -> None:
        """Let an entity that goes over to the session refer to what the session holds."""
        state = state_of(entity)
        state.restore_references(
            {key: self._originals.get(id(target), target) for key, target in (state.references or {}).items()}
        )
        if state.parent is not None:
            state.live_below(self._originals.get(id(state.parent), state.parent))


def _edits(entity: Entity) -> Document:
    return render(entity) if state_of(entity).key is None else changes(entity)


def _differing(one: Document, other: Document, mapped: Any, prefix: Path = ()) -> Iterator[Path]:
    """The paths at which two patches of an object differ; a declared value is one, whatever JSON shows it as."""
    attributes = mapped.__keys__ if isinstance(mapped, Mapped) else {}
    for key in {**one, **other}:
        values = one.get(key, MISSING), other.get(key, MISSING)
        if MISSING not in values and same(*values):
            continue
        is_value = isinstance(attributes.get(key), Attr)
        if not is_value and all(value is MISSING or isinstance(value, dict) for value in values):
            left, right = ({} if value is MISSING else value for value in values)
            yield from _differing(left, right, at_hand(mapped, (key,)), (*prefix, key))
        else:
            yield (*prefix, key)
