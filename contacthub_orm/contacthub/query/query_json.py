"""Criteria compiled to the service's customer query, in the form that every source accepts.

It is a container with `name` and `query`, without names inside, and without `value` for IS_NULL and IS_NOT_NULL. Each
operator compiles to one of the service's. The current reference says only that `query` is a string; the schema beside the
swagger 1.39 and the requests of the SDKs show the language.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.contacthub.query.did import Did
from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria.criteria import (
    ALWAYS,
    NEVER,
    Comparison,
    Conjunction,
    Criterion,
    Kind,
    and_,
    or_,
)
from contacthub_orm.orm.criteria.set_operations import Combination, SetOperation, is_condition

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.criteria.expressions import Ordering

__all__ = ["query_json", "sort_parameter"]

Json = dict[str, Any]

_EVERY_CUSTOMER: Final[Json] = {"type": "atomic", "attribute": "id", "operator": "IS_NOT_NULL"}
"""A condition that every customer satisfies, for EXCEPT to subtract from."""

_NO_CUSTOMER: Final[Json] = {"type": "atomic", "attribute": "id", "operator": "IS_NULL"}

_EVERY_EVENT: Final[Json] = {"type": "atomic", "attribute": "date", "operator": "IS_NOT_NULL"}
"""A condition that every event satisfies: the language's schema demands a condition and a timeframe."""

_SET_OPERATIONS: Final = {Kind.AND: SetOperation.INTERSECT, Kind.OR: SetOperation.UNION}
_JOINS: Final = {Kind.AND: and_, Kind.OR: or_}


def query_json(criterion: Criterion) -> Json | None:
    """The `query` parameter as a document, or None if the criterion holds for every customer.

    Raises:
        CompileError: if the query language has no form for the criterion.
    """
    return None if criterion == ALWAYS else {"name": "query", "query": _query(criterion)}


def _query(criterion: Criterion) -> Json:
    if is_condition(criterion):
        return {"type": "simple", "are": {"condition": _condition(criterion)}}
    if isinstance(criterion, Did):
        return {"type": "simple", "did": _did(criterion)}
    if isinstance(criterion, Combination):
        return _combined(criterion.operation, criterion.parts)
    if isinstance(criterion, Conjunction):
        return _combined(_SET_OPERATIONS[criterion.kind], _gathered(criterion))
    raise CompileError(f"{criterion}: {type(criterion).__name__} has no form in the query language")


def _combined(operation: SetOperation, parts: Iterable[Criterion]) -> Json:
    return {"type": "combined", "conjunction": operation.value, "queries": [_query(part) for part in parts]}


def _gathered(conjunction: Conjunction) -> list[Criterion]:
    """The parts of a conjunction, with neighbouring conditions joined so that they stay one simple query."""
    join = _JOINS[conjunction.kind]
    gathered: list[Criterion] = []
    for plain, group in groupby(conjunction.parts, is_condition):
        parts = tuple(group)
        gathered.extend([join(*parts)] if plain else parts)
    return gathered


def _did(did: Did) -> Json:
    return {
        "event": {"name": did.event},
        "condition": _EVERY_EVENT if did.condition == ALWAYS else _condition(did.condition),
        "timeframe": _EVERY_EVENT if did.timeframe == ALWAYS else _condition(did.timeframe),
    }


def _condition(criterion: Criterion) -> Json:
    if isinstance(criterion, Comparison):
        return _atomic(criterion)
    if criterion == ALWAYS:
        return _EVERY_CUSTOMER
    if criterion == NEVER:
        return _NO_CUSTOMER
    if isinstance(criterion, Conjunction):
        conditions = [_condition(part) for part in criterion.parts]
        return {"type": "composite", "conjunction": criterion.kind.value, "conditions": conditions}
    raise CompileError(f"{criterion}: {type(criterion).__name__} has no form inside a condition")


def _atomic(comparison: Comparison) -> Json:
    condition: Json = {
        "type": "atomic",
        "attribute": comparison.attribute,
        "operator": comparison.operator.value,
    }
    if comparison.operator.takes_value:
        condition["value"] = comparison.value
    return condition


def sort_parameter(order: Iterable[Ordering]) -> str | None:
    """The `sort` parameter, or None without an order.

    Raises:
        CompileError: if there are several keys; the sources on the service describe only one.
    """
    keys = list(order)
    if not keys:
        return None
    if len(keys) > 1:
        raise CompileError(
            f"order_by: the service sorts by one attribute, got {', '.join(key.attribute for key in keys)}"
        )
    return f"{keys[0].attribute},{'desc' if keys[0].descending else 'asc'}"
