"""One flush: settle what is unknown, plan, journal, execute, and take in what became of each operation."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from contacthub_orm.errors import (
    ContacthubError,
    InvalidRequestError,
    OutcomeUnknown,
    ValidationError,
    Violation,
)
from contacthub_orm.orm.entity.entity import Entity, Key
from contacthub_orm.orm.entity.validation import violations
from contacthub_orm.orm.mapping.baseline import absorb
from contacthub_orm.orm.service.plan import Account, Entry, Operation, Outcome, Plan, Verb
from contacthub_orm.orm.session.persistence_context import Holdings, referred_to
from contacthub_orm.orm.unit_of_work.collection_elements import show, shown_in, with_element
from contacthub_orm.orm.unit_of_work.execution import Execution, OnError
from contacthub_orm.orm.unit_of_work.in_doubt import Finding, Settlement, Unsettled, Verdict
from contacthub_orm.orm.unit_of_work.planner import make_plan
from contacthub_orm.orm.wire.partial import is_partial

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.session.loading import Loader
    from contacthub_orm.orm.unit_of_work.journal import Journal
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Flusher"]

_LATELY: Final = timedelta(seconds=10)
"""For how long a created entity could be taken for one that a later commit creates, clocks not being exact."""


class Flusher:
    """Saves the pending state of a session's holdings; observes its own executions."""

    def __init__(
        self,
        backend: Backend,
        holdings: Holdings,
        loader: Loader,
        *,
        on_error: OnError,
        check_version: bool,
        settle: float,
        journal: Journal | None,
    ) -> None:
        self._backend = backend
        self._holdings = holdings
        self._loader = loader
        self._on_error: OnError = on_error
        self._check_version = check_version
        self._settlement = Settlement(backend, settle)
        self.journal = journal
        self.unsettled: dict[int, Unsettled] = {}
        self._conflicts: set[int] = set()
        self._lately: list[tuple[datetime, Key]] = []

    def plan(self, only: Iterable[Entity] | None = None) -> Plan:
        """What would be sent, of all entities or of some with what they depend on. Raises ValidationError."""
        self._holdings.cascade()
        chosen = None if only is None else _with_prerequisites(only)
        new, held, deleted = (
            [entity for entity in entities if chosen is None or id(entity) in chosen]
            for entities in (
                self._holdings.new.values(),
                self._holdings.held(),
                self._holdings.deleted.values(),
            )
        )
        found: list[Violation] = [violation for entity in (*new, *held) for violation in violations(entity)]
        if found:
            raise ValidationError(found)
        return make_plan(self._backend, new, held, deleted)

    def flush(self, only: Iterable[Entity] | None = None, *, atomic: bool = False) -> Account:
        """Send what is pending. The account begins with what an earlier flush had left unknown."""
        chosen = None if only is None else list(only)
        if atomic:
            self._load_what_undoing_needs()
        plan = self.plan(chosen)  # what breaks a rule is refused before anything is sent, look-ups included
        if not self.unsettled:
            return self._send(plan, [], atomic=atomic)
        settled = self.settle_unknown()
        blocked = {id(entry.entity) for entry in settled if entry.outcome is not Outcome.DONE}
        if blocked and self._on_error == "stop":
            return Account(settled)
        plan, waiting = _parted(self.plan(chosen), blocked)
        settled += [Entry(one, one.request, Outcome.NOT_SENT) for one in waiting]
        return self._send(plan, settled, atomic=atomic)

    def _load_what_undoing_needs(self) -> None:
        """An atomic block puts old values back, so it must know those that a partial load left out."""
        for entity in self._holdings.held():
            if is_partial(entity._state.raw) and self._holdings.has_changes(entity):
                entity._state.load_rest(entity)

    def _send(self, plan: Plan, settled: list[Entry], *, atomic: bool) -> Account:
        """Journal and send a plan; the account begins with what was settled before."""
        if not plan:
            return Account(settled)
        if self.journal is not None:
            unknown = [write.operation for write in self.unsettled.values()]
            now = self._backend.now()
            self._lately = [(moment, key) for moment, key in self._lately if now - moment <= _LATELY]
            known = [key for _, key in self._lately]
            self.journal.begin(plan, now, atomic=atomic, keep=unknown, known=known)
        on_error: OnError = "stop" if atomic else self._on_error  # what is to be undone is not added to
        execution = Execution(self._backend, self, on_error=on_error, check_version=self._check_version)
        self._mark_in_flight(plan)
        try:
            account = execution.run(plan)
        finally:
            self._land(plan)
            if self.journal is not None:
                self.journal.flush()
        return Account([*settled, *account])

    def _mark_in_flight(self, plan: Plan) -> None:
        for operation in plan:
            operation.entity._state.in_flight = operation.body

    def _land(self, plan: Plan) -> None:
        for operation in plan:
            operation.entity._state.in_flight = None

    # -- the observer of an execution ---------------------------------------------------------------------------------

    def concluded(self, entry: Entry) -> None:
        """Take in one outcome: a success changes the entity, an unknown one is remembered, the others leave it as it was."""
        entity = entry.entity
        if entry.outcome is Outcome.UNKNOWN:
            assert entry.sent_at is not None
            self.unsettled[id(entity)] = Unsettled(
                entry.operation, entry.request, entry.sent_at, self._backend.now()
            )
            self._conflicts.discard(id(entity))
            entity._state.sent_before = entry.sent_at
        elif entry.outcome is Outcome.DONE:
            sent = entry.operation.own or entry.request.body or {}
            self._take_in(entry.operation.verb, entity, sent, entry.document)
            self._take_in_folded(entry)
        if self.journal is not None:
            self.journal.mark(entry)

    def batch_done(self) -> None:
        """Nothing waits for the end of a batch: marks go in groups."""

    def _take_in_folded(self, entry: Entry) -> None:
        """Elements that rode along in their parent's collection are saved with it."""
        for folded in entry.operation.folded:
            document = shown_in(entry.document, folded.entity) or folded.body
            self._take_in(folded.verb, folded.entity, folded.body, document, alone=False)

    def _take_in(
        self, verb: Verb, entity: Entity, sent: Document, document: Document | None, *, alone: bool = True
    ) -> None:
        if alone:
            self.bring_parent_up_to_date(entity, verb, document)
        entity._state.version_moved = False
        entity._state.sent_before = None
        entity._state.in_flight = None
        self.unsettled.pop(id(entity), None)
        if verb is Verb.DELETE:
            self._holdings.note_deleted(entity)
            return
        assert document is not None
        entity._state.replace = False
        if verb is Verb.CREATE:
            self._take_in_creation(entity, sent, document)
        else:
            absorb(entity, document, sent)
            self._holdings.review(entity)

    def bring_parent_up_to_date(self, element: Entity, verb: Verb, document: Document | None) -> None:
        """A parent's collection shows the element too; and its version is no longer the one that was read."""
        parent = element._state.parent
        if parent is None or parent._state.expired or parent._state.raw is None:
            return
        fresh = with_element(parent._state.raw, element, verb, document or {})
        if fresh is not None:
            show(parent, fresh, element, verb, document or {})
            self._holdings.review(parent)
            parent._state.version_moved = True

    def _take_in_creation(self, entity: Entity, sent: Document, document: Document) -> None:
        """A created entity becomes persistent; one that the service merged into a held entity gives way to it."""
        key = (entity.__resource__.name, entity._identity_in(document))
        held = self._holdings.identities.get(key)
        entity._state.key = key
        absorb(entity, document, sent)
        self._holdings.created.add(key)
        if self.journal is not None:
            self._lately.append((self._backend.now(), key))
        self._forget_related(entity, document)
        if held is not None and held is not entity:
            self._loader.bring_up_to_date(held, document)
            self._holdings.review(held)
            self._holdings.leave(entity)
            entity._state.merged_into = held
            return
        self._holdings.enter(entity, key)
        self._holdings.review(entity)

    def _forget_related(self, entity: Entity, document: Document) -> None:
        """What was loaded as related to the entities that a new one refers to, as objects or by id, is not all now."""
        ids = ((one.target, document.get(one.key)) for one in entity.__references__)
        by_id = (self._holdings.identities.get((name, one)) for name, one in ids if one is not None)
        for target in (*referred_to(entity), *by_id):
            if target is not None:
                target._state.related = None

    # -- what an earlier flush left unknown ---------------------------------------------------------------------------

    def forget_conflicts(self) -> None:
        """Give up the writes that a look-up found in conflict with another writer's.

        A replacement is given up as such: what is sent of the entity next are its changes.
        """
        for number in self._conflicts & self.unsettled.keys():
            operation = self.unsettled.pop(number).operation
            operation.entity._state.sent_before = None
            if operation.verb is Verb.REPLACE:
                operation.entity._state.replace = False
        self._conflicts.clear()

    def settle_unknown(self) -> list[Entry]:
        """Look up every write whose answer was lost; what is certainly absent is planned again."""
        writes = list(self.unsettled.values())
        if not writes:
            return []
        known = self._holdings.created | {
            entity._state.key for entity in self._holdings.identities if entity._state.key
        }
        findings = self._settlement.findings(writes, known)
        entries = [self._entry(write, finding) for write, finding in zip(writes, findings, strict=True)]
        return [entry for entry in entries if entry is not None]

    def _entry(self, write: Unsettled, finding: Finding) -> Entry | None:
        operation, entity = write.operation, write.operation.entity
        if finding.verdict is Verdict.ABSENT:
            del self.unsettled[id(entity)]
            return None
        if finding.verdict is Verdict.APPLIED:
            too_late = self._too_late(operation)
            self._take_in(operation.verb, entity, write.body, finding.document)
            outcome = Outcome.DONE if too_late is None else Outcome.FAILED
            return Entry(operation, write.request, outcome, too_late, write.first_sent, finding.document)
        if finding.verdict is Verdict.OPEN:
            error: ContacthubError = OutcomeUnknown(
                "the answer was lost and what became of it cannot be looked up",
                method=write.request.method,
                url="/".join(map(str, write.request.path)),
            )
            return Entry(operation, write.request, Outcome.UNKNOWN, error, write.first_sent)
        if not self._is_pending(operation):
            del self.unsettled[id(entity)]
            return None
        self._conflicts.add(id(entity))
        error = self._backend.conflict(operation, finding.document)
        return Entry(operation, write.request, Outcome.FAILED, error, write.first_sent)

    def _too_late(self, operation: Operation) -> ContacthubError | None:
        """Why what is asked of an entity now cannot be done any more, where its deletion has taken effect."""
        entity = operation.entity
        if operation.verb is not Verb.DELETE:
            return None
        if entity._state.erase and not operation.erases:
            return InvalidRequestError(f"{entity!r} was deleted before it could be erased")
        if not entity._state.deleted and self._holdings.has_changes(entity):
            return InvalidRequestError(f"{entity!r} was deleted, so its changes cannot be saved")
        return None

    def _is_pending(self, operation: Operation) -> bool:
        """Whether what the operation was to save is still to be saved, and was not rolled back since."""
        entity, holdings = operation.entity, self._holdings
        if operation.verb is Verb.CREATE:
            return id(entity) in holdings.new
        if operation.verb is Verb.DELETE:
            return id(entity) in holdings.deleted
        return holdings.has_changes(entity)


def _parted(plan: Plan, blocked: set[int]) -> tuple[Plan, list[Operation]]:
    """A plan without the operations of blocked entities, and the operations that wait for those."""
    if not blocked:
        return plan, []
    held_up = {one for one in plan if id(one.entity) in blocked}
    waiting: list[Operation] = []
    batches = []
    for batch in plan.batches:
        late = [one for one in batch if one not in held_up and held_up.intersection(one.after)]
        held_up.update(late)
        waiting += late
        batches.append(tuple(one for one in batch if one not in held_up))
    return Plan(tuple(batch for batch in batches if batch)), waiting


def _with_prerequisites(entities: Iterable[Entity]) -> set[int]:
    """The identities of entities and of the new ones they refer to."""
    found: set[int] = set()
    waiting = list(entities)
    while waiting:
        entity = waiting.pop()
        if id(entity) not in found:
            found.add(id(entity))
            waiting.extend(target for target in referred_to(entity) if target._state.key is None)
    return found
