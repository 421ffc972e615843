"""The writes in doubt of a session: remembered when an answer is lost, and resolved before the next flush."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from contacthub_orm.errors import ContacthubError, InvalidRequestError, OutcomeUnknown
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.service.account import Entry, Evidence, Outcome
from contacthub_orm.orm.service.in_doubt_write import InDoubtWrite, Resolution, Verdict
from contacthub_orm.orm.service.plan import Operation, Verb
from contacthub_orm.orm.unit_of_work.execution import superseded
from contacthub_orm.orm.unit_of_work.in_doubt import InDoubtResolver

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.context.reconciliation import Reconciliation

__all__ = ["InDoubtWrites"]


class InDoubtWrites:
    """The writes in doubt of the entities of one session, at most one for each. An entity that leaves takes its own along.

    Args:
        backend: the service.
        context: the session's persistence context.
        reconciliation: takes in the writes that took effect.
        settle: the seconds after a send within which its effect may still appear.
    """

    def __init__(
        self,
        backend: Backend,
        context: PersistenceContext,
        reconciliation: Reconciliation,
        settle: float,
    ) -> None:
        self._backend = backend
        self._context = context
        self._reconciliation = reconciliation
        self.settle = timedelta(seconds=settle)
        self._resolver = InDoubtResolver(backend, settle)
        self._held_before: frozenset[Key] = frozenset()
        self._conflicts: set[int] = set()

    def __bool__(self) -> bool:
        return bool(self.writes())

    def __contains__(self, entity: Entity) -> bool:
        return id(entity) in self._context.in_doubt and state_of(entity).in_doubt is not None

    def writes(self) -> list[InDoubtWrite]:
        """Return the writes, in the order in which they were sent."""
        found = (state_of(entity).in_doubt for entity in self._context.in_doubt.values())
        return [write for write in found if write is not None]

    def operations(self) -> list[Operation]:
        """Return the operations of the writes."""
        return [write.operation for write in self.writes()]

    def remember(self, entry: Entry) -> None:
        """Remember an operation with an unknown outcome."""
        assert entry.sent is not None
        if not self._context.in_doubt:  # what is loaded from now on may be what the write created
            self._held_before = frozenset(self._context.identities.keys())
        write = InDoubtWrite(
            entry.operation,
            entry.request,
            entry.sent,
            self._backend.now(),
            self._backend.place,
            (self._held_before, self._context.created_keys),
        )
        self._context.in_doubt[id(entry.entity)] = entry.entity
        self._conflicts.discard(id(entry.entity))
        state_of(entry.entity).fall_in_doubt(entry.sent, write)

    def forget(self, entity: Entity) -> None:
        """Forget the write of an entity, if there is one: it is not looked up any more."""
        self._context.in_doubt.pop(id(entity), None)
        state_of(entity).resolve_doubt()

    def give_up_conflicts(self) -> None:
        """Forget the writes whose resolution was a conflict with another writer.

        After a replacement, the next flush sends the changes of the entity instead.
        """
        for operation in self.operations():
            if id(operation.entity) in self._conflicts:
                self.forget(operation.entity)
                state_of(operation.entity).leave_doubt()
                if operation.verb is Verb.REPLACE:
                    state_of(operation.entity).schedule_replacement(replace=False)
        self._conflicts.clear()

    def resolve(self) -> list[Entry]:
        """Look up every write.

        Returns:
            The entries of the writes that took effect, conflict or stay in doubt. A write that certainly did not take
            effect has none, and the next plan has it again.
        """
        writes = self.writes()
        if not writes:
            return []
        others = {id(keys): keys for write in writes for keys in write.known}
        resolutions = self._resolver.resolve(writes, self._context.created_keys.union(*others.values()))
        to_delete = list(self._context.deleted.values())
        entries = [self._resolved(write, one) for write, one in zip(writes, resolutions, strict=True)]
        return [
            *(entry for entry in entries if entry is not None),
            *(
                self._not_deleted(one)
                for one in to_delete
                if not state_of(one).deleted and self._context.holds(one)
            ),
        ]

    def _not_deleted(self, entity: Entity) -> Entry:
        """The entry of a deletion that was scheduled and is not sent, since a creation was merged into the entity."""
        self.forget(entity)
        return superseded(Operation(Verb.DELETE, entity, self._backend.request(Verb.DELETE, entity, None)))

    def _resolved(self, write: InDoubtWrite, resolution: Resolution) -> Entry | None:
        if resolution.verdict is Verdict.ABSENT:
            self.forget(write.operation.entity)
            return None
        if resolution.verdict is Verdict.APPLIED:
            return self._applied(write, resolution)
        if resolution.verdict is Verdict.OPEN:
            return self._still_open(write)
        if not self._is_pending(write.operation):
            self.forget(write.operation.entity)
            return None
        self._conflicts.add(id(write.operation.entity))
        error = self._backend.conflict(write.operation, resolution.document)
        return Entry(write.operation, write.request, Outcome.FAILED, error, write.first_sent)

    def _applied(self, write: InDoubtWrite, resolution: Resolution) -> Entry:
        operation = write.operation
        too_late = self._too_late(operation)
        self.forget(operation.entity)
        self._reconciliation.take_in_write(operation.verb, operation.entity, write.body, resolution.document)
        outcome = Outcome.DONE if too_late is None else Outcome.FAILED
        return Entry(
            operation,
            write.request,
            outcome,
            too_late,
            write.first_sent,
            resolution.document,
            Evidence.LOOK_UP,
        )

    @staticmethod
    def _still_open(write: InDoubtWrite) -> Entry:
        error = OutcomeUnknown(
            "the answer was lost and what became of it cannot be looked up",
            method=write.request.method,
            url="/".join(map(str, write.request.path)),
        )
        return Entry(write.operation, write.request, Outcome.UNKNOWN, error, write.first_sent)

    def _too_late(self, operation: Operation) -> ContacthubError | None:
        """The error if a deletion took effect, but the user has changed the entity or wants it erased; else None."""
        entity, state = operation.entity, state_of(operation.entity)
        if operation.verb is not Verb.DELETE:
            return None
        if state.erase and not operation.erases:
            return InvalidRequestError(f"{entity!r} was deleted before it could be erased")
        if not state.deleted and self._context.has_changes(entity):
            return InvalidRequestError(f"{entity!r} was deleted, so its changes cannot be saved")
        return None

    def _is_pending(self, operation: Operation) -> bool:
        """Whether the change that the operation sent is still unsaved, and was not rolled back since."""
        entity = operation.entity
        if operation.verb is Verb.CREATE:
            return id(entity) in self._context.new
        if operation.verb is Verb.DELETE:
            return id(entity) in self._context.deleted
        return self._context.has_changes(entity)
