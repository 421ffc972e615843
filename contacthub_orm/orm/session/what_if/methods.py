"""The methods of a session for edits that are tried or handed on before they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self, TypeVar

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.entity import Entity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.what_if.fork import Fork
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["WhatIf"]

E = TypeVar("E", bound=Entity)


class WhatIf:
    """Forks of a session, and its pending changes as JSON."""

    _context: PersistenceContext
    _origin: Any = None
    _fork: Fork | None = None

    def fork(self) -> Self:
        """A session with copies of all that this one holds, to try edits on: `plan()`, `validate()` and queries tell more.

        It sends nothing itself. `merge_back()` gives its edits to this session, `close()`, or the end of its `with` block,
        drops them. It keeps the entities of this session alive, and costs a copy of each; what is expired it reads itself.

        Raises:
            InvalidRequestError: if the session is closed.
        """
        self._context.check_open()
        this: Any = self
        made: Self = type(this)(this.bind, settle=this.settle, max_requests=this.max_requests)
        made._become_fork(this, self._context)
        return made

    def _become_fork(self, origin: Any, entities: PersistenceContext) -> None:
        """Take in copies of another session's entities, and refuse to send from now on."""
        from contacthub_orm.orm.session.what_if.fork import Fork, ForkCommitter  # few programs use it

        self._origin = origin
        self._fork = Fork(entities, self._context)
        vars(self).update(_committer=ForkCommitter())

    def counterpart(self, entity: E) -> E:
        """The copy that this fork holds of an entity of the session that it was made from.

        Raises:
            InvalidRequestError: if this is no fork, or has no copy.
        """
        found: Any = self._forked().counterpart(entity)
        return found  # type: ignore[no-any-return]

    def merge_back(self) -> None:
        """Give all edits, additions and deletions of this fork to the session that it was made from, and close the fork.

        New entities go over themselves. Nothing is sent: the session has the edits pending, as if they had been made there.

        Raises:
            InvalidRequestError: if this is no fork, or if something was changed differently in both: nothing is merged
                then, and the fork stays open.
        """
        self._forked().merge_back(self._origin, self)  # type: ignore[arg-type]
        self.close()  # type: ignore[attr-defined]

    def export_changes(self) -> Document:
        """What is pending, as JSON: for a review, a queue, or another process, which imports it.

        Nothing is sent, and the changes stay pending here: roll them back if somebody else commits them. An entity that was
        loaded in part is read whole. The document holds the values of new entities, and of changes the old and the new.

        Raises:
            InvalidRequestError: if the outcome of a write is unknown.
            ValidationError: if a value has no JSON form.
        """
        from contacthub_orm.orm.session.what_if.exchange import exported  # as above

        self._context.check_open()
        return exported(self._context)

    def import_changes(self, changes: Document, *, classes: Iterable[type[Entity]] = ()) -> list[Entity]:
        """Take in what another session exported, as pending changes; each saved entity is read first, so as to compare.

        A change fits if its paths still have the values that it was made on, or have its own already; what else was changed
        meanwhile does not matter. A deletion fits if the entity was not changed. New entities are new each time.

        Args:
            changes: what `export_changes` gave.
            classes: subclasses of one's own that were exported, as the document names them.

        Returns:
            The new, changed and deleted entities, in this order.

        Raises:
            ArgumentError: if the document is not an export, or has entities of classes that are not known.
            InvalidRequestError: if the changes are for another place, or do not fit; the message lists all that do not, and
                nothing is taken in.
        """
        from contacthub_orm.orm.session.what_if.exchange import imported  # as above

        self._context.check_open()
        return imported(self, self._context, changes, classes)  # type: ignore[arg-type]

    def _forked(self) -> Fork:
        self._context.check_open()
        if self._fork is None:
            raise InvalidRequestError("this session is no fork: session.fork() makes one")
        return self._fork
