"""Default criteria: what a class's `__criteria__` says of all its entities, wherever they are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.orm.criteria.criteria import ALWAYS, Criterion, and_
from contacthub_orm.orm.criteria.set_operations import service_condition
from contacthub_orm.orm.query.checks import check_criterion

if TYPE_CHECKING:
    from contacthub_orm.orm.entity.entity import Entity

__all__ = ["admits", "default_criterion"]


def default_criterion(entity: type[Entity]) -> Criterion:
    """The default criterion of a class: all that it and its bases declare as `__criteria__`.

    Raises:
        ConfigurationError: if one is no criterion, or one that only the service can check, since `get` checks it here.
        CompileError: if one is a criterion on another entity.
    """
    if not getattr(entity, "__default_criteria__", ()):  # what is no entity class is refused by who reads it
        return ALWAYS
    found = [one if isinstance(one, Criterion) else _made(entity, one) for one in entity.__default_criteria__]
    for criterion in found:
        check_criterion(entity, criterion)
        if (asked := service_condition(criterion)) is not None:
            raise ConfigurationError(f"{entity.__name__}.__criteria__: {criterion} {asked.why}")
    return and_(*found)


def admits(entity: type[Entity], row: Entity) -> bool:
    """Whether a row, as it stands in memory, satisfies the default criterion of the class that was asked for."""
    return not entity.__default_criteria__ or default_criterion(entity).matches(row)


def _made(entity: type[Entity], declared: object) -> Criterion:
    """The criterion that a function makes for a class, whose own attributes it may name."""
    criterion = declared(entity) if callable(declared) else declared
    if not isinstance(criterion, Criterion):
        raise ConfigurationError(
            f"{entity.__name__}.__criteria__ is a criterion, or a function that makes one for a class, got {criterion!r}"
        )
    return criterion
