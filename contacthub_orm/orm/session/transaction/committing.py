"""When a session sends: at a flush, at a commit, at the end of a block."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import attrs

from contacthub_orm import signals
from contacthub_orm.errors import ContacthubError, InvalidRequestError, ValidationError
from contacthub_orm.orm.entity.bodies import body_of
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.service.account import Account, Outcome, commit_error
from contacthub_orm.orm.service.field_changes import field_changes
from contacthub_orm.orm.service.plan import Verb
from contacthub_orm.orm.session.context.snapshots import Snapshot
from contacthub_orm.orm.session.transaction.announcing import CommitLog, announce
from contacthub_orm.orm.session.transaction.blocks import AtomicBlock, PlainBlock, commit
from contacthub_orm.orm.session.transaction.conflicts import MOST_ROUNDS, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.service.field_changes import FieldChange
    from contacthub_orm.orm.session.context.flushing import Flusher
    from contacthub_orm.orm.session.context.in_doubt_writes import InDoubtWrites
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.context.reconciliation import Reconciliation
    from contacthub_orm.orm.session.transaction.blocks import Block, Committing
    from contacthub_orm.orm.session.transaction.conflicts import Conflicts, OnConflict
    from contacthub_orm.orm.unit_of_work.execution import Progress

__all__ = ["Committer"]


@attrs.define(eq=False)
class Committer:
    """Flushes and commits for a session, and knows the block that it is in.

    Attributes:
        flushing: whether a flush is under way. Receivers and queries may not begin another.
    """

    _session: Committing
    _backend: Backend
    _context: PersistenceContext
    _flusher: Flusher
    _in_doubt: InDoubtWrites
    _reconciliation: Reconciliation
    _settle: float
    _conflicts: Conflicts
    _log: CommitLog = attrs.field(init=False)
    _on_conflict: OnConflict | None = attrs.field(default=None, init=False)
    _block: Block | None = attrs.field(default=None, init=False)
    flushing: bool = attrs.field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        self._log = CommitLog(self._session, self._flusher.outbox)

    def flush(self, objects: Iterable[Entity] | None, progress: Progress | None) -> Account:
        """Flush; see `Session.flush`."""
        self._refuse_within_flush()
        try:
            self.flushing = True
            chosen = self._with_additions_of_receivers(objects)
            account, cause = self._flusher.flush(chosen, atomic=self._is_atomic, progress=progress), None
            self._session.account = account
            if self._on_conflict is not None and not account.succeeded:
                account, cause = self._with_decisions(account, self._on_conflict, progress)
                self._session.account = account
        finally:
            self.flushing = False
        self._conclude(account, cause)
        try:
            announce(signals.after_flush, self._session, account=lambda: account, changes=account.changes)
        finally:
            self._session.account = account  # a receiver may have flushed
        return account

    def _with_decisions(
        self, account: Account, on_conflict: OnConflict, progress: Progress | None
    ) -> tuple[Account, ContacthubError | None]:
        """Have the conflicts of a flush decided, and flush again what the decisions are for.

        Returns:
            The account of all of it, and what kept the last repeat from being sent, or None.
        """
        for _ in range(MOST_ROUNDS):
            again = self._conflicts.decide(account, on_conflict)
            if again is None:
                break
            repeated = Account()
            if again:
                try:
                    repeated = self._flusher.flush(again, atomic=self._is_atomic, progress=progress)
                except ContacthubError as error:
                    return account, error
                except BaseException:
                    if self._session.account is not account:  # it had begun to send
                        self._session.account = joined(account, again, self._session.account)
                    raise
            account = joined(account, again, repeated)
            self._session.account = account
        return account, None

    def commit(self, *, atomic: bool, progress: Progress | None, on_conflict: OnConflict | None) -> Account:
        """Commit; see `Session.commit`."""
        outer, self._on_conflict = self._on_conflict, on_conflict
        try:
            return self._commit(atomic=atomic, progress=progress)
        finally:
            self._on_conflict = outer

    def _commit(self, *, atomic: bool, progress: Progress | None) -> Account:
        if self._is_atomic:
            return self._session.flush(progress=progress)
        if not atomic:
            return commit(self._session, progress, self._log.announce)
        with self._running(self._atomic_block(progress, keeps_pending=True)):
            pass
        return self._session.account

    @contextmanager
    def begin(self, *, atomic: bool, progress: Progress | None) -> Iterator[None]:
        """Run a block; see `Session.begin`."""
        if self._block is not None:
            raise InvalidRequestError("the session has already begun a block: nest with begin_nested()")
        plain = PlainBlock(self._session, self._context, progress)
        with self._running(self._atomic_block(progress) if atomic else plain):
            yield

    @contextmanager
    def _running(self, block: Block) -> Iterator[None]:
        self._refuse_within_flush()
        outer, self._block = self._block, block
        try:
            with block.run():
                yield
        finally:
            self._block = outer
        self._hand_over()

    def _atomic_block(self, progress: Progress | None, *, keeps_pending: bool = False) -> AtomicBlock:
        return AtomicBlock(
            self._session,
            Snapshot(self._context),
            self._backend,
            self._context,
            self._flusher,
            self._in_doubt,
            self._reconciliation,
            self._settle,
            progress,
            self._log,
            keeps_pending=keeps_pending,
        )

    @property
    def _is_atomic(self) -> bool:
        return self._block is not None and self._block.atomic

    def _refuse_within_flush(self) -> None:
        if self.flushing:
            raise InvalidRequestError("the session is already flushing")

    def _with_additions_of_receivers(self, objects: Iterable[Entity] | None) -> list[Entity] | None:
        """Announce the flush, and add to the objects what the receivers have added or deleted."""
        if objects is None:
            announce(signals.before_flush, self._session, changes=self._pending_changes)
            return None
        pending = {id(one): one for one in self._context.pending()}
        announce(signals.before_flush, self._session, changes=self._pending_changes)
        return [*objects, *(one for one in self._context.pending() if id(one) not in pending)]

    def _conclude(self, account: Account, cause: ContacthubError | None) -> None:
        """Close the journal's commit, but for what is in doubt, hand over the domain events, and raise what failed."""
        if not self._is_atomic:
            self._flusher.settle_journal()
        if account.succeeded:
            if signals.after_commit.receivers:
                self._log.entries += account.having(Outcome.DONE)
            self._hand_over()
            return
        error = commit_error(account, cause)
        self._flusher.note_journal_failure(error)
        try:
            self._hand_over()
        except Exception as failure:  # noqa: BLE001 - whatever a handler raises: what the service refused comes first
            error.add_note(f"a handler of domain events raised {failure!r}")
        raise error

    def _hand_over(self) -> None:
        if self._flusher.outbox.due and not self._is_atomic:
            self._flusher.outbox.hand_over()

    def _pending_changes(self) -> list[FieldChange]:
        """What is to be saved now, path by path. What has no JSON form is left to the flush, which refuses it."""
        found: list[FieldChange] = []
        for verb, entity in self._context.pending_writes():
            baseline = state_of(entity).baseline
            with suppress(ValidationError):
                body = {} if verb is Verb.DELETE else body_of(entity)
                found += field_changes(verb, entity, baseline, body)
        return found
