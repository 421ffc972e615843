"""Checks of the arguments that the methods of a query take."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import CompileError, InvalidRequestError
from contacthub_orm.orm.criteria.criteria import Criterion
from contacthub_orm.orm.criteria.expressions import Expression, Ordering
from contacthub_orm.orm.entity.entity import Entity
from contacthub_orm.orm.service.backend import check_class

if TYPE_CHECKING:
    from contacthub_orm.orm.service.backend import Backend

__all__ = ["check_criterion", "check_queryable", "natural", "ordering_of"]


def check_queryable(function: str, entity: Any, backend: Backend | None) -> None:
    """Check the argument of `query` or `select`.

    Args:
        function: which of them, for messages.
        entity: the argument.
        backend: the service, or None if it is not known yet.

    Raises:
        InvalidRequestError: if it is no entity class, lives below another, or is none of the service's.
    """
    if not (isinstance(entity, type) and issubclass(entity, Entity) and hasattr(entity, "__resource__")):
        raise InvalidRequestError(f"{function}() takes an entity class, got {entity!r}")
    if backend is not None:
        check_class(backend, entity)
    if entity.__parent__ is not None:
        raise InvalidRequestError(
            f"{entity.__name__} cannot be queried: read it through its {entity.__parent__.name} or by both ids, "
            f"session.get({entity.__name__}, (parent id, id))"
        )


def natural(name: str, value: int, *, least: int = 0) -> int:
    """Give back an argument that is an integer from `least` on.

    Raises:
        CompileError: if it is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        bound = "that is not negative" if least == 0 else f"from {least} on"
        raise CompileError(f"{name}: expected an integer {bound}, got {value!r}")
    return value


def check_criterion(entity: type[Entity], criterion: object) -> None:
    """Check an argument of `filter`.

    Raises:
        CompileError: if it is not a criterion, or is one on another entity.
    """
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
    """The sort key that an argument of `order_by` stands for: an attribute, or its `asc()` or `desc()`.

    Raises:
        CompileError: if it is neither, or belongs to another entity.
    """
    ordering = key.asc() if isinstance(key, Expression) else key
    if not isinstance(ordering, Ordering):
        raise CompileError(f"order_by: expected an attribute or its asc() or desc(), got {key!r}")
    if not issubclass(entity, ordering.owner):
        raise CompileError(f"order_by: {ordering.attribute} is not an attribute of {entity.__name__}")
    return ordering
