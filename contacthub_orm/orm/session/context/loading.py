"""Loading: documents become entities. Held entities are brought up to date, and their unsaved changes stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from contacthub_orm import signals
from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.http.gc_pause import paused_gc
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.resource import Key
from contacthub_orm.orm.mapping.baseline import merge_baseline, revert
from contacthub_orm.orm.wire.partial import is_partial, overlaid
from contacthub_orm.orm.wire.versions import is_older

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Loader"]

E = TypeVar("E", bound="Entity")


class Loader:
    """Loads documents into a persistence context."""

    def __init__(self, context: PersistenceContext) -> None:
        self._context = context

    def load_all(self, entity: type[E], documents: Sequence[Document], *, overwrite: bool = False) -> list[E]:
        """Load the entities of a page, without those that this session has deleted.

        Args:
            entity: the class that was asked for.
            documents: the documents.
            overwrite: whether the documents overwrite unsaved changes.

        Raises:
            InvalidRequestError: if an entity is held as an instance of another class.
        """
        with paused_gc():
            rows = [self.load(entity, document, overwrite=overwrite) for document in documents]
        return [row for row in rows if row is not None]

    def load(
        self, entity: type[E], document: Document, *, overwrite: bool = False, identity: str | None = None
    ) -> E | None:
        """Load the entity of a document, or return None if this session has deleted it.

        Args:
            entity: the class that was asked for.
            document: the document.
            overwrite: whether the document overwrites unsaved changes.
            identity: the entity's identity, if it is not the id alone.

        Raises:
            InvalidRequestError: if the entity is held as an instance of another class.
        """
        resource = entity.__resource__
        key = Key(resource.name, identity or document[resource.id_key])
        held = self._context.identities.get(key)
        if held is None:
            if key in self._context.deleted_keys:
                return None
            return self.as_class(entity, self._enter(entity._class_for(document), key, document))
        if state_of(held).deleted:
            return None
        self.bring_up_to_date(held, document, overwrite=overwrite)
        return self.as_class(entity, held)

    def _enter(self, entity: type[E], key: Key, document: Document) -> E:
        loaded = entity._bound(document)
        state_of(loaded).become_persistent(self._context.owner, key)
        self._context.identities.put(key, loaded)
        if signals.loaded.receivers:
            signals.loaded.send(type(loaded), entity=loaded)
        return loaded

    def bring_up_to_date(self, held: Entity, document: Document, *, overwrite: bool = False) -> None:
        """Make a document the baseline of a held entity, unless it is older than the baseline.

        Args:
            held: the entity.
            document: the document.
            overwrite: whether the document overwrites unsaved changes, and an older one is taken too.
        """
        state = state_of(held)
        if state.expired:
            if overwrite:
                revert(held)
            if not (is_partial(document) and state.handed_out_container):  # the lists need the whole document
                state.renew(held, document)
            return
        if is_partial(document) and state.baseline is not None:
            document = overlaid(state.baseline, document)
        if overwrite:
            revert(held)
            state.note_current_version()
        elif is_older(document, state.baseline, held.__resource__.version_keys):
            return
        merge_baseline(held, document)
        if overwrite:
            self._context.recheck_dirty(held)

    @staticmethod
    def as_class(entity: type[E], held: Entity) -> E:
        """Return a held entity as an instance of the class that was asked for.

        Raises:
            InvalidRequestError: if it is not one.
        """
        if not isinstance(held, entity):
            raise InvalidRequestError(
                f"{held!r} is loaded as {type(held).__name__}, not as {entity.__name__}: "
                "use one class per resource, or per type of it, in a session"
            )
        return held
