"""What a query refuses before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria.criteria import ALWAYS, Criterion
from contacthub_orm.orm.criteria.expressions import Expression, Ordering

if TYPE_CHECKING:
    from contacthub_orm.orm.criteria.set_operations import SetOperation
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.query.query import Query

__all__ = ["check_can_be_combined", "check_can_be_paged", "check_criterion", "natural", "ordering_of"]


def natural(name: str, value: int, *, least: int = 0) -> int:
    """The value, a whole number that is not less than `least`."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        bound = "that is not negative" if least == 0 else f"from {least} on"
        raise CompileError(f"{name}: expected a whole number {bound}, got {value!r}")
    return value


def check_criterion(entity: type[Entity], criterion: object) -> None:
    """Raise CompileError for what is no criterion on the entity."""
    if not isinstance(criterion, Criterion):
        raise CompileError(
            f"filter: expected a criterion such as {entity.__name__}.id == x, got {criterion!r}"
        )
    for comparison in criterion.comparisons():
        if not issubclass(entity, comparison.owner):
            raise CompileError(
                f"{comparison}: {comparison.owner.__name__}.{comparison.attribute} is not an attribute of "
                f"{entity.__name__}"
            )


def ordering_of(entity: type[Entity], key: Any) -> Ordering:
    """The sort key that was meant, an attribute or its `asc()` or `desc()`."""
    ordering = key.asc() if isinstance(key, Expression) else key
    if not isinstance(ordering, Ordering):
        raise CompileError(f"order_by: expected an attribute or its asc() or desc(), got {key!r}")
    if not issubclass(entity, ordering.owner):
        raise CompileError(f"order_by: {ordering.attribute} is not an attribute of {entity.__name__}")
    return ordering


def check_can_be_combined(operation: SetOperation, one: Query[Any], other: Query[Any]) -> None:
    """Raise CompileError where `other` cannot be combined with `one`, or the first has more than criteria."""
    limits = other.order or other.limited is not None or other.skipped
    if limits or other.json is not None or other.local != ALWAYS:
        raise CompileError(
            f"{operation}: {other} has an order, a limit, an offset, a local filter or a raw query; "
            "combine first, then add them"
        )
    if other.session.backend.place != one.session.backend.place:
        raise CompileError(f"{operation}: {one} and {other} ask two places, which no one query can")
    if other.entity.__resource__ != one.entity.__resource__:
        raise CompileError(f"{operation}: {one} and {other} are not of the same entities")


def check_can_be_paged(query: Query[Any]) -> None:
    """Raise CompileError where single pages of a query would mean something else than the query."""
    if query.limited is not None or query.skipped:
        raise CompileError(f"page: {query} has a limit or an offset, which a page is itself")
    if len(query.order) > 1:
        raise CompileError(
            f"page: {query} is sorted by several attributes, and the service cuts pages by the first alone"
        )
