"""Criteria compiled to SQL over the documents of a mirror.

A clause never loses a match. It is exact if each path in it has a declared single value; otherwise it is weaker, and the
documents that it selects must still be tested.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.errors import CompileError
from contacthub_orm.mirror.paths import Kind, Place, place_of
from contacthub_orm.mirror.store import instant
from contacthub_orm.orm.criteria.criteria import Comparison, Conjunction, Criterion
from contacthub_orm.orm.criteria.criteria import Kind as Joined
from contacthub_orm.orm.criteria.operators import Operator
from contacthub_orm.orm.criteria.set_operations import Combination, SetOperation
from contacthub_orm.orm.wire.ordering import is_instant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.mirror.store import Table
    from contacthub_orm.orm.criteria.expressions import Ordering

__all__ = ["Clause", "compile_criterion", "compile_order"]

_MOST_PARAMETERS: Final = 30_000
_MOST_VALUES: Final = 100
"""Values of one IN, of which more are sent as a JSON list."""

_INT64: Final = 2**63

_COMPARED: Final = {Operator.GT: ">", Operator.GTE: ">=", Operator.LT: "<", Operator.LTE: "<="}


@attrs.frozen
class Clause:
    """A condition in SQL.

    Attributes:
        sql: the condition; where it is null, it does not hold.
        parameters: the values of its question marks.
        exact: whether it holds for matches only.
    """

    sql: str
    parameters: tuple[Any, ...] = ()
    exact: bool = True


_ALL: Final = Clause("true", exact=False)


def compile_criterion(table: Table, criterion: Criterion) -> Clause:
    """The clause of a criterion.

    Raises:
        CompileError: if only the service can check it.
    """
    clause = _compile(table, criterion)
    return clause if len(clause.parameters) <= _MOST_PARAMETERS else _ALL


def compile_order(table: Table, order: Sequence[Ordering]) -> str:
    """The sort keys in SQL; what is null comes last, and equal rows are sorted by id.

    Raises:
        CompileError: if a key may be a list, as it is not declared.
    """
    keys: list[str] = []
    for key in order:
        place = place_of(table, key.owner, key.path)
        if place is None:
            raise CompileError(
                f"order_by: {key.attribute} is not declared as a single value, so a mirror cannot sort by it"
            )
        keys += [f"{place.sql} is null", f"{place.sql} {'desc' if key.descending else 'asc'}"]
    return ", ".join([*keys, "id"])


def _compile(table: Table, criterion: Criterion) -> Clause:
    if isinstance(criterion, Comparison):
        return _comparison(table, criterion)
    if isinstance(criterion, Conjunction):
        parts = [_compile(table, part) for part in criterion.parts]
        return _joined("and" if criterion.kind is Joined.AND else "or", parts)
    if isinstance(criterion, Combination):
        first, *others = (_compile(table, part) for part in criterion.parts)
        if criterion.operation is SetOperation.UNION:
            return _joined("or", [first, *others])
        if criterion.operation is SetOperation.INTERSECT:
            return _joined("and", [first, *others])
        return _joined("and", [first, *map(_complement, others)])
    raise CompileError(f"{criterion} asks for more than a mirror's rows tell: only the service can answer")


def _joined(word: str, parts: Sequence[Clause]) -> Clause:
    """Clauses joined in a balanced tree: SQLite limits how deep an expression is."""
    if not parts:
        return Clause("true" if word == "and" else "false")
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    left, right = _joined(word, parts[:middle]), _joined(word, parts[middle:])
    return Clause(
        f"({left.sql} {word} {right.sql})",
        left.parameters + right.parameters,
        exact=left.exact and right.exact,
    )


def _complement(part: Clause) -> Clause:
    return Clause(f"not coalesce({part.sql}, false)", part.parameters) if part.exact else _ALL


def _comparison(table: Table, comparison: Comparison) -> Clause:
    place = place_of(table, comparison.owner, comparison.path)
    operator, value = comparison.operator, comparison.value
    if place is None:
        return _ALL
    if operator is Operator.IS_NULL:
        return Clause(f"{place.stored} is null")
    if operator is Operator.IS_NOT_NULL:
        return Clause(f"{place.stored} is not null")
    values = [_value(place, one) for one in (value if isinstance(value, list) else [value])]
    return _ALL if any(one is None for one in values) else _compared(place, operator, values)


def _compared(place: Place, operator: Operator, values: list[Any]) -> Clause:
    if operator is Operator.BETWEEN:
        return Clause(f"({place.sql} >= ? and {place.sql} <= ?)", tuple(values))
    if operator in _COMPARED:
        return Clause(f"{place.sql} {_COMPARED[operator]} ?", tuple(values))
    if len(values) == 1:
        sign = "=" if operator in (Operator.EQUALS, Operator.IN) else "is not"
        return Clause(f"{place.sql} {sign} ?", tuple(values))
    return _membership(place, operator, values)


def _membership(place: Place, operator: Operator, values: list[Any]) -> Clause:
    if len(values) > _MOST_VALUES:
        choices, parameters = "select value from json_each(?)", (json.dumps(values),)
    else:
        choices, parameters = ", ".join("?" * len(values)), tuple(values)
    if operator in (Operator.EQUALS, Operator.IN):
        return Clause(f"{place.sql} in ({choices})", parameters)
    return Clause(f"({place.sql} is null or {place.sql} not in ({choices}))", parameters)


def _value(place: Place, value: Any) -> Any:
    """What the stored value is compared with; None if SQLite would compare it otherwise than this library."""
    if place.kind is Kind.INSTANT:
        return instant(value) if is_instant(value) else None
    if isinstance(value, bool):
        return int(value) if place.kind is Kind.FLAG else None
    if isinstance(value, int | float):
        return value if place.kind is Kind.NUMBER and -_INT64 <= value < _INT64 else None
    if isinstance(value, str) and place.kind is Kind.TEXT:
        return value if not is_instant(value) and _is_plain(value) else None
    return None


def _is_plain(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= one <= "\udfff" for one in text)
