"""Criteria on events, compiled to the parameters of the event list.

The route filters by equality on a few properties and by bounds on the date, and joins its filters with "and". It has no
other operator and no "or". Several types or contexts are one comma-separated list (swagger 1.51; the reference shows one
value).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria.criteria import ALWAYS, Comparison, Conjunction, Criterion, Kind, Operator
from contacthub_orm.orm.wire.conversion import parse_datetime

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

__all__ = ["event_parameters"]

_EQUAL: Final = ("customerId", "type", "context", "mode", "nodeId")
_SEVERAL: Final = ("type", "context")
_SUPPORTED: Final = (
    "an event query takes == on customerId, type, context, mode and nodeId, in_ on type and context, and >=, <= or between "
    "on date, joined by &"
)


def event_parameters(criterion: Criterion) -> dict[str, str]:
    """The parameters of an event search.

    Raises:
        CompileError: if the route has no parameters for the criterion.
    """
    parameters: dict[str, str] = {}
    for comparison in _conjuncts(criterion):
        for name, value in _parameters(comparison):
            if name == "dateFrom":
                parameters[name] = max(parameters.get(name, value), value, key=parse_datetime)
            elif name == "dateTo":
                parameters[name] = min(parameters.get(name, value), value, key=_end)
            elif parameters.setdefault(name, value) != value:
                raise CompileError(f"{comparison}: {name} has two values; {_SUPPORTED}")
    return parameters


def _conjuncts(criterion: Criterion) -> tuple[Comparison, ...]:
    if criterion == ALWAYS:
        return ()
    parts = criterion.parts if isinstance(criterion, Conjunction) else (criterion,)
    if isinstance(criterion, Conjunction) and criterion.kind is not Kind.AND:
        raise CompileError(f"{criterion}: {_SUPPORTED}")
    if not all(isinstance(part, Comparison) for part in parts):
        raise CompileError(f"{criterion}: {_SUPPORTED}")
    return tuple(part for part in parts if isinstance(part, Comparison))


def _parameters(comparison: Comparison) -> Iterator[tuple[str, str]]:
    name, operator, value = comparison.attribute, comparison.operator, comparison.value
    if value in ("", [""]):
        raise CompileError(f"{comparison}: the route takes an empty string for no filter at all")
    if name == "date":
        yield from _date_bounds(comparison, operator, value)
    elif operator is Operator.EQUALS and name in _EQUAL:
        yield name, str(value)
    elif operator is Operator.IN and name in _SEVERAL:
        yield name, ",".join(map(str, value))
    elif operator is Operator.IN and name in _EQUAL and len(value) == 1:
        yield name, str(value[0])
    else:
        raise CompileError(f"{comparison}: {_SUPPORTED}")


def _date_bounds(comparison: Comparison, operator: Operator, value: Any) -> Iterator[tuple[str, str]]:
    if operator is Operator.GTE:
        yield "dateFrom", str(value)
    elif operator is Operator.LTE:
        yield "dateTo", str(value)
    elif operator is Operator.BETWEEN:
        yield "dateFrom", str(value[0])
        yield "dateTo", str(value[1])
    else:
        raise CompileError(f"{comparison}: {_SUPPORTED}")


def _end(bound: str) -> datetime:
    """The instant of an upper bound. A date may stand for its whole day, so any instant of that day is the tighter."""
    return parse_datetime(f"{bound}T23:59:59.999" if len(bound) == len("YYYY-MM-DD") else bound)
