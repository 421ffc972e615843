"""Criteria in the form of Python, read from a command line.

The text is parsed into a syntax tree, and the tree is walked: only names of classes, attributes of expressions, comparisons,
literals and the few functions named here mean something. Nothing is evaluated as code.
"""

from __future__ import annotations

import ast
import operator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NoReturn

from contacthub_orm import Criterion, and_, between_, did, in_, is_null, not_, not_in_, or_
from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria.expressions import DynamicExpression, Ordering, is_expression
from contacthub_orm.suggestions import suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Criteria"]

LONGEST: Final = 20_000

_FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "and_": and_,
    "between_": between_,
    "date": date,
    "datetime": datetime,
    "did": did,
    "in_": in_,
    "is_null": is_null,
    "not_": not_,
    "not_in_": not_in_,
    "or_": or_,
    "timedelta": timedelta,
    "today": date.today,
}
_METHODS: Final = frozenset(
    {"asc", "between", "between_", "contains", "desc", "in_", "is_", "is_not", "is_not_null", "is_null"}
    | {"not_in", "not_in_"}
)
_COMPARISONS: Final[Mapping[Any, Callable[..., Any]]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Is: operator.eq,
    ast.IsNot: operator.ne,
}
_OPERATIONS: Final[Mapping[Any, Callable[..., Any]]] = {
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.Add: operator.add,
    ast.Sub: operator.sub,
}


