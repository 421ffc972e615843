"""One flush: resolve what is in doubt, plan, journal, execute, and take in what became of each operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from contacthub_orm.errors import JournalError
from contacthub_orm.http.gc_pause import paused_gc
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.references import referred_to
from contacthub_orm.orm.service.account import Account, Entry, Outcome
from contacthub_orm.orm.service.plan import Plan
from contacthub_orm.orm.session.context.outbox import Outbox
from contacthub_orm.orm.session.context.pending import PendingEntities, refusals
from contacthub_orm.orm.unit_of_work.execution import Execution, OnError
from contacthub_orm.orm.unit_of_work.planner import make_plan
from contacthub_orm.orm.wire.partial import is_partial

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from collections.abc import Set as AbstractSet

    from contacthub_orm.errors import CommitError, ValidationError, Violation
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.session.context.in_doubt_writes import InDoubtWrites
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.context.reconciliation import Reconciliation
    from contacthub_orm.orm.unit_of_work.compensation import Compensation
    from contacthub_orm.orm.unit_of_work.event_table import WaitingEvent
    from contacthub_orm.orm.unit_of_work.execution import Progress
    from contacthub_orm.orm.unit_of_work.journal import Journal
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Flusher"]


class Flusher:
    """Saves the pending state of a persistence context, and observes its own executions."""

    def __init__(  # noqa: PLR0913 - the parts of a session that a flush needs
        self,
        backend: Backend,
        context: PersistenceContext,
        reconciliation: Reconciliation,
        in_doubt: InDoubtWrites,
        journal: Journal | None,
        *,
        on_error: OnError,
        check_version: bool,
    ) -> None:
        self._backend = backend
        self._context = context
        self._reconciliation = reconciliation
        self._in_doubt = in_doubt
        self._on_error: OnError = on_error
        self._check_version = check_version
        self.journal = journal
        self.outbox = Outbox(context, journal)
        self._account = Account()
        self._sending: _Sending | None = None
        self._former: list[Entry] = []
        """Entries of the flush before. FASTPATH: they are freed one by one while other requests are under way."""
        self.note_done: Callable[[Entry], None] | None = None
        """Is told of each operation that is done, at once: what comes next may fail."""

    @property
    def account(self) -> Account:
        """The account of the last flush; of one that is under way, or was interrupted, what it has done so far."""
        return self._account if self._sending is None else self._sending.account()

    @account.setter
    def account(self, account: Account) -> None:
        self._account, self._sending = account, None

    def plan(self, only: Iterable[Entity] | None = None, *, on_error: OnError = "stop") -> Plan:
        """What would be sent, of all entities or of some with what they depend on.

        Args:
            only: the entities, or None for all.
            on_error: what becomes of entities that break rules: "stop" refuses the plan, "continue" makes an operation
                with a `refusal` for each.

        Raises:
            ValidationError: if entities break rules, and it is to stop.
        """
        pending = self._pending(only)
        found, bodies = pending.check()
        if found and on_error == "stop":
            raise pending.refusal(found)
        with paused_gc():  # a plan keeps what it is made of
            checks: dict[int, Document | ValidationError] = {**bodies, **refusals(found)}
            return make_plan(self._backend, pending.new, pending.held, pending.deleted, checks)

    def violations(self) -> list[Violation]:
        """Return all rules that pending entities break."""
        return self._pending(None).violations()

    def _pending(self, only: Iterable[Entity] | None) -> PendingEntities:
        self._context.cascade()
        chosen = None if only is None else _with_prerequisites(only)
        new, held, deleted = (
            [entity for entity in entities if chosen is None or id(entity) in chosen]
            for entities in (
                self._context.new.values(),
                self._context.held(),
                self._context.deleted.values(),
            )
        )
        return PendingEntities(new, held, deleted)

    def flush(self, only: Iterable[Entity] | None, *, atomic: bool, progress: Progress | None) -> Account:
        """Send what is pending, then let go of what is saved and nobody refers to.

        Returns:
            The account, which begins with what an earlier flush had left unknown.

        Raises:
            ValidationError: if entities break rules, and the session stops at errors or the block is atomic.
            JournalError: if the journal cannot be written, so that nothing was sent.
        """
        account = self._flush(only, atomic=atomic, progress=progress)
        for entity in list(self._context.pinned.values()):
            self._context.let_go(entity)
        return account

    def _flush(self, only: Iterable[Entity] | None, *, atomic: bool, progress: Progress | None) -> Account:
        self.refuse_interrupted_journal(atomic=atomic)
        chosen = None if only is None else list(only)
        if atomic:
            self.load_what_undoing_needs()
        on_error: OnError = "stop" if atomic else self._on_error  # what is to be undone is not added to
        plan = self.plan(chosen, on_error=on_error)  # refuses before anything is sent, look-ups included
        if self._context.recording:
            self.outbox.check(None if chosen is None else _with_prerequisites(chosen))
        execution = self._execution(on_error, progress)
        if not self._in_doubt:
            return self._send(plan, [], execution, atomic=atomic)
        resolved = self._in_doubt.resolve()
        if resolved:
            self.account = Account(resolved)
        self._note_all_done(resolved)
        for entry in resolved:
            self._context.let_go(entry.entity)
        self.outbox.note_resolved(resolved)
        blocked = {id(entry.entity) for entry in resolved if entry.outcome is not Outcome.DONE}
        if blocked and self._on_error == "stop":
            return Account(resolved)
        planned = self.plan(chosen, on_error=on_error)
        return self._send(planned, resolved, execution, atomic=atomic, blocked=blocked)

    def load_what_undoing_needs(self) -> None:
        """Load what partial loads left out: an atomic block puts old values back, and must not delete before it writes.

        It would delete first what may hold a value that another entity claims.
        """
        changed = [entity for entity in self._context.held() if self._context.has_changes(entity)]
        for entity in [*changed, *self._context.deleted.values()]:
            if is_partial(state_of(entity).baseline):
                state_of(entity).load_rest(entity)

    def _send(
        self,
        planned: Plan,
        resolved: list[Entry],
        execution: Execution,
        *,
        atomic: bool,
        blocked: AbstractSet[int] = frozenset(),
    ) -> Account:
        """Journal and send a plan, but for what is refused or blocked, and what waits for that."""
        plan, held_up = _parted(planned, blocked)
        events: list[WaitingEvent] = []
        if self._context.recording:
            events = self.outbox.collect(planned, plan)
        sending = _Sending(resolved, held_up, planned, plan, execution)
        if plan:
            self._write_down(plan, events, atomic=atomic)
            self._former = list(self.account)
            self._account, self._sending = Account(), sending
            self._send_all(plan, execution)
        if events:
            self.outbox.take_free()
        return sending.account()

    def _execution(self, on_error: OnError, progress: Progress | None) -> Execution:
        return Execution(
            self._backend,
            self,
            on_error=on_error,
            settle=self._in_doubt.settle,
            check_version=self._check_version,
            progress=progress,
        )

    def _write_down(self, plan: Plan, events: list[WaitingEvent], *, atomic: bool) -> None:
        """Write the plan into the journal, if there is one."""
        if self.journal is None:
            return
        if self.outbox.taken:
            self._settle_events(self.journal, atomic=atomic)
        self.journal.begin(
            plan,
            self._backend.sending(),
            atomic=atomic,
            keep=self._in_doubt.operations(),
            known=self._reconciliation.recent_creations(),
            events=events,
        )

    def _send_all(self, plan: Plan, execution: Execution) -> None:
        for operation in plan:
            state_of(operation.entity).send(operation.body)
        try:
            execution.run(plan)
        finally:
            self._former = []
            for operation in plan:
                state_of(operation.entity).land()
            if self.journal is not None:
                self.journal.flush()

    def _note_all_done(self, entries: Iterable[Entry]) -> None:
        if self.note_done is not None:
            for entry in entries:
                if entry.outcome is Outcome.DONE:
                    self.note_done(entry)

    # -- the journal --------------------------------------------------------------------------------------------------

    def refuse_interrupted_journal(self, *, atomic: bool = False) -> None:
        """Make sure that the journal does not hold an atomic block that was interrupted before it was undone.

        Args:
            atomic: whether this is the flush of an atomic block, which may be the one in the journal.

        Raises:
            JournalError: if it holds one.
        """
        if self.journal is not None and self.journal.interrupted and not atomic:
            raise JournalError(
                f"{self.journal.path} holds an atomic block that was interrupted: "
                "close the session and run recover() to undo it"
            )

    def settle_journal(self) -> None:
        """Close the journal's commit, but for the writes that are still in doubt.

        A journal that cannot be written does not stop the commit, which has ended; see `Journal.failure`.
        """
        try:
            self.decide()
        except JournalError as error:
            assert self.journal is not None
            self.journal.report(error)
            self.outbox.make_due()

    def _settle_events(self, journal: Journal, *, atomic: bool) -> None:
        """Have the domain events be due that were taken before this flush sends anything, but for those of the block."""
        final = [
            one
            for one in self.outbox.taken
            if not atomic or (one[0] is not None and not journal.is_of_block(one[0]))
        ]
        journal.note_due(event for _, _, event in final)
        self.outbox.make_due(final)

    def decide(self) -> None:
        """Close the journal's commit. After that, a recovery does not undo an atomic one.

        Raises:
            JournalError: if the journal cannot be written.
        """
        if self.journal is not None:
            self.journal.settle(self._in_doubt.operations(), self.outbox.taken_events())
        if self.outbox.taken:
            self.outbox.make_due()

    def leave_events(self) -> None:
        """An interrupt ends an atomic block. What was done stays, and so do its events, unless a recovery will undo it."""
        if self.journal is None:
            self.outbox.make_due()
        else:
            self.outbox.undo()

    def note_journal_failure(self, error: CommitError) -> None:
        """Say with an error that the journal could not follow the commit, if it could not."""
        if self.journal is not None and self.journal.failure is not None:
            error.add_note(str(self.journal.failure))

    def mark_undone(self, undone: Compensation) -> None:
        """Note in the journal that an operation was undone, so that a recovery does not undo it again."""
        if self.journal is not None and undone.reason is None:
            self.journal.mark_undone(undone.entry.operation, undone.document)

    # -- the observer of an execution ---------------------------------------------------------------------------------

    def concluded(self, entry: Entry) -> None:
        """Take in one outcome: a success changes the entity, an unknown one is remembered, the others change nothing."""
        if self._former:
            self._former.pop()
        if entry.outcome is Outcome.UNKNOWN:
            self._in_doubt.remember(entry)
        elif entry.outcome is Outcome.DONE:
            entities = (entry.entity, *(folded.entity for folded in entry.operation.folded))
            for entity in entities:
                self._in_doubt.forget(entity)
            self._reconciliation.take_in(entry)
            self._note_all_done([entry])
            for entity in entities:
                self._context.let_go(entity)  # here, while other requests are under way
        if self.outbox.waiting:
            self.outbox.conclude(entry)
        if self.journal is not None:
            self.journal.mark(entry)
            if self.journal.lacks_clock:
                self.journal.set_clock(self._backend.sending().ahead)


@attrs.frozen
class _Sending:
    """A flush that sends, and can account for itself at any moment.

    Attributes:
        resolved: the entries of what an earlier flush had left unknown.
        held_up: those of what is not sent.
        planned: the plan of everything.
        plan: the plan of what is sent.
        execution: sends it.
    """

    resolved: list[Entry]
    held_up: list[Entry]
    planned: Plan
    plan: Plan
    execution: Execution

    def account(self) -> Account:
        """The outcome of every operation so far, in the order of the plan."""
        sent = list(self.execution.account(self.plan))
        if self.held_up:
            place = {operation: index for index, operation in enumerate(self.planned)}
            sent = sorted([*self.held_up, *sent], key=lambda entry: place[entry.operation])
        return Account([*self.resolved, *sent])


def _parted(plan: Plan, blocked: AbstractSet[int]) -> tuple[Plan, list[Entry]]:
    """A plan of what can be sent, and the entries of the rest: what breaks rules has failed, what waits is not sent.

    Args:
        plan: the plan of everything.
        blocked: by `id()`, the entities whose earlier write is still in doubt, and accounted for.
    """
    held_up = {one for one in plan if id(one.entity) in blocked or one.refusal is not None}
    if not held_up:
        return plan, []
    entries = [
        Entry(one, one.request, Outcome.FAILED, one.refusal)
        for one in plan
        if one.refusal is not None and id(one.entity) not in blocked
    ]
    batches = []
    for batch in plan.batches:
        late = [one for one in batch if one not in held_up and held_up.intersection(one.after)]
        held_up.update(late)
        entries += [Entry(one, one.request, Outcome.NOT_SENT) for one in late]
        batches.append(tuple(one for one in batch if one not in held_up))
    return Plan(tuple(batch for batch in batches if batch)), entries


def _with_prerequisites(entities: Iterable[Entity]) -> set[int]:
    """The numbers (`id()`) of entities and of the new ones they refer to."""
    found: set[int] = set()
    waiting = list(entities)
    while waiting:
        entity = waiting.pop()
        if id(entity) not in found:
            found.add(id(entity))
            waiting.extend(target for target in referred_to(entity) if state_of(target).key is None)
    return found
