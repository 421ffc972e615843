"""`EntityState`: the bookkeeping of one entity, and the only module that writes to it.

Everything that happens to an entity is a named transition. Its docstring names the states that it starts from; if a
wrong start could corrupt a session, the transition asserts them:

    transient --become_pending--> pending --become_persistent--> persistent --schedule_delete--> deleted
    transient --identify--> detached --become_persistent--> persistent --detach--> detached
    deleted --undelete--> persistent,  deleted --become_deleted--> deleted, for good
"""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from enum import StrEnum
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar, cast
from weakref import ref

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.mapping.baseline import forget_all, take_baseline
from contacthub_orm.orm.mapping.mapped import new_object, set_state
from contacthub_orm.orm.mapping.object_state import ObjectState, become

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from contacthub_orm.orm.entity.domain_event import Recorded
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.own_writes import OwnWrites
    from contacthub_orm.orm.entity.owner import Home, Owner
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.entity.sent_at import SentAt
    from contacthub_orm.orm.mapping.mapped import Mapped
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["EntityState", "Status", "all_persistent", "persistent", "state_of"]

E = TypeVar("E", bound="Entity")


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

    Other modules read the fields and call the transitions. Values that most entities never need are defaults of the
    class, so that loading an entity stays cheap.
    """

    key: Key | None = None
    """The identity, or None if the service does not know the entity."""

    owner: Owner | None = None
    """The session's side that holds the entity."""

    home: Home | None = None
    """Where it was made or loaded without a session. It saves and reads there by itself while no session holds it."""

    last_home: Home | None = None
    """The home of the session that held it last. The entity can be saved there explicitly, but lazy loading is off."""

    dirty: bool = False
    """Whether something may have been written since the baseline was taken."""

    handed_out_container: bool = False
    """Whether a list or dict was handed out, so that the entity is compared at flush and kept alive."""

    deleted: bool = False
    """Whether the entity is to be deleted, or was."""

    erase: bool = False
    """Whether deleting it means that the service erases all data of it."""

    replace: bool = False
    """Whether the next flush replaces the whole document."""

    sent_before: SentAt | None = None
    """When a write whose answer was lost was first sent; the write may be sent again."""

    in_doubt: Any = None
    """The write whose answer was lost, to be looked up before the next save: an `InDoubtWrite`, whose class is on a higher
    layer. None if there is none."""

    in_flight: Document | None = None
    """The body that is being sent now, or None if no write is under way."""

    expired: bool = False
    """Whether the next access reads the document again."""

    merged_into: Entity | None = None
    """The entity that replaces this one since the service merged the two, or None."""

    references: dict[str, Entity] | None = None
    """The referenced entities, by the JSON key that holds their id."""

    parent: Entity | None = None
    """The entity below which this one lives."""

    attached: dict[int, Entity] | None = None
    """The new entities in no session that hang on this one, by `id()`: they are added to a session with it."""

    related: dict[str, list[Entity]] | None = None
    """Related entities that were loaded with this one, by relation."""

    below: dict[str, tuple[Entity, ...]] | None = None
    """The child entities that were handed out without a session, by relation."""

    raising: frozenset[str] = frozenset()
    """The relations whose loading raises."""

    recorded: tuple[Recorded, ...] = ()
    """The domain events that wait for the next save."""

    own_writes: OwnWrites | None = None
    """Our own writes, such as those to a child, that moved the version of this entity past the baseline's."""

    # -- reading ------------------------------------------------------------------------------------------------------

    @property
    def status(self) -> Status:
        """The state of the entity, from its identity, its owner and whether it is deleted."""
        if self.deleted:
            return Status.DELETED
        if self.key is None:
            return Status.TRANSIENT if self.owner is None else Status.PENDING
        return Status.DETACHED if self.owner is None else Status.PERSISTENT

    @property
    def version_moved(self) -> bool:
        """Whether our own writes moved the version of the entity past the baseline's."""
        return self.own_writes is not None

    @property
    def identity(self) -> str | None:
        """The id part of the key, or None if the service does not know the entity."""
        return None if self.key is None else self.key.id

    @property
    def known_key(self) -> Key:
        """The key of an entity that is known to have one."""
        assert self.key is not None
        return self.key

    @property
    def place(self) -> Home | None:
        """Where the entity saves itself while no session holds it: its home, or the last session's."""
        return self.home or self.last_home

    def reference(self, key: str) -> Entity | None:
        """The entity that was set for a reference, or None. References go by the JSON key of the id."""
        return None if self.references is None else self.references.get(key)

    def reader(self) -> AbstractContextManager[Owner] | None:
        """Who reads for the entity: its owner, or the owner of a session that its home lends for one block.

        None if the entity has neither an owner nor a home.
        """
        if self.owner is not None:
            return nullcontext(self.owner)
        return None if self.home is None else _lent_owner(self.home)

    # -- identity and owner -------------------------------------------------------------------------------------------

    def identify(self, key: Key) -> None:
        """The entity gets the identity that it has in the service. From: no identity, or the same one."""
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
        """The next flush deletes the entity. From: persistent, or scheduled already; an erasure stays one."""
        assert self.key is not None
        assert self.owner is not None
        self.deleted = True
        self.erase |= erase

    def undelete(self) -> None:
        """The next flush does not delete the entity any more. From: scheduled for deletion."""
        self.deleted = self.erase = False

    def become_deleted(self) -> None:
        """The service has deleted the entity. From: detached, since its owner has let go of it."""
        assert self.owner is None
        self.deleted = True

    def become_transient(self) -> None:
        """The entity is new again: its next save creates it. From: transient, detached, or deleted for good."""
        assert self.owner is None
        self.key = self.sent_before = self.in_doubt = None
        self.own_writes = self.merged_into = self.related = self.below = None
        self.deleted = self.erase = self.replace = False
        self.raising = frozenset()

    def merge_into(self, other: Entity) -> None:
        """The service merged the entity into another. From: detached."""
        assert self.owner is None
        self.merged_into = other

    def live_at(self, home: Home | None) -> None:
        """The entity saves and reads at this home while no session holds it."""
        self.home = home

    def leave_home(self) -> None:
        """The entity can be taken in anywhere. It still saves itself where it was last, but loads nothing from there."""
        self.home, self.last_home = None, self.place

    def move_to(self, home: Home | None) -> None:
        """The entity belongs to a home that the user chose, and no longer to the last session's."""
        self.home = home
        self.last_home = None

    # -- edits --------------------------------------------------------------------------------------------------------

    def touch(self, mapped: Mapped) -> None:
        """Something in the entity was written, so its owner pins it."""
        if not self.dirty:
            self.dirty = True
            self._pin(mapped)

    def hand_out(self, mapped: Mapped) -> None:
        """A container of the entity was handed out, so its owner pins it."""
        if not self.handed_out_container:
            self.handed_out_container = True
            self._pin(mapped)

    def _pin(self, mapped: Mapped) -> None:
        if self.owner is not None:
            self.owner.pin(cast("Entity", mapped))

    def recheck_dirty(self, *, dirty: bool) -> None:
        """Record the result of a comparison with the baseline."""
        self.dirty = dirty

    def release(self) -> None:
        """Nothing was changed in the containers that were handed out, and they need no further comparison."""
        self.dirty = self.handed_out_container = False

    def schedule_replacement(self, *, replace: bool = True) -> None:
        """The next flush sends the whole document, or with `replace=False` only the changes."""
        self.replace = replace

    def reverted(self) -> None:
        """Forget the references that the user set. From then on the ids in the document decide."""
        self.references = None

    # -- what the service holds ---------------------------------------------------------------------------------------

    def send(self, body: Document) -> None:
        """A write of the entity is under way."""
        self.in_flight = body

    def land(self) -> None:
        """No write of the entity is under way any more."""
        self.in_flight = None

    def fall_in_doubt(self, sent_at: SentAt | None, write: Any) -> None:
        """The answer to a write was lost, which was first sent at `sent_at`."""
        self.sent_before = sent_at
        self.in_doubt = write

    def resolve_doubt(self) -> None:
        """The write was looked up. If it is sent again, the first send still counts."""
        self.in_doubt = None

    def leave_doubt(self) -> None:
        """No write in doubt of the entity is looked up any more, and the next one is a first send."""
        self.sent_before = self.in_doubt = None

    def settle(self) -> None:
        """The service confirmed a write, and its answer has the latest version that we know of."""
        self.own_writes = None
        self.sent_before = self.in_doubt = None
        self.in_flight = None

    def note_own_writes(self, writes: OwnWrites) -> None:
        """Writes of ours moved the version of the entity past the baseline's."""
        self.own_writes = writes.joined(self.own_writes)

    def note_current_version(self) -> None:
        """The baseline was read again, with the current version."""
        self.own_writes = None

    def expire(self, mapped: Mapped) -> None:
        """Forget the baseline and all values; the next access reads the document again. From: persistent.

        Lists and dicts that were handed out stay the entity's, without their unsaved edits.
        """
        self.dirty = self.replace = False
        self.expired = True
        self._mapped = ref(mapped)
        self.handed_out_container = forget_all(mapped)

    def renew(self, mapped: Mapped, document: Document) -> None:
        """Give an expired entity a fresh document."""
        self.expired = False
        self.own_writes = None
        take_baseline(mapped, document)

    def forget_baseline(self) -> None:
        """Drop the baseline, so that the next access reads the document again. From: expired."""
        self.__dict__.pop("baseline", None)
        become(self, ExpiredState)

    def _reload(self, mapped: Mapped) -> None:
        reader = self.reader()
        if reader is None:
            raise InvalidRequestError(f"{mapped!r} has expired, and no session holds it to read it again")
        with reader as owner:
            self.renew(mapped, owner.current(cast("Entity", mapped)))

    def load_rest(self, mapped: Mapped) -> None:
        """Load what a partial load left out.

        Raises:
            InvalidRequestError: if the entity has neither a session nor a home to load it.
        """
        reader = self.reader()
        if reader is None:
            raise InvalidRequestError(
                f"{mapped!r} was loaded in part, and no session holds it to load the rest"
            )
        with reader as owner:
            owner.load_rest(cast("Entity", mapped))

    # -- domain events ------------------------------------------------------------------------------------------------

    def record(self, event: Recorded) -> None:
        """An event waits for the next save."""
        self.recorded += (event,)

    def keep_recorded(self, events: tuple[Recorded, ...]) -> None:
        """These events wait for the next save, and no others."""
        self.recorded = events

    # -- other entities -----------------------------------------------------------------------------------------------

    def refer_to(self, key: str, entity: Entity) -> None:
        """The entity refers to another, whose id belongs at a JSON key."""
        self.references = {**(self.references or {}), key: entity}

    def stop_referring(self, key: str) -> None:
        """The entity refers to no other by a JSON key."""
        if self.references is not None:
            self.references.pop(key, None)

    def restore_references(self, references: dict[str, Entity] | None) -> None:
        """Set all references at once, as they were before."""
        self.references = dict(references) if references else None

    def live_below(self, parent: Entity | None) -> None:
        """The entity lives below another."""
        self.parent = parent

    def become_element(self, parent: Entity, key: Key) -> None:
        """The entity is an element of its parent's list, with an identity below it. From: held by no session."""
        assert self.owner is None
        self.parent = parent
        self.key = key
        self.deleted = False

    def attach(self, entity: Entity) -> None:
        """A new entity in no session hangs on this one."""
        if self.attached is None:
            self.attached = {}
        self.attached[id(entity)] = entity

    def no_longer_holds(self, entity: Entity) -> None:
        """An entity does not hang on this one any more: a session has it, or it refers to another."""
        if self.attached is not None:
            self.attached.pop(id(entity), None)

    def restore_attached(self, attached: dict[int, Entity] | None) -> None:
        """Set all that hangs on the entity at once, as it was before."""
        self.attached = dict(attached) if attached else None

    def relate(self, relation: str, entities: list[Entity]) -> None:
        """Related entities were loaded with this one."""
        self.related = {**(self.related or {}), relation: entities}

    def forget_related(self) -> None:
        """The related entities that were loaded may not be all of them any more."""
        self.related = None

    def hand_out_below(self, relation: str, entities: tuple[Entity, ...]) -> None:
        """Child entities were handed out without a session."""
        self.below = {**(self.below or {}), relation: entities}

    def forget_below(self, key: Key) -> None:
        """A child entity was deleted: other objects that were handed out for it are not saved with this one."""
        self.below = {
            relation: tuple(one for one in entities if state_of(one).key != key)
            for relation, entities in (self.below or {}).items()
        }

    def refuse_to_load(self, relation: str) -> None:
        """Loading a relation raises from now on."""
        self.raising |= {relation}


