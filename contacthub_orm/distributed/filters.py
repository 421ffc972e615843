"""Comparisons of an engine as criteria; the engine filters again, see `frames.comparisons`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import ContacthubError
from contacthub_orm.frames.comparisons import TYPES, compared
from contacthub_orm.frames.shapes import Leaf, columns_of, shape_of
from contacthub_orm.orm.criteria.criteria import or_
from contacthub_orm.orm.criteria.expressions import Expression

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.frames.shapes import Kind
    from contacthub_orm.orm.criteria.criteria import Criterion
    from contacthub_orm.orm.entity.entity import Entity

__all__ = ["criterion_for"]


def criterion_for(entity: type[Entity], path: Iterable[str], sign: str, value: Any) -> Criterion | None:
    """A criterion that holds for every row for which a comparison holds; None if the service cannot be asked it.

    Args:
        entity: the class.
        path: the column, as the names of nested fields.
        sign: `==`, `<`, `<=`, `>`, `>=`, `in`, `is null` or `is not null`.
        value: what it is compared with; for `in` several, an aware datetime for an instant.
    """
    column = next((one for one in columns_of(shape_of(entity)) if one.path == tuple(path)), None)
    if column is None or not isinstance(column.shape, Leaf) or column.shape.kind not in TYPES:
        return None
    expression: Expression[Any] = Expression(entity, column.path, column.shape.declared)
    try:
        return _criterion(expression, column.shape.kind, sign, value)
    except (ContacthubError, TypeError, ValueError, OverflowError):
        return None  # a value that the attribute cannot have


def _criterion(expression: Expression[Any], kind: Kind, sign: str, value: Any) -> Criterion | None:
    match sign:
        case "is null":
            return expression.is_(None)
        case "is not null":
            return expression.is_not(None)
        case "in":
            found = [compared(expression, kind, "==", one) for one in value if one is not None]
            known = [one for one in found if one is not None]
            return or_(*known) if known and len(known) == len(found) else None
    return compared(expression, kind, sign, value)
