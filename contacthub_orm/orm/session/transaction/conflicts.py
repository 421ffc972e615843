"""Conflicts with other writers, decided by the program while the commit goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import attrs

from contacthub_orm.errors import InvalidRequestError, StaleDataError
from contacthub_orm.orm.entity.bodies import body_of
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.baseline import merge_baseline
from contacthub_orm.orm.service.account import Account, Entry, Outcome
from contacthub_orm.orm.service.plan import Verb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.session.context.in_doubt_writes import InDoubtWrites
    from contacthub_orm.orm.session.context.loading import Loader
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["MOST_ROUNDS", "Conflicts", "Decision", "OnConflict", "joined"]

MOST_ROUNDS: Final = 5
"""How often a commit sends again what was decided; a writer who is faster than that wins."""

Decision = Literal["rebase", "theirs", "fail"]
"""What becomes of a conflict: our changes go on top of theirs, ours are dropped, or the commit fails."""

OnConflict: TypeAlias = "Callable[[Any, Document | None, Document | None], Decision]"
"""Decides a conflict from the entity, the service's document, and the changes that were to be sent.

The second is None if the entity no longer exists, the third if it was to be deleted.
"""


@attrs.frozen(eq=False)
class Conflicts:
    """Asks a program about the conflicts of a flush, and does what it decides.

    Args:
        context: the session's persistence context.
        loader: loads documents into it.
        in_doubt: the session's writes in doubt.
    """

    _context: PersistenceContext
    _loader: Loader
    _in_doubt: InDoubtWrites

    def decide(self, account: Account, on_conflict: OnConflict) -> list[Entity] | None:
        """Have each conflict decided.

        Returns:
            The entities to flush again: those whose changes go on top of the other writer's, and what was not sent
            because of them. None if there was no conflict, or one is to fail.

        Raises:
            InvalidRequestError: if a decision is none.
        """
        stale = [entry for entry in account if isinstance(entry.error, StaleDataError)]
        decided: list[tuple[Entry, Decision]] = [(entry, self._asked(entry, on_conflict)) for entry in stale]
        if not decided or any(decision == "fail" for _, decision in decided):
            return None
        for entry, decision in decided:
            self._apply(entry, decision)
        again = [entry.entity for entry, decision in decided if decision == "rebase"]
        failed = [one for one in account if one.outcome in (Outcome.FAILED, Outcome.UNKNOWN)]
        if len(failed) == len(stale):
            again += [entry.entity for entry in account.having(Outcome.NOT_SENT)]
        return again

    @staticmethod
    def _asked(entry: Entry, on_conflict: OnConflict) -> Decision:
        theirs = _current(entry)
        mine = None if entry.operation.verb is Verb.DELETE else body_of(entry.entity)
        decision = on_conflict(entry.entity, theirs, mine)
        if decision not in ("rebase", "theirs", "fail"):
            raise InvalidRequestError(f'on_conflict returns "rebase", "theirs" or "fail", got {decision!r}')
        return "fail" if theirs is None and decision == "rebase" else decision  # nothing is left to build on

    def _apply(self, entry: Entry, decision: Decision) -> None:
        entity, theirs = entry.entity, _current(entry)
        self._in_doubt.forget(entity)
        state_of(entity).leave_doubt()
        if decision == "rebase":
            assert theirs is not None
            state_of(entity).note_current_version()
            merge_baseline(entity, theirs)
            self._context.recheck_dirty(entity)
            return
        self._context.discard_events(entity)
        if theirs is None:
            self._context.make_deleted(entity)
            return
        self._context.undelete(entity)
        state_of(entity).schedule_replacement(replace=False)
        self._loader.bring_up_to_date(entity, theirs, overwrite=True, current=True)


def _current(entry: Entry) -> Document | None:
    assert isinstance(entry.error, StaleDataError)
    return entry.error.current


def joined(first: Account, again: Iterable[Entity], second: Account) -> Account:
    """The account of a flush and of what was flushed again after conflicts were decided.

    Args:
        first: the account of the flush.
        again: the entities that were flushed again.
        second: the account of that.
    """
    repeated = {id(entity) for entity in again}
    kept = [
        one for one in first if id(one.entity) not in repeated and not isinstance(one.error, StaleDataError)
    ]
    return Account([*kept, *second])
