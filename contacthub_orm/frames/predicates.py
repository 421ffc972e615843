"""Filters of polars as criteria: what the service can be asked, so that it sends fewer rows.

Only a superset may be asked of it: every row that the filter keeps satisfies the criterion. The frame filters again, so a
criterion may let more rows pass, and what has none is left to the frame. See `frames.comparisons` for what may be asked.

The shape of an expression is read of its serialization, which polars does not promise to keep. What is not known there is
left to the frame.
"""
# pyright: reportMissingImports=false

from __future__ import annotations

import json
from io import StringIO
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.frames.comparisons import TYPES, compared
from contacthub_orm.frames.libraries import library
from contacthub_orm.frames.shapes import Items, Kind, Leaf
from contacthub_orm.orm.criteria.criteria import Criterion, and_, or_
from contacthub_orm.orm.criteria.expressions import Expression

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contacthub_orm.frames.shapes import Column
    from contacthub_orm.orm.entity.entity import Entity

__all__ = ["Predicates"]

_SIGNS: Final = {"Lt": "<", "LtEq": "<=", "Gt": ">", "GtEq": ">=", "Eq": "==", "NotEq": "!="}
_MIRRORED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_CLOSED: Final = {
    "Both": (">=", "<="),
    "Left": (">=", "<"),
    "Right": (">", "<="),
    "None": (">", "<"),
}


class Predicates:
    """Makes criteria of the filters on the rows of a class.

    Args:
        entity: the class.
        columns: the columns of its frame, by name.
    """

    def __init__(self, entity: type[Entity], columns: Mapping[str, Column]) -> None:
        self._entity = entity
        self._columns = columns

    def criteria(self, predicate: Any) -> list[Criterion]:
        """Criteria that all hold for every row that a filter keeps; none for a filter that the service cannot be asked.

        Args:
            predicate: a polars expression.
        """
        try:
            node = json.loads(predicate.meta.serialize(format="json"))
        except Exception:  # noqa: BLE001 - an expression that has no serialization, such as one with a Python function
            return []
        return [one for part in _conjuncts(node) if (one := self._criterion(part)) is not None]

    def _criterion(self, node: Any) -> Criterion | None:
        """The criterion for an expression, or None if the service cannot be asked it."""
        try:
            return self._read(node)
        except Exception:  # noqa: BLE001 - a value that the attribute cannot have, or a form of another polars
            return None

    def _read(self, node: Any) -> Criterion | None:
        [(kind, body)] = node.items()
        if kind == "Column":
            return self._compared(body, "==", value=True)
        if kind == "BinaryExpr":
            return self._of_operator(body["op"], body["left"], body["right"])
        return self._of_function(body["function"], body["input"]) if kind == "Function" else None

    def _of_operator(self, sign: str, left: Any, right: Any) -> Criterion | None:
        if sign.removeprefix("Logical") in ("And", "Or"):
            parts = [self._criterion(one) for one in (left, right)]
            known = [one for one in parts if one is not None]
            if sign.endswith("And"):
                return and_(*known) if known else None
            return or_(*known) if len(known) == len(parts) else None
        comparison = _SIGNS[sign]
        if "Literal" in left:
            comparison, left, right = _MIRRORED[comparison], right, left
        return self._compared(left["Column"], comparison, _literal(right))

    def _of_function(self, function: Any, inputs: list[Any]) -> Criterion | None:
        [(family, name)] = function.items()
        name, options = (name, {}) if isinstance(name, str) else next(iter(name.items()))
        column, values = inputs[0]["Column"], [_literal(one) for one in inputs[1:]]
        if (family, name) == ("ListExpr", "Contains"):
            return self._contains(column, values[0])
        return self._of_test(column, name, options, values) if family == "Boolean" else None

    def _of_test(self, column: str, name: str, options: Any, values: list[Any]) -> Criterion | None:
        match name:
            case "IsNull":
                return self._expression(column).is_(None)
            case "IsNotNull":
                return self._expression(column).is_not(None)
            case "Not":
                return self._compared(column, "==", value=False)
            case "IsIn" if not options["nulls_equal"]:
                return self._is_in(column, [one for one in values[0] if one is not None])
            case "IsBetween":
                bounds = zip(_CLOSED[options["closed"]], values, strict=True)
                parts = [self._compared(column, sign, value) for sign, value in bounds]
                known = [one for one in parts if one is not None]
                return and_(*known) if known else None
        return None

    def _is_in(self, name: str, values: list[Any]) -> Criterion | None:
        found = [self._compared(name, "==", one) for one in values]
        known = [one for one in found if one is not None]
        if len(known) < len(found):
            return None
        is_equal = self._kind(name) not in (Kind.DATE, Kind.INSTANT)
        return self._expression(name).in_(values) if is_equal else or_(*known)

    def _contains(self, name: str, value: Any) -> Criterion | None:
        column = self._columns[name]
        element = column.shape.element if isinstance(column.shape, Items) else None
        is_text = isinstance(element, Leaf) and element.kind in (Kind.TEXT, Kind.CHOICE)
        if not is_text or not isinstance(value, str):
            return None
        return Expression(self._entity, column.path, list[Any]).contains(value)

    def _compared(self, name: str, sign: str, value: Any) -> Criterion | None:
        return compared(self._expression(name), self._kind(name), sign, value)

    def _kind(self, name: str) -> Kind:
        shape = self._columns[name].shape
        return shape.kind if isinstance(shape, Leaf) else Kind.JSON

    def _expression(self, name: str) -> Expression[Any]:
        """The expression of a column of single values.

        Raises:
            KeyError: if it is none: the service and a frame do not mean the same by a missing list or object.
        """
        column = self._columns[name]
        if self._kind(name) not in TYPES or not isinstance(column.shape, Leaf):
            raise KeyError(name)
        return Expression(self._entity, column.path, column.shape.declared)


def _conjuncts(node: Any) -> Iterator[Any]:
    """The parts of a filter that all hold."""
    body = node.get("BinaryExpr") if isinstance(node, dict) else None
    if isinstance(body, dict) and body.get("op") in ("And", "LogicalAnd"):
        yield from _conjuncts(body["left"])
        yield from _conjuncts(body["right"])
    else:
        yield node


def _literal(node: Any) -> Any:
    """The value of a literal, which polars itself reads.

    Raises:
        KeyError: if the expression is none.
    """
    polars = library("polars")
    literal = {"Literal": node["Literal"]}
    expression = polars.Expr.deserialize(StringIO(json.dumps(literal)), format="json")
    return polars.select(expression).to_series()[0]
