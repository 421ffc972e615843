"""Criteria compiled to the service's customer query: the form every source accepts.

A container with `name` and `query`, no names inside, `value` left out for IS_NULL and IS_NOT_NULL. Operators compile one
to one. The current reference says only that `query` is a text; the language is known from the schema beside the
swagger 1.39 and from what the SDKs send.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria import ALWAYS, Comparison, Conjunction, Criterion, Operator

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.expressions import Ordering

__all__ = ["query_json", "sort_parameter"]

Json = dict[str, Any]

_WITHOUT_VALUE = (Operator.IS_NULL, Operator.IS_NOT_NULL)


def query_json(criterion: Criterion) -> Json | None:
    """The `query` parameter as a document; None where every customer is asked for."""
    if criterion == ALWAYS:
        return None
    return {"name": "query", "query": {"type": "simple", "are": {"condition": _condition(criterion)}}}


def _condition(criterion: Criterion) -> Json:
    if isinstance(criterion, Comparison):
        return _atomic(criterion)
    if isinstance(criterion, Conjunction):
        conditions = [_condition(part) for part in criterion.parts]
        return {"type": "composite", "conjunction": criterion.kind.value, "conditions": conditions}
    raise CompileError(f"{criterion}: {type(criterion).__name__} has no form in the query language")


def _atomic(comparison: Comparison) -> Json:
    condition: Json = {
        "type": "atomic",
        "attribute": comparison.attribute,
        "operator": comparison.operator.value,
    }
    if comparison.operator not in _WITHOUT_VALUE:
        condition["value"] = comparison.value
    return condition


def sort_parameter(order: Iterable[Ordering]) -> str | None:
    """The `sort` parameter; the service's sources know one key only, so several are refused."""
    keys = list(order)
    if not keys:
        return None
    if len(keys) > 1:
        raise CompileError(
            f"order_by: the service sorts by one attribute, got {', '.join(key.attribute for key in keys)}"
        )
    return f"{keys[0].attribute},{'desc' if keys[0].descending else 'asc'}"
