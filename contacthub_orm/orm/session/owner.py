"""`SessionOwner`: the part of a session that its entities use, to report changes and to load what they lack."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.resource import Key, joined_identity
from contacthub_orm.orm.mapping.baseline import merge_baseline

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.entity.domain_event import Recorded
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.session.context.loading import Loader
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.reading import DocumentReader
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["SessionOwner"]

E = TypeVar("E", bound="Entity")


class SessionOwner:
    """The `Owner` of a session's entities. A new one becomes the owner of its context.

    Args:
        session: the session.
        context: its persistence context.
        loader: loads documents into the context.
        reader: reads single documents.
        per_call: whether the session lives for one call of an entity that has no session.
    """

    def __init__(
        self,
        session: Any,
        context: PersistenceContext,
        loader: Loader,
        reader: DocumentReader,
        *,
        per_call: bool,
    ) -> None:
        self.session = session
        self.per_call = per_call
        self._context = context
        self._loader = loader
        self._reader = reader
        context.owner = self

    def pin(self, entity: Entity) -> None:
        """Keep an entity alive until the next flush, which compares it with its baseline."""
        self._context.pin(entity)

    def note_recorded(self, entity: Entity, event: Recorded) -> None:
        """Keep an entity until its domain event is handed over.

        Raises:
            InvalidRequestError: if the event cannot be written to the session's journal.
        """
        if self.session.journalled:
            from contacthub_orm.orm.session.context.outbox import refuse_unsendable  # few programs use it

            refuse_unsendable(entity, event)
        self._context.recording[id(entity)] = entity

    def current(self, entity: Entity) -> Document:
        """Read the document of an entity again.

        Raises:
            InvalidRequestError: if the entity no longer exists, or the session is closed.
        """
        self._context.check_open()
        return self._reader.reread(type(entity), state_of(entity).known_key.id)

    def load_rest(self, entity: Entity) -> None:
        """Load what a partial load left out; unsaved changes stay.

        Raises:
            InvalidRequestError: if the entity no longer exists, or the session is closed.
        """
        merge_baseline(entity, self.current(entity))
        state_of(entity).note_current_version()
        self._context.recheck_dirty(entity)

    def get_resource(self, resource: str, identity: str) -> Entity | None:
        """Return the entity of a resource with an id, held or read now, or None if there is none."""
        from contacthub_orm.orm.query.default_criteria import admits  # few classes need it

        entity = self.session.backend.entity_class(resource)
        held = self._context.identities.get(Key(resource, identity))
        if held is not None:
            return held if admits(entity, held) else None
        found: Entity | None = self.session.get(entity, identity)
        return found

    def load_below(self, entity: type[E], parent: Entity, documents: Iterable[Document]) -> list[E]:
        """The entities below a parent, from the documents in which the service shows them."""
        from contacthub_orm.orm.query.default_criteria import admits  # as above

        above = state_of(parent).known_key.id
        rows = []
        for document in documents:
            own = entity.__resource__.id_in(document)
            row = self._loader.load(entity, document, identity=joined_identity(above, own))
            if row is not None and admits(entity, row):
                state_of(row).live_below(parent)
                rows.append(row)
        return rows

    def refuse_another(self, key: Key) -> None:
        """Make sure that no object is held for an identity.

        Raises:
            InvalidRequestError: if one is.
        """
        self._context.identities.refuse_another(key)

    def make_persistent(self, entity: Entity, key: Key) -> None:
        """Hold an entity under the identity that it has adopted.

        Raises:
            InvalidRequestError: if another object is held for the identity.
        """
        self._context.make_persistent(entity, key)
        self._context.recheck_dirty(entity)