class ExpiredState(EntityState):
    """Bookkeeping of an expired entity, whose baseline is read again. FASTPATH: as `UnreadState`, a class of its own."""

    def __getattr__(self, name: str) -> Any:
        if name != "baseline" or not self.expired:  # only the baseline is ever missing
            raise AttributeError(name)
        mapped = self._mapped()
        assert mapped is not None
        self._reload(mapped)
        return self.baseline

    def hold_baseline(self, document: Document | None) -> None:
        """Have a baseline again."""
        become(self, EntityState)
        self.baseline = document


def persistent(entity: type[E], document: Document, owner: Owner, key: Key) -> E:
    """Make an entity that an owner holds, over a document of the service, without running `__init__`."""
    made, state = new_object(entity), new_object(EntityState)  # FASTPATH: `__init__` would double the time
    state.baseline, state.owner, state.key = document, owner, key
    set_state(made, state)
    return made


def all_persistent(
    classes: Iterable[type[E]], documents: Iterable[Document], owner: Owner, keys: Iterable[Key]
) -> list[E]:
    """As `persistent`, for the rows of a page. FASTPATH: without a call of Python for each."""
    rows = list(map(new_object, classes))
    for row, document, key in zip(rows, documents, keys, strict=True):
        # Each is filled at once: many empty instances would have Python forget which attributes the class's instances share.
        state = new_object(EntityState)
        state.baseline, state.owner, state.key = document, owner, key
        set_state(row, state)
    return rows


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
