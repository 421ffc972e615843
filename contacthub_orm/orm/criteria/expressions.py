"""Attributes read on a class: query expressions such as `Book.publisher.city.name == "Bath"`.

`Expression` stands for one value, `EmbeddedExpression` for an embedded object, whose own attributes continue
the path, `DynamicExpression` for anything below an object that declares nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, Generic, NoReturn, Protocol, TypeGuard, TypeVar

import attrs

from contacthub_orm.errors import CompileError, UnknownAttributeError, message_of
from contacthub_orm.orm.criteria.criteria import Comparison, Criterion, and_, or_
from contacthub_orm.orm.criteria.operators import Operator
from contacthub_orm.orm.criteria.set_operations import OpenComparison
from contacthub_orm.orm.criteria.sql_habits import ON_ATTRIBUTES, habit_error
from contacthub_orm.orm.wire.conversion import dump, unsendable
from contacthub_orm.orm.wire.types import accepts, describe, is_list, may_be_list, shown
from contacthub_orm.suggestions import unknown_attribute

__all__ = [
    "DynamicExpression",
    "EmbeddedExpression",
    "Expression",
    "Ordering",
    "between_",
    "in_",
    "is_expression",
    "is_null",
    "not_in_",
    "owner_of",
    "path_of",
]

T = TypeVar("T")

_ASKED_WITH = "is a list: ask what it holds with contains or in_"


class DeclaredAttribute(Protocol):
    """What an expression needs of an attribute that a class declares."""

    @property
    def key(self) -> str:
        """The JSON key of the attribute."""
        ...

    def expression(self, owner: type, path: tuple[str, ...]) -> Any:
        """The expression for the attribute, at a path that starts from `owner`."""
        ...


@attrs.frozen
class Ordering:
    """A sort key: `Book.title.asc()`."""

    owner: type
    path: tuple[str, ...]
    descending: bool = False

    @property
    def attribute(self) -> str:
        """The path in the form that the service takes, its keys joined by dots."""
        return ".".join(self.path)

    def __str__(self) -> str:
        return f"{self.attribute} {'desc' if self.descending else 'asc'}"


class Expression(Generic[T]):
    """The value at a path of an entity class, to be compared in a criterion.

    Every method that takes a value to compare with checks it at once against the attribute's declared type,
    and raises CompileError if the comparison could never be sent.
    """

    __slots__ = ("_declared", "_owner", "_path")

    def __init__(self, owner: type, path: tuple[str, ...], declared: Any = Any) -> None:
        self._owner = owner
        self._path = path
        self._declared = declared

    def __eq__(self, other: object) -> Criterion:  # type: ignore[override]
        if other is None:
            return self.is_(None)
        return self._compare(Operator.EQUALS, other)

    def __ne__(self, other: object) -> Criterion:  # type: ignore[override]
        if other is None:
            return self.is_not(None)
        return self._compare(Operator.NOT_EQUALS, other)

    def __lt__(self, other: Any) -> Criterion:
        return self._compare(Operator.LT, other)

    def __le__(self, other: Any) -> Criterion:
        return self._compare(Operator.LTE, other)

    def __gt__(self, other: Any) -> Criterion:
        return self._compare(Operator.GT, other)

    def __ge__(self, other: Any) -> Criterion:
        return self._compare(Operator.GTE, other)

    def __hash__(self) -> int:
        return hash((self._owner, self._path))

    def __bool__(self) -> NoReturn:
        raise TypeError(f"{self} has no truth value: compare it, as in {self} == value")

    if not TYPE_CHECKING:  # a checker that saw this would let any name pass

        def __getattr__(self, name):
            if name.startswith("_"):
                raise AttributeError(name)
            habit = habit_error(str(self), name, ON_ATTRIBUTES)
            raise habit or UnknownAttributeError(f"{self}.{name}: {self} {self._why_it_ends()}")

    def _why_it_ends(self) -> str:
        if is_list(self._declared):
            return (
                "is a list, and no source tells how a path leads into one: "
                "ask what it holds with contains, filter the rows in this process, or write the query with raw()"
            )
        return f"is {describe(self._declared)}, which has no attributes"

    def is_(self, other: None) -> Criterion:
        """IS_NULL: the value is absent or null."""
        self._only_none("is_", other)
        return self._comparison(Operator.IS_NULL)

    def is_not(self, other: None) -> Criterion:
        """IS_NOT_NULL: there is a value."""
        self._only_none("is_not", other)
        return self._comparison(Operator.IS_NOT_NULL)

    def is_null(self) -> Criterion:
        """IS_NULL, as `is_(None)`."""
        return self.is_(None)

    def is_not_null(self) -> Criterion:
        """IS_NOT_NULL, as `is_not(None)`."""
        return self.is_not(None)

    def in_(self, values: Iterable[Any]) -> Criterion:
        """The value is one of `values`, or a list holds one of them. Without values, nothing matches."""
        wanted = self._values("in_", values)
        if is_list(self._declared):
            return or_(*(self.contains(value) for value in wanted))
        return self._membership(Operator.IN, wanted) if wanted else or_()

    def not_in(self, values: Iterable[Any]) -> Criterion:
        """The exact complement of `in_`."""
        wanted = self._values("not_in", values)
        if is_list(self._declared):
            return ~or_(*(self.contains(value) for value in wanted))
        return self._membership(Operator.NOT_IN, wanted) if wanted else and_()

    not_in_ = not_in

    def contains(self, value: Any) -> Criterion:
        """A list attribute holds `value`: IN with one value, as the Python SDK's documentation uses it."""
        if not is_list(self._declared) and self._declared is not Any:
            self._refuse(f"contains({shown(value)})", "is not a list; compare it with == or in_")
        return self._comparison(Operator.IN, self._scalar("contains", value))

    def between(self, low: Any, high: Any) -> Criterion:
        """The value lies between both bounds, which are included."""
        if is_list(self._declared):
            self._refuse("between", _ASKED_WITH)
        bounds = [self._scalar("between", low), self._scalar("between", high)]
        return self._comparison(Operator.BETWEEN, bounds)

    between_ = between

    def asc(self) -> Ordering:
        """Sort by this value, smallest first."""
        return Ordering(self._owner, self._path)

    def desc(self) -> Ordering:
        """Sort by this value, largest first."""
        return Ordering(self._owner, self._path, descending=True)

    def _compare(self, operator: Operator, value: Any) -> Criterion:
        if is_list(self._declared):
            self._refuse(f"{operator} {shown(value)}", _ASKED_WITH)
        return self._comparison(operator, self._scalar(operator, value))

    def _membership(self, operator: Operator, values: list[Any]) -> Criterion:
        return self._comparison(operator, [self._scalar(operator, value) for value in values])

    def _comparison(self, operator: Operator, value: Any = None) -> Comparison:
        kind = OpenComparison if may_be_list(self._declared) else Comparison
        return kind(self._owner, self._path, operator, value)

    def _values(self, operation: str, values: Iterable[Any]) -> list[Any]:
        if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
            self._refuse(f"{operation}({shown(values)})", "takes a list of values")
        return list(values)

    def _accepts(self, value: Any) -> bool:
        return accepts(self._declared, value, in_list=True)

    def _dumped(self, value: Any) -> Any:
        return dump(value)

    def _wire(self, operation: str, value: Any) -> Any:
        if value is None:
            self._refuse(operation, "cannot be compared with None: use == None, is_(None) or is_not(None)")
        if not self._accepts(value):
            self._refuse(operation, f"holds {describe(self._declared)}, got {shown(value)}")
        try:
            return self._dumped(value)
        except TypeError as error:
            raise CompileError(f"{self} {operation}: {message_of(error)}") from None

    def _scalar(self, operation: str, value: Any) -> Any:
        wire = self._wire(operation, value)
        if not isinstance(wire, str | int | float | bool) or (isinstance(wire, float) and not isfinite(wire)):
            self._refuse(operation, f"compares with a string, a number or a date, got {shown(value)}")
        if (rule := unsendable(wire)) is not None:
            raise CompileError(f"{self} {operation}: the value {rule}")
        return wire

    def _only_none(self, operation: str, other: object) -> None:
        if other is not None:
            self._refuse(f"{operation}({shown(other)})", "takes None alone")

    def _refuse(self, operation: str, rule: str) -> NoReturn:
        raise CompileError(f"{self} {operation}: {self} {rule}")

    def __str__(self) -> str:
        return f"{self._owner.__name__}.{'.'.join(self._path)}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class EmbeddedExpression:
    """An embedded object of an entity class: its attributes are expressions, it compares with None only."""

    __slots__ = ("_owner", "_path", "_target")

    def __init__(self, owner: type, path: tuple[str, ...], target: type) -> None:
        self._owner = owner
        self._path = path
        self._target = target

    def __getattr__(self, name: str) -> Any:
        attributes: Mapping[str, DeclaredAttribute] = self._target.__attributes__  # type: ignore[attr-defined]
        attribute = attributes.get(name)
        if attribute is None:
            if name.startswith("__"):
                raise AttributeError(name)
            if (own := self._target.__own_names__.get(name)) is not None:  # type: ignore[attr-defined]
                return own.asked_at(self._owner, self._path, self._target)
            raise habit_error(str(self), name, ON_ATTRIBUTES) or unknown_attribute(
                str(self), name, attributes
            )
        return attribute.expression(self._owner, (*self._path, attribute.key))

    def __dir__(self) -> list[str]:
        """The declared attributes, for completion."""
        return sorted({*self._target.__attributes__, *self._target.__own_names__})  # type: ignore[attr-defined]

    def __eq__(self, other: object) -> Criterion:  # type: ignore[override]
        return self._null_only(Operator.IS_NULL, "==", other)

    def __ne__(self, other: object) -> Criterion:  # type: ignore[override]
        return self._null_only(Operator.IS_NOT_NULL, "!=", other)

    def __hash__(self) -> int:
        return hash((self._owner, self._path))

    def __bool__(self) -> NoReturn:
        raise TypeError(f"{self} has no truth value: ask is_null({self})")

    def __lt__(self, other: object) -> NoReturn:
        self._refuse("<", other)

    def __le__(self, other: object) -> NoReturn:
        self._refuse("<=", other)

    def __gt__(self, other: object) -> NoReturn:
        self._refuse(">", other)

    def __ge__(self, other: object) -> NoReturn:
        self._refuse(">=", other)

    def _null_only(self, operator: Operator, sign: str, other: object) -> Criterion:
        if other is not None:
            self._refuse(sign, other)
        return Comparison(self._owner, self._path, operator)

    def _refuse(self, sign: str, other: object) -> NoReturn:
        raise CompileError(
            f"{self} {sign} {shown(other)}: {self} is an object, compare its attributes or None"
        )

    def __str__(self) -> str:
        return f"{self._owner.__name__}.{'.'.join(self._path)}"

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self}>"