class Criteria:
    """Reads criteria that speak of some classes.

    Args:
        classes: the classes by the names that a criterion may use.

    Attributes:
        roots: the classes that the texts read so far speak of, but for those inside of `did`.
    """

    def __init__(self, classes: Mapping[str, type]) -> None:
        self._classes = classes
        self._inside_did = 0
        self.roots: list[type] = []

    def criterion(self, text: str) -> Criterion:
        """Read a criterion, such as `Customer.base.lastName == "Wayne"`.

        Raises:
            CompileError: if it is none; the message says where.
        """
        found = self._read(text)
        if not isinstance(found, Criterion):
            raise CompileError(f'{text!r} is no criterion, such as Customer.base.lastName == "Wayne"')
        return found

    def ordering(self, text: str) -> Any:
        """Read what rows are sorted by: `Customer.base.lastName`, or `Customer.base.lastName.desc()`.

        Raises:
            CompileError: if it is none.
        """
        found = self._read(text)
        if not isinstance(found, Ordering) and not is_expression(found):
            raise CompileError(f"{text!r} is no attribute, such as Customer.base.lastName.desc()")
        return found

    def _read(self, text: str) -> Any:
        if len(text) > LONGEST:
            raise CompileError(f"a criterion has at most {LONGEST} characters, got {len(text)}")
        try:
            return self._value(ast.parse(text.strip(), mode="eval").body)
        except (SyntaxError, ValueError) as error:
            raise CompileError(f"{text!r} is not in the form of Python: {error}") from None
        except (RecursionError, MemoryError):
            raise CompileError("the criterion is nested too deeply") from None
        except (TypeError, AttributeError, OverflowError) as error:
            raise CompileError(f"{text!r}: {error}") from None

    def _value(self, node: ast.expr) -> Any:
        match node:
            case ast.Constant(value=str() | bool() | int() | float() | None as value):
                return value
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                return [self._value(one) for one in elements]
            case ast.Name(id=name):
                return self._class(name)
            case ast.Call():
                return self._call(node)
            case ast.Attribute() | ast.Subscript():
                return self._path(node)
            case _:
                return self._operation(node)

    def _path(self, node: ast.Attribute | ast.Subscript) -> Any:
        value = self._value(node.value)
        match node:
            case ast.Attribute(attr=name):
                return self._attribute(value, name, node)
            case ast.Subscript(slice=ast.Constant(value=str() as key)) if isinstance(
                value, DynamicExpression
            ):
                return value[key]
            case _:
                return self._refuse(node)

    def _operation(self, node: ast.expr) -> Any:
        match node:
            case ast.Compare():
                return self._comparison(node)
            case ast.BoolOp(op=kind, values=values):
                join = and_ if isinstance(kind, ast.And) else or_
                return join(*map(self._condition, values))
            case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
                return ~self._condition(operand)
            case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
                return -number
            case ast.BinOp(left=left, op=kind, right=right) if type(kind) in _OPERATIONS:
                return self._joined(type(kind), self._value(left), self._value(right), node)
            case _:
                return self._refuse(node)

    def _joined(self, kind: type[ast.operator], left: Any, right: Any, node: ast.expr) -> Any:
        """Two criteria, or a date and a span of time."""
        pair = (left, right)
        joins = kind in (ast.BitAnd, ast.BitOr)
        fits = Criterion if joins else (date, timedelta)
        if not all(isinstance(one, fits) for one in pair):
            self._refuse(node)
        return _OPERATIONS[kind](left, right)

    def _condition(self, node: ast.expr) -> Criterion:
        found = self._value(node)
        if not isinstance(found, Criterion):
            self._refuse(node)
        return found

    def _comparison(self, node: ast.Compare) -> Any:
        values = [self._value(one) for one in (node.left, *node.comparators)]
        found = [
            self._compared(kind, left, right, node)
            for kind, left, right in zip(node.ops, values[:-1], values[1:], strict=True)
        ]
        return found[0] if len(found) == 1 else and_(*found)

    def _compared(self, kind: ast.cmpop, left: Any, right: Any, node: ast.expr) -> Criterion:
        needs_none = isinstance(kind, ast.Is | ast.IsNot)
        if not any(map(is_expression, (left, right))) or (needs_none and not _is_none(right)):
            self._refuse(node)
        if isinstance(kind, ast.In | ast.NotIn):
            among = self._among(left, right)
            return ~among if isinstance(kind, ast.NotIn) else among
        found: Criterion = _COMPARISONS[type(kind)](left, right)
        return found

    @staticmethod
    def _among(left: Any, right: Any) -> Criterion:
        """An attribute is one of some values, or a list holds a value."""
        found: Criterion = left.in_(right) if is_expression(left) else in_(left, right)
        return found

    def _class(self, name: str) -> type:
        found = self._classes.get(name)
        if found is None:
            raise CompileError(f"there is no class {name!r}{suggestion(name, self._classes)}")
        if not self._inside_did and found not in self.roots:
            self.roots.append(found)
        return found

    def _attribute(self, value: Any, name: str, node: ast.expr) -> Any:
        if name.startswith("_"):
            self._refuse(node)
        if isinstance(value, type) and value in self._classes.values():
            found = getattr(value, name, None)
            if is_expression(found):
                return found
            raise CompileError(
                f"{value.__name__} has no attribute {name!r} that can be asked for"
                f"{suggestion(name, value.__attributes__)}"  # type: ignore[attr-defined]
            )
        if not is_expression(value) or name in _METHODS:
            self._refuse(node)
        return getattr(value, name)

    def _call(self, node: ast.Call) -> Any:
        called = node.func
        if isinstance(called, ast.Name) and called.id in _FUNCTIONS:
            return self._result(_FUNCTIONS[called.id], node, inside_did=called.id == "did")
        if isinstance(called, ast.Attribute) and called.attr in _METHODS:
            value = self._value(called.value)
            if is_expression(value):
                return self._result(getattr(value, called.attr), node)
        return self._refuse(node)

    def _result(self, function: Callable[..., Any], node: ast.Call, *, inside_did: bool = False) -> Any:
        self._inside_did += inside_did
        try:
            arguments = [self._value(one) for one in node.args]
            named = {one.arg: self._value(one.value) for one in node.keywords if one.arg is not None}
            if len(named) < len(node.keywords):
                self._refuse(node)
            return function(*arguments, **named)
        finally:
            self._inside_did -= inside_did

    @staticmethod
    def _refuse(node: ast.expr) -> NoReturn:
        raise CompileError(
            f"{ast.unparse(node)}: a criterion is made of attributes, comparisons, literals, and, or, not, "
            f"{', '.join(sorted(_FUNCTIONS))}"
        )


def _is_none(value: Any) -> bool:
    return value is None  # by a call, since a type checker would take what is compared in place for None
