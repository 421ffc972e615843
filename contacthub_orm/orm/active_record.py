"""Active record: an entity that saves itself, beside the session and by the same means.

In a session a verb flushes the entity at once, alone; without one it works on the entity's home (see `lending`). A verb that
fails raises the error of its one request, not a `CommitError`, and leaves the entity's values as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from contacthub_orm.errors import CommitError, InvalidRequestError, OperationNotPermitted
from contacthub_orm.orm.detached import identify, stand_for
from contacthub_orm.orm.entity import Entity
from contacthub_orm.orm.lending import attached
from contacthub_orm.orm.tracking import changes

if TYPE_CHECKING:
    from contacthub_orm.orm.documents import Document
    from contacthub_orm.orm.session import Session

__all__ = ["ActiveRecord", "PatchableRecord", "PersonalRecord"]


class ActiveRecord(Entity):
    """An entity with verbs of its own; each gives the entity itself.

    One that is made with a home and with an id that only the service gives stands for the one that the service knows.
    """

    def __attrs_post_init__(self) -> None:
        id_key = self.__resource__.id_key
        if self._state.home is not None and self.__keys__[id_key].read_only and self[id_key] is not None:
            stand_for(self, self[id_key])

    def post(self) -> Self:
        """Create the entity now; it learns its id and takes in what the service answers.

        Raises OperationNotPermitted where it was created already, ValidationError before anything is sent, the APIError
        of the answer, and OutcomeUnknown where the answer was lost: then the next `post()` looks it up first.
        """
        if self._state.key is not None:
            raise OperationNotPermitted(f"{self!r} was created already: save its changes, or post a new one")
        with attached(self) as session:
            _flush(session, self)
        return self

    def put(self) -> Self:
        """Replace the entity's whole document now; what a partial load left out is loaded before.

        Raises as `post()`, OperationNotPermitted where it was never saved and was given no id.
        """
        identify(self, "put")
        with attached(self) as session:
            _refuse_removed(self)
            session.put(self)
            try:
                _flush(session, self)
            finally:
                self._state.replace = session.is_unsettled(self)
        return self

    def delete(self) -> Self:
        """Delete the entity now. Raises as `put()`."""
        identify(self, "delete")
        with attached(self) as session:
            session.delete(self)
            _flush_removal(session, self)
        return self


class PatchableRecord(ActiveRecord):
    """An active record of which the service can change a part."""

    def patch(self) -> Self:
        """Save what has changed now; nothing is sent where nothing has. Raises as `put()`."""
        identify(self, "patch")
        with attached(self) as session:
            _refuse_removed(self)
            _flush(session, self)
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
        identify(self, "forget")
        with attached(self) as session:
            session.forget(self)
            _flush_removal(session, self)
        return self

    def export(self) -> Document:
        """All that the service holds of this one, read now; see `Session.export`. Raises as `put()`."""
        identify(self, "export")
        with attached(self) as session:
            return session.export(self)


def _flush_removal(session: Session, entity: Entity) -> None:
    """Flush the removal of an entity; where it fails the entity is as before."""
    try:
        _flush(session, entity)
    except BaseException:
        if not session.is_unsettled(entity):
            session.add(entity)
        raise


def _refuse_removed(entity: Entity) -> None:
    if entity._state.deleted:
        raise InvalidRequestError(f"{entity!r} is to be deleted: add it to the session to keep it")


def _flush(session: Session, entity: Entity) -> None:
    try:
        session.flush([entity])
    except CommitError as error:
        single = error.exceptions[0]
        raise single from single.__cause__  # such as the broken connection behind an OutcomeUnknown
