"""Active record: entities that save themselves, by means of a session.

In a session a verb flushes the entity alone, at once. Without one it works on the entity's home (see `call_session`). A
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
    """An entity with verbs of its own. Each returns the entity itself.

    Given a home and a server-assigned id, a new object represents the existing entity with that id. A subclass that
    defines `__attrs_post_init__` calls the one of this class.
    """

    def __attrs_post_init__(self) -> None:
        id_key = self.__resource__.id_key
        if self._state.home is not None and self.__keys__[id_key].read_only and self[id_key] is not None:
            adopt_identity(self, self[id_key])

    def post(self) -> Self:
        """Create the entity now. It gets its id and the values of the service's answer.

        Raises:
            OperationNotPermitted: if the entity was created already.
            InvalidRequestError: if the entity has no home and no session.
            ValidationError: if a value is invalid; nothing is sent.
            APIError: if the service refuses the request.
            NotSent: if the request could not be sent.
            OutcomeUnknown: if the answer was lost. The next `post()` looks the entity up before it sends anything.
        """
        if self._state.key is not None:
            raise OperationNotPermitted(f"{self!r} was created already: save its changes, or post a new one")
        with session_for(self) as session:
            session.save(self)
        return self

    def put(self) -> Self:
        """Replace the entity's whole document now. If it was loaded in part, the rest is loaded before.

        Raises:
            OperationNotPermitted: if the entity was not saved and was given no id.
            InvalidRequestError: if the entity is to be deleted, or an earlier deletion in doubt had taken effect.
            ContacthubError: the other errors of `post()`.
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
        """Delete the entity now.

        Raises:
            OperationNotPermitted: if the entity was not saved and was given no id.
            ContacthubError: the other errors of `post()`.
        """
        require_identity(self, "delete")
        with session_for(self) as session:
            _remove_alone(session, self, session.delete)
        return self


class PatchableRecord(ActiveRecord):
    """An active record that the service can patch."""

    def patch(self) -> Self:
        """Save the changes now. Nothing is sent if nothing has changed.

        Raises:
            OperationNotPermitted: if the entity was not saved and was given no id.
            InvalidRequestError: if the entity is to be deleted, or an earlier deletion in doubt had taken effect.
            ContacthubError: the other errors of `post()`.
        """
        require_identity(self, "patch")
        with session_for(self) as session:
            _take_in(session, self)
            _save_alone(session, self)
        return self

    def get_mutation_tracker(self) -> dict[str, Any]:
        """Return the unsaved changes, nested, with the entity's id if it has one. A removed value is None."""
        id_key = self.__resource__.id_key
        tracked = changes(self)
        return {id_key: self[id_key], **tracked} if self._state.key is not None else tracked


class PersonalRecord(PatchableRecord):
    """A patchable record of a person, who may by law demand that all data are exported or erased."""

    def forget(self) -> Self:
        """Erase all data of the entity on the service's whole platform now; see `Session.forget`.

        Raises:
            OperationNotPermitted: if the entity was not saved and was given no id.
            ContacthubError: the other errors of `post()`.
        """
        require_identity(self, "forget")
        with session_for(self) as session:
            _remove_alone(session, self, session.forget)
        return self

    def export(self) -> Document:
        """Read all data that the service has of the entity now; see `Session.export`.

        Raises:
            OperationNotPermitted: if the entity was not saved and was given no id.
            ContacthubError: the other errors of `post()`.
        """
        require_identity(self, "export")
        with session_for(self) as session:
            return session.export(self)


def replace_unread(entity: R) -> R:
    """Replace the entity's whole document with the values that it holds (PUT), and return the entity.

    Unlike `put()` this reads nothing before: what was never loaded is removed.

    Raises:
        OperationNotPermitted: if the entity was not saved and was given no id.
        InvalidRequestError: if the entity is to be deleted, or an earlier deletion in doubt had taken effect.
        ContacthubError: the other errors of `post()`.
    """
    require_identity(entity, "put")
    with session_for(entity) as session:
        _take_in(session, entity)
        state_of(entity).schedule_replacement()
        _save_alone(session, entity)
    return entity


def _take_in(session: Session, entity: Entity) -> None:
    """Add an entity that is to be saved.

    In a per-call session an entity may have a deletion in doubt. It is added too; the save looks the deletion up first.

    Raises:
        InvalidRequestError: if the entity is to be deleted.
    """
    if state_of(entity).deleted and not session.per_call:
        raise InvalidRequestError(f"{entity!r} is to be deleted: add it to the session to keep it")
    session.add(entity)


def _save_alone(session: Session, entity: Entity) -> None:
    """Flush an entity.

    Raises:
        InvalidRequestError: if a deletion in doubt turned out to have taken effect.
    """
    session.save(entity)
    if state_of(entity).deleted:
        raise InvalidRequestError(
            f"{entity!r} was deleted: the deletion whose answer was lost had taken effect"
        )


def _remove_alone(session: Session, entity: Entity, remove: Callable[[Entity], None]) -> None:
    """Flush the deletion of an entity. If that fails, the entity is not to be deleted any more, as before."""
    pending = state_of(entity).deleted
    remove(entity)
    try:
        session.save(entity)
    except BaseException:
        if not pending and not session.is_unsettled(entity) and state_of(entity).owner is session.owner:
            session.add(entity)
        raise
