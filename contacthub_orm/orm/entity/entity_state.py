"""`EntityState`: the bookkeeping of one entity, and the only module that writes to it.

What happens to an entity is a transition with a name. Each says which states it starts from and asserts it:

    transient --become_pending--> pending --become_persistent--> persistent --schedule_delete--> deleted
    transient --identify--> detached --become_persistent--> persistent --detach--> detached
    deleted --undelete--> persistent,  deleted --become_deleted--> deleted, for good
"""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast
from weakref import ref

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.mapping.baseline import forget_all, take_baseline
from contacthub_orm.orm.mapping.object_state import ObjectState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.owner import Home, Owner
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.mapping.mapped import Mapped
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["EntityState", "Status", "state_of"]


class Status(StrEnum):
    """The states of an entity, with SQLAlchemy's meanings.

    TRANSIENT: new, in no session. PENDING: added, not yet created. PERSISTENT: in a session and known to the service.
    DELETED: deleted in a session. DETACHED: known to the service, in no session.
    """

    TRANSIENT = "transient"
    PENDING = "pending"
    PERSISTENT = "persistent"
    DELETED = "deleted"
    DETACHED = "detached"


class EntityState(ObjectState):
    """Bookkeeping of one entity: who holds it, its identity, and what happened to it since it was loaded.

    Other modules read the fields and call the transitions. What most entities never need stands on the class as a
    default, so that loading one stays cheap.
    """

    key: Key | None = None
    """The identity, or None if the service does not know the entity."""

    owner: Owner | None = None
    """The session's side that holds the entity."""

    home: Home | None = None
    """Where it was made or loaded without a session: it saves and reads there by itself while no session holds it."""

    last_home: Home | None = None
    """The home of the session that held it last. It can be saved there explicitly, but lazy loading is off."""

    dirty: bool = False
    """Whether something may have been written since the baseline was taken."""

    handed_out_container: bool = False
    """Whether a list or dict was handed out, so that the entity is compared at flush and kept alive."""

    deleted: bool = False
    """Whether the entity is to be deleted, or was."""

    erase: bool = False
    """Whether deleting it means that the service erases all that it holds of it."""

    replace: bool = False
    """Whether the next flush replaces the whole document."""

    sent_before: datetime | None = None
    """When a write that is to be sent again was first sent."""

    in_flight: Document | None = None
    """What is being sent at this time."""

    expired: bool = False
    """Whether the baseline is to be read anew at the next touch."""

    merged_into: Entity | None = None
    """The entity that stands for this one since the service merged them."""

    references: dict[str, Entity] | None = None
    """Referenced entities by the key that their id goes to."""

    parent: Entity | None = None
    """The entity below which this one lives."""

    related: dict[str, list[Entity]] | None = None
    """Related entities that were loaded with this one, by relation."""

    below: dict[str, tuple[Entity, ...]] | None = None
    """The entities below this one that were handed out without a session, by relation."""

    raising: frozenset[str] = frozenset()
    """The relations that may not be loaded."""

    version_moved: bool = False
    """Whether our own write to something below this entity moved its version past the baseline's."""

    # -- reading ------------------------------------------------------------------------------------------------------

    @property
    def status(self) -> Status:
        """Where the entity stands."""
        if self.deleted:
            return Status.DELETED
        if self.key is None:
            return Status.TRANSIENT if self.owner is None else Status.PENDING
        return Status.DETACHED if self.owner is None else Status.PERSISTENT

    @property
    def identity(self) -> str | None:
        """The id part of the key, or None if the service does not know the entity."""
        return None if self.key is None else self.key.id

    @property
    def known_key(self) -> Key:
        """The key of an entity that the service knows."""
        assert self.key is not None
        return self.key

    @property
    def place(self) -> Home | None:
        """Where the entity saves itself while no session holds it."""
        return self.home or self.last_home

    def reference(self, key: str) -> Entity | None:
        """The entity that was set for a reference, by the key of its id."""
        return None if self.references is None else self.references.get(key)

    def reader(self) -> AbstractContextManager[Owner] | None:
        """Who reads for the entity: its owner, or the owner of a session that its home lends for this block, or None."""
        if self.owner is not None:
            return nullcontext(self.owner)
        return None if self.home is None else _lent_owner(self.home)

    # -- identity and owner -------------------------------------------------------------------------------------------

    def identify(self, key: Key) -> None:
        """Give the identity under which the service knows the entity. From: no identity, or the same one."""
        assert self.key in (None, key)
        self.key = key

    def become_pending(self, owner: Owner) -> None:
        """A session takes in a new entity. From: transient, or pending there already."""
        assert self.key is None
        assert self.owner in (None, owner)
        self.owner = owner

    def become_persistent(self, owner: Owner, key: Key) -> None:
        """A session holds the entity under an identity. From: any state, unless another session holds it."""
        assert self.owner is None or self.owner is owner
        self.key = key
        self.owner = owner
        if self.deleted:
            self.deleted = False

    def detach(self, last_home: Home | None) -> None:
        """The owner lets go of the entity. To: detached, or transient if it has no identity."""
        self.owner = None
        self.last_home = last_home

    def schedule_delete(self, *, erase: bool) -> None:
        """The next flush deletes the entity. From: persistent, or scheduled already: an erasure is never lessened."""
        assert self.key is not None
        assert self.owner is not None
        self.deleted = True
        self.erase |= erase

    def undelete(self) -> None:
        """The entity is not to be deleted any more. From: scheduled for deletion."""
        self.deleted = self.erase = False

    def become_deleted(self) -> None:
        """The service has deleted the entity. From: detached, since its owner has let go of it."""
        assert self.owner is None
        self.deleted = True

    def become_transient(self) -> None:
        """The service does not know the entity any more, or is to be told anew. From: transient or detached."""
        assert self.owner is None
        self.key = self.sent_before = None
        self.deleted = False

    def merge_into(self, other: Entity) -> None:
        """The service merged the entity into another. From: detached."""
        assert self.owner is None
        self.merged_into = other

    def live_at(self, home: Home | None) -> None:
        """The entity saves and reads at this home while no session holds it."""
        self.home = home

    def move_to(self, home: Home | None) -> None:
        """The entity belongs to a home that the user chose; the last session's counts no more."""
        self.home = home
        self.last_home = None

    # -- edits --------------------------------------------------------------------------------------------------------

    def touch(self, mapped: Mapped) -> None:
        """Something in the entity was written."""
        if not self.dirty:
            self.dirty = True
            self._pin(mapped)

    def hand_out(self, mapped: Mapped) -> None:
        """A container of the entity was handed out."""
        if not self.handed_out_container:
            self.handed_out_container = True
            self._pin(mapped)

    def _pin(self, mapped: Mapped) -> None:
        if self.owner is not None:
            self.owner.pin(cast("Entity", mapped))

    def recheck_dirty(self, *, dirty: bool) -> None:
        """Take the result of a comparison with the baseline."""
        self.dirty = dirty

    def release(self) -> None:
        """Nothing was changed in what was handed out, and nobody needs to look again."""
        self.dirty = self.handed_out_container = False

    def schedule_replacement(self, *, replace: bool = True) -> None:
        """The next flush sends the whole document, or with False the changes again."""
        self.replace = replace

    def reverted(self) -> None:
        """Forget the references that the user set; the ids in the document say which entities are meant."""
        self.references = None

    # -- what the service holds ---------------------------------------------------------------------------------------

    def send(self, body: Document) -> None:
        """A write of the entity is under way."""
        self.in_flight = body

    def land(self) -> None:
        """No write of the entity is under way any more."""
        self.in_flight = None

    def fall_in_doubt(self, sent_at: datetime) -> None:
        """The answer to a write was lost. If that write is sent again, this is when it was first sent."""
        self.sent_before = sent_at

    def leave_doubt(self) -> None:
        """No lost write of the entity is followed up any more."""
        self.sent_before = None

    def settle(self) -> None:
        """The service confirmed a write, so the document it gave is the latest that we know of."""
        self.version_moved = False
        self.sent_before = None
        self.in_flight = None

    def note_moved_version(self) -> None:
        """A write of ours to something below the entity moved its version past the baseline's."""
        self.version_moved = True

    def note_current_version(self) -> None:
        """The baseline was read anew, with its version."""
        self.version_moved = False

    def expire(self, mapped: Mapped) -> None:
        """Forget the baseline and all values; the next touch reads the document anew. From: persistent."""
        self.dirty = self.handed_out_container = self.replace = False
        self.expired = True
        self._mapped = ref(mapped)
        forget_all(mapped)

    def renew(self, mapped: Mapped, document: Document) -> None:
        """Give an expired entity its document."""
        self.expired = False
        take_baseline(mapped, document)

    def __getattr__(self, name: str) -> Any:
        # FASTPATH: expiring deletes `baseline`, so that only an expired entity ever comes here.
        if name != "baseline" or not self.expired:
            raise AttributeError(name)
        mapped = self._mapped()
        assert mapped is not None
        self._reload(mapped)
        return self.baseline

    def _reload(self, mapped: Mapped) -> None:
        reader = self.reader()
        if reader is None:
            raise InvalidRequestError(f"{mapped!r} has expired, and no session holds it to read it anew")
        with reader as owner:
            self.renew(mapped, owner.current(cast("Entity", mapped)))

    def load_rest(self, mapped: Mapped) -> None:
        """Load what a partial load left out. Raises InvalidRequestError if nobody holds the entity to load it."""
        reader = self.reader()
        if reader is None:
            raise InvalidRequestError(
                f"{mapped!r} was loaded in part, and no session holds it to load the rest"
            )
        with reader as owner:
            owner.load_rest(cast("Entity", mapped))

    # -- other entities -----------------------------------------------------------------------------------------------

    def refer_to(self, key: str, entity: Entity) -> None:
        """The entity refers to another, whose id goes to a key."""
        self.references = {**(self.references or {}), key: entity}

    def stop_referring(self, key: str) -> None:
        """The entity refers to nothing by a key."""
        if self.references is not None:
            self.references.pop(key, None)

    def restore_references(self, references: dict[str, Entity] | None) -> None:
        """Put references back as they were."""
        self.references = dict(references) if references else None

    def live_below(self, parent: Entity | None) -> None:
        """The entity lives below another."""
        self.parent = parent

    def become_element(self, parent: Entity, key: Key) -> None:
        """The entity stands in a list of its parent, under an identity below it. From: held by no session."""
        assert self.owner is None
        self.parent = parent
        self.key = key
        self.deleted = False

    def relate(self, relation: str, entities: list[Entity]) -> None:
        """Related entities were loaded with this one."""
        self.related = {**(self.related or {}), relation: entities}

    def forget_related(self) -> None:
        """What was loaded as related is not all of it now."""
        self.related = None

    def hand_out_below(self, relation: str, entities: tuple[Entity, ...]) -> None:
        """Entities below this one were handed out without a session."""
        self.below = {**(self.below or {}), relation: entities}

    def refuse_to_load(self, relation: str) -> None:
        """A relation may not be loaded."""
        self.raising |= {relation}


@contextmanager
def _lent_owner(home: Home) -> Iterator[Owner]:
    with home.lend() as session:
        yield session.owner


if TYPE_CHECKING:

    def state_of(entity: Entity) -> EntityState:
        """The bookkeeping of an entity."""
        ...

else:
    state_of: Callable[[Any], EntityState] = attrgetter("_state")