class DynamicExpression(Expression[Any]):
    """A path below an object without declared attributes: any name or item continues it."""

    __slots__ = ()

    def __getattr__(self, name: str) -> DynamicExpression:
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    if not TYPE_CHECKING:  # checkers refuse the call by themselves

        def __call__(self, *_, **__):  # noqa: D102 - a refusal
            place, _, name = str(self).rpartition(".")
            raise habit_error(place, name, ON_ATTRIBUTES) or CompileError(
                f"{self}(...): an attribute below an object that declares nothing is no function"
            )

    __iter__ = None  # refuses `in` and loops, which would ask for item 0, item 1 and so on

    def __getitem__(self, key: str) -> DynamicExpression:
        if not isinstance(key, str) or not key or "." in key:
            raise CompileError(f"{self}[{shown(key)}]: a path is made of names without a dot")
        if (rule := unsendable(key)) is not None:
            raise CompileError(f"{self}[{shown(key)}]: a name {rule}")
        return DynamicExpression(self._owner, (*self._path, key))


# -- for other modules: functions and not methods, since an expression's names are those of the user's attributes ------


def is_expression(value: object) -> TypeGuard[Expression[Any] | EmbeddedExpression]:
    """Whether a value is an attribute read on a class."""
    return isinstance(value, Expression | EmbeddedExpression)


