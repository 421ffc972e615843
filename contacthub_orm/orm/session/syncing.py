"""Syncing: the updates of a service are taken in by what a session holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.wire.documents import same

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.updates import Synced, Update
    from contacthub_orm.orm.session.context.loading import Loader
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext

__all__ = ["Syncing"]


class Syncing:
    """The method of a session that takes in updates."""

    _context: PersistenceContext
    _loader: Loader

    def sync(self, updates: Iterable[Update]) -> Synced:
        """Take in updates of the service, oldest first, under unsaved changes; nothing is sent. See `Synced`."""
        self._context.check_open()
        return _sync(self._context, self._loader, updates)


def _sync(context: PersistenceContext, loader: Loader, updates: Iterable[Update]) -> Synced:
    """Bring the entities that a session holds up to date.

    Args:
        context: the entities.
        loader: takes in documents under unsaved changes, unless they are older.
        updates: the updates, oldest first.

    Raises:
        InvalidRequestError: if one of them is no update.
    """
    from contacthub_orm.orm.service.updates import Change, Synced, Update  # few programs use it

    changed: dict[int, Entity] = {}
    deleted: dict[int, Entity] = {}
    for update in updates:
        if not isinstance(update, Update):
            raise InvalidRequestError(
                f"sync takes updates, as the stream of a service gives them, got {update!r}"
            )
        held = context.identities.get(update.key)
        if update.change is Change.DELETE:
            if held is None:
                context.deleted_keys.add(update.key)  # a lagging search may still find it
            else:
                deleted[id(held)] = held
                changed.pop(id(held), None)
                _delete(context, held)
        elif held is not None and not state_of(held).deleted and _refresh(loader, held, update):
            changed[id(held)] = held
    return Synced(list(changed.values()), list(deleted.values()))


def _delete(context: PersistenceContext, held: Entity) -> None:
    """Let go of an entity that is gone; one with unsaved changes stays, so that nothing written is lost in silence."""
    if held in context.deleted.values() or not context.needs(held):
        context.make_deleted(held)


def _refresh(loader: Loader, held: Entity, update: Update) -> bool:
    """Take in a document; returns whether the entity shows other values for it."""
    before = state_of(held).baseline
    loader.bring_up_to_date(held, update.document)
    after = state_of(held).baseline
    return after is not before and not same(before, after)
