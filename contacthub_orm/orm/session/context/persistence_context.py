"""The persistence context: the entities of one session, and what the next flush does with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.identity_map import IdentityMap
from contacthub_orm.orm.entity.references import hang_again, referred_to
from contacthub_orm.orm.entity.resource import Key
from contacthub_orm.orm.mapping.baseline import edited_since_expiry, forget_containers, revert, unmark
from contacthub_orm.orm.mapping.changes import changes
from contacthub_orm.orm.mapping.holders import let_go
from contacthub_orm.orm.service.backend import check_class

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contacthub_orm.orm.entity.domain_event import Recorded
    from contacthub_orm.orm.entity.owner import Home, Owner
    from contacthub_orm.orm.service.plan import Verb
    from contacthub_orm.orm.session.context.recent_writes import RecentWrites

__all__ = ["PersistenceContext"]


class PersistenceContext:
    """The entities of one session.

    Attributes:
        owner: the part of the session that its entities use.
        place: where the session works; see `Backend.place`.
        home: the last home of entities that the session detaches.
        identities: the persistent entities, held weakly.
        new: the entities that the next flush creates.
        deleted: the entities that the next flush deletes.
        pinned: the entities that have changes or have handed out a list, held strongly.
        in_doubt: the entities with a write whose outcome is unknown, held strongly.
        recording: the entities with domain events that wait, held strongly.
        recent: what the session wrote lately, which a lagging search may not show yet.
        deleted_keys: the identities deleted in this session, which a lagging search may still find.
        created_keys: the identities created in this session.
        closed: whether the session was closed.
    """

    owner: Owner

    def __init__(self, place: str, home: Home | None, recent: RecentWrites) -> None:
        self.place = place
        self.home = home
        self.recent = recent
        self.identities = IdentityMap()
        self.new: dict[int, Entity] = {}
        self.deleted: dict[int, Entity] = {}
        self.pinned: dict[int, Entity] = {}
        self.in_doubt: dict[int, Entity] = {}
        self.recording: dict[int, Entity] = {}
        self.deleted_keys: set[Key] = set()
        self.created_keys: set[Key] = set()
        self.closed = False

    def check_open(self) -> None:
        """Make sure that the session is open.

        Raises:
            InvalidRequestError: if it was closed.
        """
        if self.closed:
            raise InvalidRequestError("the session is closed")

    def check_class(self, entity: type[Entity]) -> None:
        """Make sure that the session's service has entities of a class.

        Raises:
            InvalidRequestError: if it has none.
        """
        check_class(self.owner.session.backend, entity)

    # -- entities in --------------------------------------------------------------------------------------------------

    def add(self, entity: Entity) -> None:
        """Take in an entity, the entities that it refers to and those that hang on it; all of them, or none if one is refused.

        Raises:
            InvalidRequestError: if one of them belongs to another session or another place or was deleted, or if the
                session holds another object for its identity.
        """
        waiting = [entity]
        if state_of(entity).attached:
            waiting[:0] = reversed(self._hanging_on(entity))
        self._add_all(waiting)

    def cascade(self) -> None:
        """Take in the entities that new and changed entities refer to by now.

        Raises:
            InvalidRequestError: as for `add`.
        """
        for entity in [*self.new.values(), *self.pinned.values(), *self.deleted.values()]:
            self._link_parent(entity)
        for entity in [*self.new.values(), *self.pinned.values()]:
            self._add_all(self._drawn_in(entity))
        for entity in [one for one in self.new.values() if state_of(one).attached]:
            self._add_all(self._hanging_on(entity))

    def _link_parent(self, entity: Entity) -> None:
        """Set the parent of an entity that was loaded by both ids, if the session holds the parent."""
        declared, state = type(entity).__parent__, state_of(entity)
        if declared is not None and state.parent is None and state.key is not None:
            state.live_below(self.identities.get(Key(declared.target, state.key.parent_id)))

    def _add_all(self, waiting: list[Entity]) -> None:
        found: dict[int, Entity] = {}
        while waiting:
            entity = waiting.pop()
            state = state_of(entity)
            if id(entity) not in found and (state.owner is not self.owner or state.deleted):
                self._check(entity)
                found[id(entity)] = entity
                waiting += reversed([*self._drawn_in(entity), *self._handed_out_below(entity)])
                if state.attached and state.key is None:
                    waiting[:0] = reversed(self._hanging_on(entity))
        for entity in found.values():
            self._take_in(entity)

    def _check(self, entity: Entity) -> None:
        """Make sure that the session can take an entity in; see `add` for the errors."""
        state = state_of(entity)
        if state.owner is not None and state.owner is not self.owner:
            raise InvalidRequestError(f"{entity!r} belongs to another session: expunge it there first")
        self.check_class(type(entity))
        if state.deleted and id(entity) not in self.deleted:
            raise InvalidRequestError(f"{entity!r} was deleted")
        # What is new is nowhere, unless the user said where.
        home = state.home if state.key is None else state.place
        if home is not None and home.backend.place != self.place:
            raise InvalidRequestError(f"{entity!r} belongs to {home!r}, the session works on {self.place}")
        if state.in_doubt is not None and state.in_doubt.place not in (None, self.place):
            raise InvalidRequestError(
                f"a write of {entity!r} to {state.in_doubt.place} has an unknown outcome, "
                f"the session works on {self.place}"
            )
        if state.key is not None:
            self.identities.refuse_another(state.key, entity)

    def _take_in(self, entity: Entity) -> None:
        state = state_of(entity)
        if state.deleted:
            self.undelete(entity)
        elif state.key is None:
            self.new[id(entity)] = entity
            state.become_pending(self.owner)
            if state.references or state.parent is not None:
                for target in referred_to(entity):
                    state_of(target).no_longer_holds(entity)
        else:
            self.identities.add(state.key, entity)
            state.become_persistent(self.owner, state.key)
        if state.dirty or state.handed_out_container:
            self.pin(entity)
        if state.in_doubt is not None:
            self.in_doubt[id(entity)] = entity
        if state.recorded:
            self.recording[id(entity)] = entity

    def _drawn_in(self, entity: Entity) -> list[Entity]:
        """The entities that an entity refers to and that are taken in with it.

        These are not the deleted ones, nor, in a per-call session, persistent ones of another session.
        """
        found = [one for one in self._changed_elements(entity) if state_of(one).owner is not self.owner]
        for target in referred_to(entity):
            state = state_of(target)
            gone = state.deleted and (state_of(entity).key is not None or id(target) in self.deleted)
            elsewhere = state.owner not in (None, self.owner) and state.key is not None
            if not gone and not (elsewhere and self.owner.per_call):
                found.append(target)
        return found

    def _hanging_on(self, entity: Entity) -> list[Entity]:
        """The new entities that hang on one and are in no session. A session of one call saves only what it is given."""
        attached = state_of(entity).attached
        if not attached or self.owner.per_call:
            return []
        return [one for one in attached.values() if state_of(one).key is None and state_of(one).owner is None]

    @staticmethod
    def _changed_elements(entity: Entity) -> list[Entity]:
        """The new and changed elements of an entity's lists whose elements have routes of their own."""
        if not entity.__own_routes__ or state_of(entity).key is None:
            return []
        lists = (entity.__dict__.get(name) or () for name in entity.__own_routes__)
        found = [one for some in lists for one in some if isinstance(one, Entity)]
        for one in found:
            if state_of(one).key is None:
                state_of(one).live_below(entity)
        return [one for one in found if state_of(one).key is None or changes(one)]

    def _handed_out_below(self, entity: Entity) -> list[Entity]:
        """Child entities handed out while detached, except clean ones whose identity this session already holds."""
        if self.owner.per_call:
            return []
        rows = [one for some in (state_of(entity).below or {}).values() for one in some]
        return [one for one in rows if self._is_adoptable(one) and (changes(one) or self._is_free(one))]

    @staticmethod
    def _is_adoptable(entity: Entity) -> bool:
        state = state_of(entity)
        return state.owner is None and not state.deleted

    def _is_free(self, entity: Entity) -> bool:
        """Whether an entity has an identity for which the session holds no object."""
        key = state_of(entity).key
        return key is not None and self.identities.get(key) is None

    # -- state changes ------------------------------------------------------------------------------------------------

    def delete(self, entity: Entity, *, erase: bool = False) -> None:
        """Schedule an entity to be deleted by the next flush.

        Args:
            entity: the entity.
            erase: whether the service erases all data of it.

        Raises:
            InvalidRequestError: if the entity is not saved, was deleted, or belongs to another session.
        """
        state = state_of(entity)
        if state.key is None:
            raise InvalidRequestError(
                f"{entity!r} is not saved, so there is nothing to delete: expunge it instead"
            )
        if state.owner is None and not state.deleted:
            self.add(entity)
        if state.owner is not self.owner:
            what = "was deleted" if state.deleted else "is not in this session"
            raise InvalidRequestError(f"{entity!r} {what}")
        state.schedule_delete(erase=erase)
        self.deleted[id(entity)] = entity

    def undelete(self, entity: Entity) -> None:
        """Cancel the deletion of an entity, if it was scheduled."""
        if self.deleted.pop(id(entity), None) is not None:
            state_of(entity).undelete()

    def make_persistent(self, entity: Entity, key: Key) -> None:
        """Hold an entity under an identity.

        Raises:
            InvalidRequestError: if another object is held for the identity.
        """
        self.identities.add(key, entity)
        state_of(entity).become_persistent(self.owner, key)
        self.new.pop(id(entity), None)
        self.deleted_keys.discard(key)

    def make_deleted(self, entity: Entity) -> None:
        """Detach an entity that the service has deleted. A search that still finds it cannot load it again."""
        state = state_of(entity)
        self.deleted_keys.add(state.known_key)
        self.recent.forget(state.known_key)
        self.detach(entity)
        state.become_deleted()

    def detach(self, entity: Entity) -> None:
        """Detach an entity, whatever its state. A scheduled deletion is cancelled; a write in doubt goes with the entity."""
        state = state_of(entity)
        self.undelete(entity)
        if state.key is not None and self.holds(entity):
            self.identities.discard(state.key)
        for registry in (self.new, self.pinned, self.in_doubt, self.recording):
            registry.pop(id(entity), None)
        state.detach(self.home)

    # -- edits --------------------------------------------------------------------------------------------------------

    def pin(self, entity: Entity) -> None:
        """Keep an entity alive until the next flush, which compares it with its baseline."""
        self.pinned[id(entity)] = entity

    def is_pinned(self, entity: Entity) -> bool:
        """Whether an entity is kept alive for its changes, or for a list that it has handed out."""
        return id(entity) in self.pinned

    def recheck_dirty(self, entity: Entity) -> None:
        """Compare an entity with its baseline, and keep it alive only if that is needed."""
        state = state_of(entity)
        state.recheck_dirty(dirty=not state.expired and bool(changes(entity)))
        if not state.dirty and not state.expired:
            unmark(entity)
        if state.owner is self.owner and (state.dirty or state.handed_out_container or state.replace):
            self.pin(entity)
        else:
            self.pinned.pop(id(entity), None)

    def release(self, entity: Entity) -> None:
        """Stop keeping an entity alive for the lists it has handed out, if nothing in them was changed.

        A list that is read after that is a new one. Edits of the old list have no effect.
        """
        state = state_of(entity)
        if state.handed_out_container and state.owner is self.owner and not self.needs(entity):
            revert(entity)
            forget_containers(entity)
            state.release()
            self.pinned.pop(id(entity), None)

    def let_go(self, entity: Entity) -> None:
        """Keep an entity alive only if it has changes, or if the program refers to something that it has handed out."""
        state = state_of(entity)
        if state.owner is not self.owner or state.key is None or state.deleted or self.needs(entity):
            return
        if state.dirty and not state.expired:
            unmark(entity)
        if not let_go(entity):
            state.release()
            self.pinned.pop(id(entity), None)

    def rollback(self, keep: Iterable[Entity]) -> None:
        """Undo all pending changes; of the new entities only those to `keep` stay."""
        kept = {id(entity) for entity in keep}
        for entity in list(self.deleted.values()):
            self.undelete(entity)
        dropped = [entity for entity in self.new.values() if id(entity) not in kept]
        for entity in dropped:
            self.detach(entity)
        for entity in dropped:
            hang_again(entity)
        for entity in self.held():
            revert(entity)
            state_of(entity).schedule_replacement(replace=False)
            self.recheck_dirty(entity)
        for entity in list(self.recording.values()):
            self.discard_events(entity)

    def expire(self, entity: Entity) -> None:
        """Forget the values of an entity, unsaved changes and the events recorded of them included."""
        if state_of(entity).recorded:
            self.discard_events(entity)
        self.pinned.pop(id(entity), None)
        let_go(entity)
        state_of(entity).expire(entity)
        if state_of(entity).handed_out_container:
            self.pin(entity)

    def discard_events(self, entity: Entity, keep: tuple[Recorded, ...] = ()) -> None:
        """Discard what an entity recorded of changes that are undone, but for the events to keep.

        What was sent and is in doubt waits for the look-up, but goes with no other write.
        """
        state = state_of(entity)
        in_doubt = [one for one in state.recorded if one.in_doubt and one not in keep]
        for one in in_doubt:
            one.undone = True
        self.keep_events(entity, [*keep, *(in_doubt if state.in_doubt is not None else ())])

    def keep_events(self, entity: Entity, events: Iterable[Recorded]) -> None:
        """Have these domain events of an entity wait, and no others; those that are over wait no more."""
        state = state_of(entity)
        state.keep_recorded(tuple(one for one in events if not one.over))
        if state.recorded and state.owner is self.owner:
            self.recording[id(entity)] = entity
        else:
            self.recording.pop(id(entity), None)

    # -- reading ------------------------------------------------------------------------------------------------------

    def holds(self, entity: Entity) -> bool:
        """Whether an entity is the object that the session holds for its identity."""
        key = state_of(entity).key
        return key is not None and self.identities.get(key) is entity

    def has_changes(self, entity: Entity) -> bool:
        """Whether a flush would send something for a persistent entity."""
        state = state_of(entity)
        if state.expired and not self._is_touched(entity):
            return False
        return state.replace or ((state.dirty or state.handed_out_container) and bool(changes(entity)))

    def needs(self, entity: Entity) -> bool:
        """Whether a persistent entity has to be kept: for its own changes, or for those of the elements of its lists."""
        return self.has_changes(entity) or bool(self._changed_elements(entity))

    def held(self) -> list[Entity]:
        """Return the persistent entities that a flush compares with their baselines."""
        return [entity for entity in self.pinned.values() if self._is_to_be_kept(entity)]

    @staticmethod
    def _is_to_be_kept(entity: Entity) -> bool:
        state = state_of(entity)
        is_current = not state.expired or PersistenceContext._is_touched(entity)
        return state.key is not None and not state.deleted and is_current

    @staticmethod
    def _is_touched(entity: Entity) -> bool:
        """Whether an expired entity was written since it expired. Nothing is loaded for it."""
        state = state_of(entity)
        return state.dirty or state.replace or edited_since_expiry(entity)

    def pending_writes(self) -> list[tuple[Verb, Entity]]:
        """Return the entities to be saved, with what will be done to each."""
        from contacthub_orm.orm.service.plan import Verb  # here, so that a program loads what it uses

        changed = [one for one in self.held() if self.has_changes(one)]
        return [
            *((Verb.CREATE, one) for one in self.new.values()),
            *(
                (Verb.REPLACE if state_of(one).replace or not one.__resource__.patches else Verb.UPDATE, one)
                for one in changed
            ),
            *((Verb.DELETE, one) for one in self.deleted.values()),
        ]

    def pending(self) -> list[Entity]:
        """Return the entities to be created and those to be deleted."""
        return [*self.new.values(), *self.deleted.values()]

    def __iter__(self) -> Iterator[Entity]:
        found = {id(entity): entity for entity in self.identities}
        return iter(list({**found, **self.new, **self.deleted}.values()))
