"""`did`: customers by what they did."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

import attrs

from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.values.enums import EventType
from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria.criteria import ALWAYS, NEVER, Criterion, and_, level_above, within_depth
from contacthub_orm.orm.criteria.set_operations import Combination, ServiceCondition, is_condition
from contacthub_orm.orm.query.default_criteria import default_criterion

__all__ = ["Did", "did"]

Instant = date | datetime | str


@attrs.frozen(eq=True, slots=True)
class Did(ServiceCondition):
    """The entity has an event of a type that satisfies two criteria, `condition` and `timeframe`."""

    why: ClassVar[str] = "asks for events, which are not part of the rows"

    event: str
    condition: Criterion
    timeframe: Criterion
    depth: int = attrs.field(
        default=attrs.Factory(lambda self: level_above((self.condition, self.timeframe)), takes_self=True),
        eq=False,
        repr=False,
        validator=within_depth,
    )

    def __str__(self) -> str:
        conditions = and_(self.condition, self.timeframe)
        return f"did({self.event})" if conditions == ALWAYS else f"did({self.event}: {conditions})"


def did(
    event: type[Event] | EventType | str,
    *conditions: Criterion,
    between: tuple[Instant, Instant] | None = None,
) -> Criterion:
    """Customers who have an event of a type: `did(CompletedOrder, CompletedOrder.properties.orderId == "1")`.

    Args:
        event: the event's class or type.
        conditions: criteria on the event; one event must satisfy all of them.
        between: the first and the last time of the event's date, both included.

    Raises:
        CompileError: if the type is unknown, a criterion is not a condition on an event of this type, or `between` is not
            a pair.
    """
    name = _type_name(event)
    for condition in conditions:
        _check(name, condition)
    defaults = default_criterion(event) if isinstance(event, type) else ALWAYS
    condition = and_(defaults, *conditions)
    return NEVER if condition == NEVER else Did(name, condition, _timeframe(name, between))


def _timeframe(name: str, between: Any) -> Criterion:
    if between is None:
        return ALWAYS
    match between:
        case [first, last]:
            return Event.date.between(first, last)
        case _:
            raise CompileError(f"did({name}): between must be a first and a last instant, got {between!r}")


def _type_name(event: Any) -> str:
    if isinstance(event, type) and issubclass(event, Event) and event.__event_type__ is not None:
        return str(event.__event_type__)
    try:
        return EventType(event).value
    except ValueError:
        raise CompileError(f"did: {event!r} is not a type of event") from None


def _check(name: str, condition: object) -> None:
    if isinstance(condition, Combination):
        raise CompileError(
            f"did({name}): {condition} is a set operation, as the complement of an order comparison is where no class "
            "declares the property; a condition on events cannot hold it"
        )
    if not isinstance(condition, Criterion) or not is_condition(condition):
        raise CompileError(
            f"did({name}): expected a condition such as Event.properties.orderId == x, got {condition!r}"
        )
    for comparison in condition.comparisons():
        if not issubclass(comparison.owner, Event):
            raise CompileError(
                f"did({name}): {comparison} is a condition on {comparison.owner.__name__}, not on an event"
            )
        if comparison.owner.__event_type__ not in (None, name):
            raise CompileError(
                f"did({name}): {comparison} is a condition on {comparison.owner.__name__}, another type of event"
            )
