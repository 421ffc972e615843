"""What a session holds: the identity map and the entities that are new, changed or deleted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.entity import Entity, Key, split_identity
from contacthub_orm.orm.entity.identity_map import IdentityMap
from contacthub_orm.orm.mapping.baseline import changes, forget_containers, revert, unmark

if TYPE_CHECKING:
    from contacthub_orm.orm.session.session import Session

__all__ = ["Holdings", "referred_to"]


def referred_to(entity: Entity) -> list[Entity]:
    """The entities that one refers to: its parent and its references."""
    found = list((entity._state.references or {}).values())
    return found if entity._state.parent is None else [entity._state.parent, *found]


class Holdings:
    """The entities of one session.

    `touched` pins those that have changes or have handed out a list; the identity map holds all others weakly. `gone` are
    identities deleted in this session, which a lagging search may still find; `created` those it has created.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.identities = IdentityMap()
        self.new: dict[int, Entity] = {}
        self.deleted: dict[int, Entity] = {}
        self.touched: dict[int, Entity] = {}
        self.gone: set[Key] = set()
        self.created: set[Key] = set()

    def add(self, entity: Entity) -> None:
        """Take an entity in, with what it refers to; where one of them is refused, none is taken in."""
        self._add_all([entity])

    def cascade(self) -> None:
        """Take in what new and changed entities refer to since they were added themselves."""
        for entity in [*self.new.values(), *self.touched.values(), *self.deleted.values()]:
            self._link_parent(entity)
        for entity in [*self.new.values(), *self.touched.values()]:
            self._add_all(self._drawn_in(entity))

    def _link_parent(self, entity: Entity) -> None:
        """Let an entity that was loaded by both ids know the held one below which it lives."""
        declared, state = type(entity).__parent__, entity._state
        if declared is not None and state.parent is None and state.key is not None:
            state.parent = self.identities.get((declared.target, split_identity(state.key[1])[0]))

    def _add_all(self, waiting: list[Entity]) -> None:
        found: dict[int, Entity] = {}
        while waiting:
            entity = waiting.pop()
            state = entity._state
            if id(entity) not in found and (state.session is not self._session or state.deleted):
                self._check(entity)
                found[id(entity)] = entity
                waiting += reversed([*self._drawn_in(entity), *self._handed_out_below(entity)])
        for entity in found.values():
            self._take_in(entity)

    def _check(self, entity: Entity) -> None:
        """Refuse what another session holds, what was deleted, and what is not saved where this session works."""
        state, place = entity._state, self._session.backend.place
        if state.session is not None and state.session is not self._session:
            raise InvalidRequestError(f"{entity!r} belongs to another session: expunge it there first")
        if state.deleted and id(entity) not in self.deleted:
            raise InvalidRequestError(f"{entity!r} was deleted")
        home = state.home or state.left
        if home is not None and home.backend.place != place:
            raise InvalidRequestError(f"{entity!r} belongs to {home!r}, the session works on {place}")
        if state.key is not None:
            self.identities.refuse_another(state.key, entity)

    def _take_in(self, entity: Entity) -> None:
        state = entity._state
        if state.deleted:
            self.keep(entity)
        elif state.key is None:
            self.new[id(entity)] = entity
        else:
            self.identities.add(state.key, entity)
        state.session = self._session
        if state.dirty or state.watched:
            self.pin(entity)

    def _drawn_in(self, entity: Entity) -> list[Entity]:
        """What an entity refers to and brings along; not what is deleted, nor, for one call, what another session holds."""
        found = []
        for target in referred_to(entity):
            state = target._state
            gone = state.deleted and (entity._state.key is not None or id(target) in self.deleted)
            elsewhere = state.session not in (None, self._session) and state.key is not None
            if not gone and not (elsewhere and self._session.lent):
                found.append(target)
        return found

    def _handed_out_below(self, entity: Entity) -> list[Entity]:
        """Those below an entity that it handed out without a session, but for unchanged ones of which another object is here."""
        if self._session.lent:
            return []
        rows = [one for some in (entity._state.below or {}).values() for one in some]
        return [
            one
            for one in rows
            if one._state.session is None and not one._state.deleted and (changes(one) or self._is_free(one))
        ]

    def _is_free(self, entity: Entity) -> bool:
        """Whether no object stands for the identity of a saved entity here."""
        key = entity._state.key
        return key is not None and self.identities.get(key) is None

    def delete(self, entity: Entity, *, erase: bool = False) -> None:
        """Have an entity deleted by the next flush, with `erase` all that the service holds of it."""
        state = entity._state
        if state.key is None:
            raise InvalidRequestError(
                f"{entity!r} is not saved, so there is nothing to delete: expunge it instead"
            )
        if state.session is None and not state.deleted:
            self.add(entity)
        if state.session is not self._session:
            what = "was deleted" if state.deleted else "is not in this session"
            raise InvalidRequestError(f"{entity!r} {what}")
        state.deleted = True
        state.erase |= erase  # what the law demands is not lessened
        self.deleted[id(entity)] = entity

    def keep(self, entity: Entity) -> None:
        """Do not delete an entity that was to be deleted."""
        if self.deleted.pop(id(entity), None) is not None:
            entity._state.deleted = entity._state.erase = False

    def pin(self, entity: Entity) -> None:
        """Keep an entity alive and look at it at the next flush."""
        self.touched[id(entity)] = entity

    def is_pinned(self, entity: Entity) -> bool:
        """Whether an entity is kept alive for its changes or for a list that it has handed out."""
        return id(entity) in self.touched

    def review(self, entity: Entity) -> None:
        """Decide anew whether an entity is dirty and must be kept alive."""
        state = entity._state
        state.dirty = bool(changes(entity))
        if not state.dirty:
            unmark(entity)
        if state.session is self._session and (state.dirty or state.watched or state.replace):
            self.pin(entity)
        else:
            self.touched.pop(id(entity), None)

    def release(self, entity: Entity) -> None:
        """Stop keeping an entity alive for the lists it has handed out, if nothing in them was changed.

        A list read again is a new one, compared with the baseline again; edits of the old one are not seen.
        """
        state = entity._state
        if state.watched and state.session is self._session and not self.has_changes(entity):
            revert(entity)
            forget_containers(entity)
            state.dirty = state.watched = False
            self.touched.pop(id(entity), None)

    def note_deleted(self, entity: Entity) -> None:
        """An entity has been deleted: nothing of it comes back into this session."""
        assert entity._state.key is not None
        self.gone.add(entity._state.key)
        self.leave(entity)
        entity._state.deleted = True

    def enter(self, entity: Entity, key: Key) -> None:
        """An entity has become persistent under an identity."""
        entity._state.key = key
        entity._state.session = self._session
        entity._state.deleted = False
        self.new.pop(id(entity), None)
        self.gone.discard(key)
        self.identities.add(key, entity)

    def leave(self, entity: Entity) -> None:
        """Let go of an entity, whatever it was here; what was still to be deleted is not any more."""
        state = entity._state
        self.keep(entity)
        if state.key is not None and self.holds(entity):
            self.identities.discard(state.key)
        for registry in (self.new, self.touched):
            registry.pop(id(entity), None)
        state.session = None
        state.left = self._session.home

    def holds(self, entity: Entity) -> bool:
        """Whether an entity is the one under its identity here."""
        key = entity._state.key
        return key is not None and self.identities.get(key) is entity

    def has_changes(self, entity: Entity) -> bool:
        """Whether a flush would send something for a persistent entity."""
        state = entity._state
        return state.replace or ((state.dirty or state.watched) and bool(changes(entity)))

    def held(self) -> list[Entity]:
        """The persistent entities that a flush looks at."""
        return [
            entity
            for entity in self.touched.values()
            if entity._state.key is not None and not entity._state.deleted
        ]

    def pending(self) -> list[Entity]:
        """The entities to be created and those to be deleted."""
        return [*self.new.values(), *self.deleted.values()]

    def __iter__(self) -> Iterator[Entity]:
        found = {id(entity): entity for entity in self.identities}
        return iter(list({**found, **self.new, **self.deleted}.values()))
