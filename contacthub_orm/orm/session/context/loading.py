"""Loading: documents become entities. Held entities are brought up to date, and their unsaved changes stay."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from contacthub_orm import signals
from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.http.gc_pause import paused_gc
from contacthub_orm.orm.entity.entity_state import all_persistent, persistent, state_of
from contacthub_orm.orm.entity.resource import Key
from contacthub_orm.orm.mapping.baseline import merge_baseline, revert
from contacthub_orm.orm.wire.partial import is_partial, overlaid
from contacthub_orm.orm.wire.versions import have_versions, is_newer, is_older

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
        """Load the entities of a page of a search, without those that this session has deleted.

        Args:
            entity: the class that was asked for.
            documents: the documents.
            overwrite: whether the documents overwrite unsaved changes.

        Raises:
            InvalidRequestError: if an entity is held as an instance of another class.
        """
        name, id_key = entity.__resource__.name, entity.__resource__.id_key
        with paused_gc():
            # FASTPATH: `tuple.__new__` saves the Python function by which a named tuple is made.
            keys = [tuple.__new__(Key, (name, str(document[id_key]))) for document in documents]
            if self._are_new(keys):
                return self._hold_all(entity, documents, keys)
            rows = [
                self._load(entity, key, document, overwrite=overwrite, current=False)
                for key, document in zip(keys, documents, strict=True)
            ]
        return [row for row in rows if row is not None]

    def _are_new(self, keys: list[Key]) -> bool:
        """Whether all rows of a page are new to the session, as most are, so that nothing else is to be looked at."""
        context = self._context
        if context.deleted_keys or context.recent or signals.loaded.receivers:
            return False
        return context.identities.are_free(keys)

    def _hold_all(self, entity: type[E], documents: Sequence[Document], keys: list[Key]) -> list[E]:
        """Enter new objects for the documents of a page; as `_hold` for each of them."""
        rows = all_persistent(entity._classes_for(documents), documents, self._context.owner, keys)
        self._context.identities.put_all(keys, rows)
        is_of_one_class = set(map(type, rows)) == {entity}
        return rows if is_of_one_class else [self.as_class(entity, row) for row in rows]

    def load(
        self,
        entity: type[E],
        document: Document,
        *,
        overwrite: bool = False,
        identity: str | None = None,
        current: bool = False,
    ) -> E | None:
        """Load the entity of a document, or return None if this session has deleted it.

        Args:
            entity: the class that was asked for.
            document: the document.
            overwrite: whether the document overwrites unsaved changes.
            identity: the entity's identity, if it is not the id alone.
            current: whether the document was read by its id, so that it does not lag behind writes.

        Raises:
            InvalidRequestError: if the entity is held as an instance of another class.
        """
        resource = entity.__resource__
        key = Key(resource.name, identity or str(document[resource.id_key]))
        return self._load(entity, key, document, overwrite=overwrite, current=current)

    def _load(
        self, entity: type[E], key: Key, document: Document, *, overwrite: bool, current: bool
    ) -> E | None:
        held = self._context.identities.get(key)
        if held is None:
            if key in self._context.deleted_keys:
                return None
            return self._enter(entity, key, document, current=current)
        if state_of(held).deleted:
            return None
        self.bring_up_to_date(held, document, overwrite=overwrite, current=current)
        return self.as_class(entity, held)

    def _enter(self, entity: type[E], key: Key, document: Document, *, current: bool) -> E:
        """Hold a new object for a document. If a row is from before a write of ours, the object reads itself anew."""
        loaded = self._hold(entity, entity._class_for(document), key, document)
        recent = self._context.recent
        if recent and not current and recent.is_behind(key, entity, document):
            self._context.expire(loaded)
        if signals.loaded.receivers:
            signals.loaded.send(type(loaded), entity=loaded)
        return loaded

    def _hold(self, entity: type[E], own: type[E], key: Key, document: Document) -> E:
        """Enter a new object of a document's own class, which is that asked for, or a subclass of it.

        Raises:
            InvalidRequestError: if it is another class.
        """
        made = persistent(own, document, self._context.owner, key)
        self._context.identities.put(key, made)
        return made if own is entity else self.as_class(entity, made)

    def bring_up_to_date(
        self, held: Entity, document: Document, *, overwrite: bool = False, current: bool = False
    ) -> None:
        """Make a document the baseline of a held entity, unless it is from before what the entity holds.

        Args:
            held: the entity.
            document: the document.
            overwrite: whether unsaved changes are undone first.
            current: whether the document was read by its id, so that it is taken in any case.
        """
        state = state_of(held)
        if state.expired:
            if overwrite:
                revert(held)
            needs_whole = (
                is_partial(document) and state.handed_out_container
            )  # the lists need the whole document
            is_behind = not current and self._context.recent.is_behind(state.known_key, type(held), document)
            if not needs_whole and not is_behind:
                state.renew(held, document)
            return
        if is_partial(document) and state.baseline is not None:
            document = overlaid(state.baseline, document)
        if overwrite:
            revert(held)
        if current or not self._is_behind(held, document):
            merge_baseline(held, document)
            state.note_current_version()
        if overwrite:
            self._context.recheck_dirty(held)

    def _is_behind(self, held: Entity, row: Document) -> bool:
        """Whether a row is older than the baseline, or may be from before writes whose version nobody told us."""
        state, keys = state_of(held), held.__resource__.version_keys
        if state.own_writes is None:
            return is_older(row, state.baseline, keys)
        if have_versions(row, state.baseline, keys) and not is_newer(row, state.baseline, keys):
            return True
        shown = self._context.recent.is_over(state.own_writes.until)
        return not shown and not state.own_writes.are_in(row, state.baseline)

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
