"""The blocks of a session: plain, nested and atomic."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from contacthub_orm import signals
from contacthub_orm.errors import CommitError, ContacthubError, InvalidRequestError, JournalError, message_of
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.mapping.baseline import merge_baseline, revert
from contacthub_orm.orm.service.account import Entry, Outcome, commit_error
from contacthub_orm.orm.service.plan import Verb, resolved
from contacthub_orm.orm.session.context.snapshots import start_anew
from contacthub_orm.orm.unit_of_work.compensation import Compensation, compensate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.account import Account
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.service.plan import Operation, Plan
    from contacthub_orm.orm.session.context.flushing import Flusher
    from contacthub_orm.orm.session.context.in_doubt_writes import InDoubtWrites
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.context.reconciliation import Reconciliation
    from contacthub_orm.orm.session.context.snapshots import Snapshot
    from contacthub_orm.orm.session.transaction.announcing import CommitLog
    from contacthub_orm.orm.unit_of_work.execution import Progress
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["AtomicBlock", "Block", "PlainBlock", "commit", "nested_block"]


class Committing(Protocol):
    """The session, as its blocks use it."""

    account: Account
    expire_on_commit: bool

    def plan(self) -> Plan:
        """Return what a flush would send now."""
        ...

    def flush(self, *, progress: Progress | None = None) -> Account:
        """Send what is pending."""
        ...

    def commit(self, *, progress: Progress | None = None) -> Any:
        """Flush, and announce the commit."""
        ...

    def expire_all(self) -> None:
        """Expire every persistent entity."""
        ...

    def rollback(self) -> None:
        """Undo all pending changes."""
        ...


class Block(Protocol):
    """A `begin()` block."""

    atomic: bool

    def run(self) -> Any:
        """Return the context manager of the block's body."""
        ...


def commit(
    session: Committing,
    progress: Progress | None,
    announce_commit: Callable[[Account], None],
    decide: Callable[[], None] | None = None,
) -> Account:
    """Announce a commit, flush, and announce that it has succeeded; what a receiver raises then does not undo it.

    Args:
        session: the session.
        progress: is told of each operation, or None.
        announce_commit: announces that it has succeeded.
        decide: records that the commit stands, before that is announced.

    Returns:
        The account of the flush, whatever receivers flush.
    """
    signals.before_commit.send(session)
    account = session.flush(progress=progress)
    if decide is not None:
        decide()
    if session.expire_on_commit:
        session.expire_all()
    try:
        announce_commit(account)
    finally:
        session.account = account
    return account


@contextmanager
def nested_block(start: Snapshot) -> Iterator[None]:
    """Run a nested block: on an exception, restore the session to the block's start."""
    try:
        yield
    except BaseException:
        start.restore()
        raise


class PlainBlock:
    """Commits at its end, and rolls back on an exception.

    An exception that a flush has raised, a CommitError or the error of one entity's save, does not roll back: what was
    not done keeps its changes.
    """

    atomic = False

    def __init__(self, session: Committing, context: PersistenceContext, progress: Progress | None) -> None:
        self._session = session
        self._context = context
        self._progress = progress

    @contextmanager
    def run(self) -> Iterator[None]:
        """Run the block's body.

        Raises:
            CommitError: if the commit at the end fails.
        """
        try:
            yield
        except BaseException as error:
            if not self._context.closed and not _is_of_a_flush(error):
                self._session.rollback()
            raise
        self._session.commit(progress=self._progress)


