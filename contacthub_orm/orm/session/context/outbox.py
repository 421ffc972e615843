"""The outbox of a session: domain events on their way from an entity to the handlers.

An event waits with its entity. When a flush plans an operation of the entity, the event goes with it. Once the operation is
done, the event is taken; once nothing undoes that any more, it is due and is handed over. With a journal it is there in
the meantime.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from contacthub_orm import signals
from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.entity.domain_event import DomainEvent
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.service.account import Outcome
from contacthub_orm.orm.unit_of_work.event_table import WaitingEvent
from contacthub_orm.orm.wire.conversion import UnsendableError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from collections.abc import Set as AbstractSet

    from contacthub_orm.orm.entity.domain_event import Recorded
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.account import Entry
    from contacthub_orm.orm.service.plan import Operation, Plan
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.unit_of_work.journal import Journal

__all__ = ["Outbox", "refuse_unsendable"]

_Waiting: TypeAlias = "tuple[Entity, Recorded]"
_Taken: TypeAlias = "tuple[Operation | None, Recorded, DomainEvent]"


class Outbox:
    """The domain events of one session.

    Args:
        context: the persistence context, which knows the entities with events.
        journal: the journal, or None.

    Attributes:
        waiting: the events of the flush under way, by operation.
        free: the events of the flush under way whose entities have nothing to save.
        taken: the events whose operation is done and may still be undone, each with the operation.
        due: the events to be handed over.
        to_announce: the events that became due since the last `after_commit`, if anybody listens to that.
    """

    def __init__(self, context: PersistenceContext, journal: Journal | None) -> None:
        self._context = context
        self._journal = journal
        self._handlers: list[Callable[[DomainEvent], object]] = []
        self.waiting: dict[Operation, list[_Waiting]] = {}
        self.free: list[_Waiting] = []
        self.taken: list[_Taken] = []
        self.to_announce: list[DomainEvent] = []
        self.due: deque[DomainEvent] = deque()
        self._chosen: Collection[int] | None = None
        self._given = 0
        self._handing_over = False

    # -- a flush ------------------------------------------------------------------------------------------------------

    def check(self, chosen: Collection[int] | None) -> None:
        """Make sure that the events can be handed over, before a flush sends anything.

        Args:
            chosen: by `id()`, the entities that are flushed, or None for all.

        Raises:
            InvalidRequestError: if one has no JSON form and there is a journal, or if no session holds its entity but the
                one of a single call, which has no handlers.
        """
        self._chosen = chosen
        for entity in self._context.recording.values():
            if self._context.owner.per_call:
                raise InvalidRequestError(
                    f"{entity!r} has recorded domain events, which only a session hands over: add the entity to one"
                )
            if self._journal is not None:
                for event in state_of(entity).recorded:
                    refuse_unsendable(entity, event)

    def collect(self, planned: Plan, sent: Plan) -> list[WaitingEvent]:
        """Have the events that wait go with the operations of their entities.

        Args:
            planned: the plan of everything.
            sent: the part of it that is sent.

        Returns:
            The events that the commit begins with.
        """
        operations = _by_entity(sent)
        held_up = _by_entity(planned).keys() - operations.keys()
        self.waiting, self.free = {}, []
        for number, entity in list(self._context.recording.items()):
            operation = operations.get(number)
            if operation is not None:
                self._discard(entity, [one for one in state_of(entity).recorded if one.undone])
                for event in state_of(entity).recorded:
                    event.in_doubt = False
                    self.waiting.setdefault(operation, []).append((entity, event))
            elif number not in held_up and state_of(entity).in_doubt is None:
                self._collect_free(entity)
        with_operation = [(one, of) for of, some in self.waiting.items() for one in some]
        return [
            WaitingEvent(_handed_over(entity, event), operation)
            for (entity, event), operation in [*with_operation, *((one, None) for one in self.free)]
        ]

    def _collect_free(self, entity: Entity) -> None:
        """Take the events of an entity with nothing to save; what went with a write that was given up is discarded."""
        self._discard(entity, [one for one in state_of(entity).recorded if one.in_doubt])
        if self._chosen is None or id(entity) in self._chosen:
            self.free += [(entity, event) for event in state_of(entity).recorded]

    def _discard(self, entity: Entity, events: Iterable[Recorded]) -> None:
        """Discard events of an entity for good, since their operation will never be done."""
        for event in events:
            event.over = True
        self._context.keep_events(entity, state_of(entity).recorded)

    def conclude(self, entry: Entry) -> None:
        """Take the events of a done operation; those of any other wait on, or are discarded if it will never be done."""
        waiting = self.waiting.pop(entry.operation, [])
        if entry.outcome is Outcome.DONE:
            self._take(waiting, entry.operation)
        elif entry.outcome is Outcome.UNKNOWN:
            for _, event in waiting:
                event.in_doubt = True
        elif entry.outcome is Outcome.SUPERSEDED:
            for entity, _ in waiting:
                self._context.discard_events(entity)

    def note_resolved(self, entries: Iterable[Entry]) -> None:
        """Take the events that went with writes in doubt which a look-up found done."""
        for entry in entries:
            involved = [entry.entity, *(folded.entity for folded in entry.operation.folded)]
            waiting = [(one, event) for one in involved for event in state_of(one).recorded if event.in_doubt]
            if entry.outcome is Outcome.DONE:
                self._take(waiting, entry.operation)
            elif entry.outcome is not Outcome.UNKNOWN:
                for _, event in waiting:
                    event.in_doubt = False
                if entry.outcome is Outcome.SUPERSEDED:
                    self._context.discard_events(entry.entity)

    def take_free(self) -> None:
        """Take the events of entities with nothing to save: the flush that they were part of has ended."""
        free, self.free = self.free, []
        self._take(free, None)

    def _take(self, waiting: Iterable[_Waiting], operation: Operation | None) -> None:
        for entity, event in waiting:
            event.over = True
            event.in_doubt = False
            self._context.keep_events(entity, state_of(entity).recorded)
            self.taken.append((operation, event, _handed_over(entity, event)))

    # -- its end ------------------------------------------------------------------------------------------------------

    def taken_events(self) -> list[DomainEvent]:
        """Return the events that were taken, as they will be handed over: in the order in which they were recorded."""
        return sorted((event for _, _, event in self.taken), key=lambda event: event.recorded_at)

    def make_due(self, final: Collection[_Taken] | None = None) -> None:
        """Have events that were taken be handed over, since nothing undoes their operations any more.

        Args:
            final: the events, or None for all.
        """
        found = self.taken[:] if final is None else final
        self.taken = [one for one in self.taken if one not in found]
        events = sorted((event for _, _, event in found), key=lambda event: event.recorded_at)
        self.due += events
        if signals.after_commit.receivers:
            self.to_announce += events

    def undo(self, done_before: AbstractSet[Operation] = frozenset()) -> None:
        """Give back the events of an atomic block that is undone, but for those of operations from before the block."""
        stay = [one for one in self.taken if one[0] in done_before]
        undone = [one for one in self.taken if one[0] not in done_before]
        if self._journal is not None:
            self._journal.withdraw_events(handed for _, _, handed in undone)
        for _, event, _ in undone:
            event.over = False
        self.taken = stay

    # -- handing over -------------------------------------------------------------------------------------------------

    def on_commit(self, handler: Callable[[DomainEvent], object]) -> None:
        """Hand the events over to a handler from now on, and first those that are still in the journal."""
        if not callable(handler):
            raise InvalidRequestError(f"on_commit() takes what is called with each event, got {handler!r}")
        self._handlers.append(handler)
        if self._journal is not None and len(self._handlers) == 1:
            self.due.extendleft(reversed(self._journal.due_events()))

    def hand_over(self) -> None:
        """Hand over what is due. An event for which a handler raises, and those after it, stay due.

        A handler may flush and commit: the events of that follow the present ones.
        """
        if self._handing_over:
            return
        if not self._handlers:
            self.due.clear()  # a journal keeps them
            return
        self._handing_over = True
        try:
            while self.due:
                self._give(self.due[0])
                event = self.due.popleft()
                if self._journal is not None:
                    self._journal.forget_event(event)
        finally:
            self._handing_over = False

    def _give(self, event: DomainEvent) -> None:
        """Call the handlers, but for those that were called with the event before one raised."""
        while self._given < len(self._handlers):
            self._handlers[self._given](event)
            self._given += 1
        self._given = 0


def refuse_unsendable(entity: Entity, recorded: Recorded) -> None:
    """Make sure that an event has a JSON form.

    Raises:
        InvalidRequestError: if it has none.
    """
    try:
        _handed_over(entity, recorded).data  # noqa: B018 - it is made to see whether that is possible
    except UnsendableError as error:
        raise InvalidRequestError(
            f"{entity!r} records {type(recorded.event).__name__}, which the journal cannot keep: {error}"
        ) from error


def _by_entity(plan: Plan) -> dict[int, Operation]:
    """By `id()`, the operation of each entity, one with a request of its own or folded into another's."""
    found = {id(folded.entity): one for one in plan for folded in one.folded}
    return {**found, **{id(one.entity): one for one in plan}}


def _handed_over(entity: Entity, recorded: Recorded) -> DomainEvent:
    return DomainEvent(
        recorded.id,
        type(recorded.event).__name__,
        entity.__resource__.name,
        state_of(entity).identity,
        recorded.recorded_at,
        recorded.event,
    )
