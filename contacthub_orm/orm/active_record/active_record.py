"""Active record: an entity that saves itself, beside the session and by the same means.

In a session a verb flushes the entity at once, alone. Without one it works on the entity's home (see `call_session`). A
verb that fails raises the error of its one request, not a `CommitError`, and leaves the entity's values as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from contacthub_orm.errors import InvalidRequestError, OperationNotPermitted
from contacthub_orm.orm.active_record.call_session import session_for
from contacthub_orm.orm.entity.detached import adopt_identity, require_identity
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.changes import changes

if TYPE_CHECKING:
    from collections.abc import Callable

    from contacthub_orm.orm.session.session import Session
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["ActiveRecord", "PatchableRecord", "PersonalRecord", "replace_unread"]

R = TypeVar("R", bound="ActiveRecord")


class ActiveRecord(Entity):
    """An entity with verbs of its own; each gives the entity itself.

    One that is made with a home and with an id that only the service gives stands for the one that the service knows;
    a subclass with an `__attrs_post_init__` of its own calls this one's.
    """

    def __attrs_post_init__(self) -> None:
        id_key = self.__resource__.id_key
        if self._state.home is not None and self.__keys__[id_key].read_only and self[id_key] is not None:
            adopt_identity(self, self[id_key])

    def post(self) -> Self:
        """Create the entity now; it learns its id and takes in what the service answers.

        Raises OperationNotPermitted where it was created already, ValidationError before anything is sent, the APIError
        of the answer, and OutcomeUnknown where the answer was lost: then the next `post()` looks it up first.
        """
        if self._state.key is not None:
            raise OperationNotPermitted(f"{self!r} was created already: save its changes, or post a new one")
        with session_for(self) as session:
            session.save(self)
        return self

    def put(self) -> Self:
        """Replace the entity's whole document now; what a partial load left out is loaded before.

        Raises as `post()`, OperationNotPermitted where it was never saved and was given no id.
        """
        require_identity(self, "put")
        with session_for(self) as session:
            _take_in(session, self)
            pending = self._state.replace
            session.put(self)
            try:
                _save_alone(session, self)
            except BaseException:
                self._state.schedule_replacement(replace=pending or session.is_unsettled(self))
                raise
        return self

    def delete(self) -> Self:
        """Delete the entity now. Raises as `put()`."""
        require_identity(self, "delete")
        with session_for(self) as session:
            _remove_alone(session, self, session.delete)
        return self


class PatchableRecord(ActiveRecord):
    """An active record of which the service can change a part."""

    def patch(self) -> Self:
        """Save what has changed now; nothing is sent where nothing has. Raises as `put()`."""
        require_identity(self, "patch")
        with session_for(self) as session:
            _take_in(session, self)
            _save_alone(session, self)
        return self

    def get_mutation_tracker(self) -> dict[str, Any]:
        """The unsaved changes, nested, a removed value as None; with the id, where the entity has one."""
        id_key = self.__resource__.id_key
        tracked = changes(self)
        return {id_key: self[id_key], **tracked} if self._state.key is not None else tracked


class PersonalRecord(PatchableRecord):
    """A patchable record of which the service can export, and erase, all that it holds: what a person may demand by law."""

    def forget(self) -> Self:
        """Have the service erase all that it holds of this one, on its whole platform, now; see `Session.forget`.

        Raises as `put()`.
        """
        require_identity(self, "forget")
        with session_for(self) as session:
            _remove_alone(session, self, session.forget)
        return self

    def export(self) -> Document:
        """All that the service holds of this one, read now; see `Session.export`. Raises as `put()`."""
        require_identity(self, "export")
        with session_for(self) as session:
            return session.export(self)


def replace_unread(entity: R) -> R:
    """Replace the entity's whole document with the values that it holds (PUT), and give the entity.

    Unlike `put()` this reads nothing before: what was never loaded is removed. Raises as `put()`.
    """
    require_identity(entity, "put")
    with session_for(entity) as session:
        _take_in(session, entity)
        state_of(entity).schedule_replacement()
        _save_alone(session, entity)
    return entity


def _take_in(session: Session, entity: Entity) -> None:
    """Add an entity that is to be saved. Raises InvalidRequestError where it is to be deleted.

    One whose deletion had no answer, in a session of its own, is kept; the save looks the deletion up first.
    """
    if state_of(entity).deleted and not session.per_call:
        raise InvalidRequestError(f"{entity!r} is to be deleted: add it to the session to keep it")
    session.add(entity)


def _save_alone(session: Session, entity: Entity) -> None:
    """Flush an entity. Raises InvalidRequestError where that found it deleted."""
    session.save(entity)
    if state_of(entity).deleted:
        raise InvalidRequestError(
            f"{entity!r} was deleted: the deletion whose answer was lost had taken effect"
        )


def _remove_alone(session: Session, entity: Entity, remove: Callable[[Entity], None]) -> None:
    """Flush the removal of an entity; where it fails the entity is as before."""
    pending = state_of(entity).deleted
    remove(entity)
    try:
        session.save(entity)
    except BaseException:
        if not pending and not session.is_unsettled(entity) and state_of(entity).owner is session.owner:
            session.add(entity)
        raise