@attrs.define(eq=False)
class AtomicBlock:
    """Commits at its end. On an exception it undoes the operations of the block, and restores the session.

    The end of the block is one decision, recorded in the journal if there is one. What fails before it undoes the block;
    what fails after it, such as a receiver of `after_commit`, changes nothing. An exception that is no `Exception` undoes
    nothing that was sent and leaves the session as a plain block does; a recovery can undo the block then.
    """

    _session: Committing
    _start: Snapshot
    _backend: Backend
    _context: PersistenceContext
    _flusher: Flusher
    _in_doubt: InDoubtWrites
    _reconciliation: Reconciliation
    _settle: float
    _progress: Progress | None
    _log: CommitLog
    keeps_pending: bool = attrs.field(default=False, kw_only=True)
    """Whether what was pending at the start is pending again if the block cannot be undone."""
    atomic: bool = attrs.field(default=True, init=False)
    _done: list[Entry] = attrs.field(factory=list, init=False)
    _decided: bool = attrs.field(default=False, init=False)
    _in_doubt_before: frozenset[Operation] = attrs.field(default=frozenset(), init=False)
    _logged_before: int = attrs.field(default=0, init=False)

    @contextmanager
    def run(self) -> Iterator[None]:
        """Run the block's body.

        Raises:
            CommitError: if the commit at the end fails; `undone` tells what was undone.
            InvalidRequestError: if the block would have to delete before it writes.
            JournalError: if an earlier block is in the journal that was interrupted before it was undone.
        """
        self._flusher.refuse_interrupted_journal()
        self._logged_before = len(self._log.entries)
        self._in_doubt_before = frozenset(self._in_doubt.operations())
        self._flusher.note_done = self._done.append
        try:
            yield
            self._refuse_early_deletes()
            commit(self._session, self._progress, self._log.announce, self._decide)
        except BaseException as error:
            if not (self._decided or self._context.closed):
                self._abandon(error)
            raise
        finally:
            self._flusher.note_done = None

    def _decide(self) -> None:
        """Record that the commit stands.

        Raises:
            CommitError: if the journal cannot be written: a recovery would undo the commit.
        """
        try:
            self._flusher.decide()
        except JournalError as error:
            raise commit_error(self._session.account, error) from error
        self._decided = True

    def _abandon(self, error: BaseException) -> None:
        """Undo the block after an exception, or leave it to a recovery if that is an interrupt, then or meanwhile."""
        try:
            if not isinstance(error, Exception):
                self._flusher.leave_events()
                raise error
            undone = self._undo()
        except BaseException as cause:
            if not self.keeps_pending:
                self._session.rollback()
            elif cause is not error:  # some were reverted already
                self._start.restore()
            raise
        if isinstance(error, CommitError):
            error.undone = undone
        _note_what_stays(error, undone)

    def _refuse_early_deletes(self) -> None:
        """Refuse a plan with a write after a delete, since a delete cannot be undone if the write fails.

        Raises:
            InvalidRequestError: if the plan has one.
        """
        self._flusher.load_what_undoing_needs()
        batches = self._session.plan().batches
        kinds = [{operation.verb is Verb.DELETE for operation in batch} for batch in batches]
        if any(
            True in kind and False in later for index, kind in enumerate(kinds) for later in kinds[index:]
        ):
            raise InvalidRequestError(
                "an atomic block cannot delete before it writes, "
                "as it must here to free a value that another entity claims"
            )

    def _undo(self) -> list[Compensation]:
        self._flusher.outbox.undo(self._in_doubt_before)
        del self._log.entries[self._logged_before :]
        still_in_doubt = self._resolve_doubts()
        done = [entry for entry in self._done if entry.operation not in self._in_doubt_before]
        undone: list[Compensation] = []

        def note(one: Compensation) -> None:
            undone.append(one)
            self._flusher.mark_undone(one)

        try:
            compensate(self._backend, done, self._settle, note)
        finally:
            for one in undone:
                if one.reason is None:
                    self._take_back(one)
        self._start.restore()
        self._flusher.settle_journal()
        return [*undone, *still_in_doubt]

    def _resolve_doubts(self) -> list[Compensation]:
        """Look up the block's writes in doubt. What took effect will be undone too; what stays in doubt is returned."""
        ours = {
            one.operation: Entry(one.operation, one.request, Outcome.UNKNOWN, None, one.first_sent)
            for one in self._in_doubt.writes()
            if one.operation not in self._in_doubt_before
        }
        if not ours:
            return []
        try:
            found = self._in_doubt.resolve()
        except Exception as error:  # noqa: BLE001 - whatever it is, what was done must still be undone
            found = [attrs.evolve(entry, error=error) for entry in ours.values()]
        entries = [entry for entry in found if entry.operation in ours]
        self._done += [entry for entry in entries if entry.outcome is Outcome.DONE]
        left = [entry for entry in entries if entry.outcome is not Outcome.DONE]
        for entry in left:
            if (
                entry.operation.verb is not Verb.CREATE
            ):  # what may have been created is never created again unasked
                self._in_doubt.forget(entry.entity)
        return [
            Compensation(entry, message_of(entry.error) if entry.error else entry.outcome) for entry in left
        ]

    def _take_back(self, undone: Compensation) -> None:
        """Restore an entity to its state before the operation."""
        operation, entity = undone.entry.operation, undone.entry.entity
        if operation.verb is not Verb.CREATE:
            revert(entity)
            merge_baseline(entity, undone.document)
            self._context.recheck_dirty(entity)
            self._reconciliation.update_parent(entity, operation.verb, undone.document)
            for folded in operation.folded:
                if folded.verb is Verb.CREATE:
                    self._make_new_again(folded.entity, folded.body)
            return
        self._make_new_again(entity, resolved(operation.body))

    def _make_new_again(self, entity: Entity, document: Document) -> None:
        """Have an entity that was created, and is gone again, wait to be created."""
        self._reconciliation.update_parent(entity, Verb.DELETE, None)
        key = state_of(entity).key
        if key is not None:
            self._context.created_keys.discard(key)
            self._context.recent.forget(key)
        self._context.detach(entity)
        start_anew(entity, document)
        self._context.add(entity)


def _is_of_a_flush(error: BaseException) -> bool:
    """Whether a flush raised an error: a CommitError, or the error of a single save, which carries the flush's account."""
    return isinstance(error, CommitError) or (
        isinstance(error, ContacthubError) and error.flush_account is not None
    )


def _note_what_stays(error: BaseException, undone: list[Compensation]) -> None:
    for one in undone:
        if one.reason is not None:
            error.add_note(str(one))