def path_of(expression: Expression[Any] | EmbeddedExpression) -> tuple[str, ...]:
    """The JSON keys that lead from the document's root to the value."""
    return expression._path


def owner_of(expression: Expression[Any] | EmbeddedExpression) -> type:
    """The class that the path starts from."""
    return expression._owner


def in_(value: Any, list_attribute: Any) -> Criterion:
    """A list attribute holds a value; an attribute that is not a list equals it.

    Args:
        value: the value, or several, of which one is enough.
        list_attribute: the attribute.

    Raises:
        CompileError: if it is not an attribute of an entity class, or cannot have the value.
    """
    expression = _expression("in_", list_attribute)
    if isinstance(value, list | tuple | set | frozenset):
        return expression.in_(value)
    return expression.contains(value) if is_list(expression._declared) else expression.in_([value])


def not_in_(value: Any, list_attribute: Any) -> Criterion:
    """The exact complement of `in_(value, list_attribute)`.

    Raises:
        CompileError: if it is not an attribute of an entity class, or cannot have the value.
    """
    return ~in_(value, list_attribute)


def between_(attribute: Any, value1: Any, value2: Any) -> Criterion:
    """The attribute lies between two values, which are included.

    Raises:
        CompileError: if it is not an attribute of an entity class, is a list, or cannot have one of the
            values.
    """
    return _expression("between_", attribute).between(value1, value2)


def is_null(attribute: Any) -> Criterion:
    """The attribute or embedded object is absent or null; `~is_null(...)` says that it is not.

    Raises:
        CompileError: if it is not an attribute of an entity class.
    """
    if isinstance(attribute, EmbeddedExpression):
        return attribute == None  # noqa: E711 - builds a criterion
    return _expression("is_null", attribute).is_(None)


def _expression(function: str, attribute: Any) -> Expression[Any]:
    if not isinstance(attribute, Expression):
        raise CompileError(f"{function}: expected an attribute of an entity class, got {shown(attribute)}")
    return attribute
