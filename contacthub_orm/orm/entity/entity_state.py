"""`EntityState`: the bookkeeping of one entity."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast
from weakref import ref

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.mapping.mapped import Mapped, forget_all, take_baseline
from contacthub_orm.orm.mapping.object_state import ObjectState

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.binds import Home
    from contacthub_orm.orm.session.session import Session
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["EntityState", "Key"]

Key = tuple[str, str]
"""The identity of an entity: its resource's name and its id."""


class EntityState(ObjectState):
    """Bookkeeping of one entity: its session, its identity and what happened to it since it was loaded."""

    key: Key | None = None
    """The identity; None: the service does not know the entity."""

    session: Session | None = None
    """The session that holds the entity."""

    home: Home | None = None
    """What it was made for or loaded by without a session: it saves and reads there by itself while none holds it."""

    left: Home | None = None
    """The home of the session that held it last: it can be saved there by itself, but reads nothing on its own accord."""

    dirty: bool = False
    """Whether something may have been written since the baseline was taken."""

    watched: bool = False
    """Whether a container was handed out, so that the entity is compared at flush and kept alive."""

    deleted: bool = False
    """Whether the entity is to be deleted, or was."""

    erase: bool = False
    """Whether deleting it means that the service erases all that it holds of it."""

    replace: bool = False
    """Whether the next flush replaces the whole document."""

    sent_before: datetime | None = None
    """When a write of it was first sent that is to be sent again."""

    in_flight: Document | None = None
    """What is being sent at this moment."""

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
    """Whether a write of ours to something below this entity moved its version past the baseline's."""

    def expire(self, mapped: Mapped) -> None:
        """Forget the baseline and all values; the next touch reads the document anew."""
        self.expired = True
        self._mapped = ref(mapped)
        forget_all(mapped)

    def renew(self, mapped: Mapped, document: Document) -> None:
        """Give an expired entity its document."""
        self.expired = False
        take_baseline(mapped, document)

    def __getattr__(self, name: str) -> Any:
        # FASTPATH: expiring deletes `raw`, so that only an expired entity ever comes here.
        if name != "raw" or not self.expired:
            raise AttributeError(name)
        mapped = self._mapped()
        assert mapped is not None
        self._reload(mapped)
        return self.raw

    def _reload(self, mapped: Mapped) -> None:
        reader = self.reader()
        if reader is None:
            raise InvalidRequestError(f"{mapped!r} has expired, and no session holds it to read it anew")
        with reader as session:
            self.renew(mapped, session._current(cast("Entity", mapped)))

    def reader(self) -> AbstractContextManager[Session] | None:
        """The session to read with: the one that holds the entity, else one of its home for this block, else None."""
        if self.session is not None:
            return nullcontext(self.session)
        return None if self.home is None else self.home.lend()

    def load_rest(self, mapped: Mapped) -> None:
        reader = self.reader()
        if reader is None:
            raise InvalidRequestError(
                f"{mapped!r} was loaded in part, and no session holds it to load the rest"
            )
        with reader as session:
            session._complete(cast("Entity", mapped))

    def touch(self, mapped: Mapped) -> None:
        if not self.dirty:
            self.dirty = True
            self._register(mapped)

    def hand_out(self, mapped: Mapped) -> None:
        if not self.watched:
            self.watched = True
            self._register(mapped)

    def reverted(self) -> None:
        """Forget the references that the user set; the ids in the document say which entities are meant."""
        self.references = None

    def _register(self, mapped: Mapped) -> None:
        if self.session is not None:
            self.session._register(cast("Entity", mapped))
