"""Value objects in criteria: compared whole, or by their fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from contacthub_orm.orm.criteria.criteria import Criterion, Operator, and_, or_
from contacthub_orm.orm.criteria.expressions import DynamicExpression, Expression
from contacthub_orm.orm.criteria.sql_habits import ON_ATTRIBUTES, habit_error
from contacthub_orm.orm.wire.coded import coded_class, is_registered
from contacthub_orm.orm.wire.conversion import without_none
from contacthub_orm.orm.wire.types import class_fields, shown
from contacthub_orm.suggestions import unknown_attribute

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from contacthub_orm.orm.wire.codecs import Codec

__all__ = ["CompositeExpression", "ValueExpression", "parts_of", "value_expression"]

T = TypeVar("T")


class ValueExpression(Expression[T]):
    """A value that JSON may show as an object: `Offer.price == Money(5, "EUR")`, `Offer.price.amount > 1`.

    Args:
        owner: the entity class.
        path: where the value is.
        declared: its type.
        codec: the codec of the attribute, or None if the type says how it is written.
    """

    __slots__ = ("_codec",)

    def __init__(
        self, owner: type, path: tuple[str, ...], declared: Any, codec: Codec[Any] | None = None
    ) -> None:
        super().__init__(owner, path, declared)
        self._codec = codec

    if TYPE_CHECKING:  # a checker cannot tell which names the value has

        def __getattr__(self, name: str) -> ValueExpression[Any]: ...

    else:

        def __getattr__(self, name):
            if name.startswith("_"):
                raise AttributeError(name)
            fields = None if self._codec is not None else class_fields(without_none(self._declared))
            path = (*self._path, name)
            if fields is None:  # the codec alone knows what the service holds
                return DynamicExpression(self._owner, path)
            if name in fields:
                return value_expression(self._owner, path, fields[name])
            raise habit_error(str(self), name, ON_ATTRIBUTES) or unknown_attribute(str(self), name, fields)

    def _accepts(self, value: Any) -> bool:
        return (
            super()._accepts(value) if self._codec is None else isinstance(value, coded_class(self._declared))
        )

    def _dumped(self, value: Any) -> Any:
        return super()._dumped(value) if self._codec is None else self._codec.dumped(value)

    def _compare(self, operator: Operator, value: Any) -> Criterion:
        wire = self._wire(operator, value)
        if not isinstance(wire, dict) or not wire:
            return super()._compare(operator, value)
        if operator not in (Operator.EQUALS, Operator.NOT_EQUALS):
            self._refuse(f"{operator} {shown(value)}", "is compared whole with == or !=, or by its fields")
        equal = and_(*_fields_equal(self._owner, self._path, wire))
        return equal if operator is Operator.EQUALS else ~equal

    def _membership(self, operator: Operator, values: list[Any]) -> Criterion:
        wires = [self._wire(operator, value) for value in values]
        if not any(isinstance(wire, dict) for wire in wires):
            return super()._membership(operator, values)
        found = or_(*(self._compare(Operator.EQUALS, value) for value in values))
        return found if operator is Operator.IN else ~found


def _fields_equal(owner: type, path: tuple[str, ...], wire: Mapping[str, Any]) -> Iterator[Criterion]:
    """The comparisons of the single values of an object with those of the wire."""
    for key, item in wire.items():
        if isinstance(item, dict) and item:
            yield from _fields_equal(owner, (*path, key), item)
        else:
            yield Expression(owner, (*path, key), type(item)) == item


class CompositeExpression(Generic[T]):
    """A value over several paths: it is equal if each of its parts is.

    Args:
        name: how messages name it.
        parts: the expression for each field.
        split: gives the values of the fields of a value.
    """

    __slots__ = ("_name", "_parts", "_split")

    def __init__(
        self, name: str, parts: Mapping[str, Any], split: Callable[[Any], Mapping[str, Any]]
    ) -> None:
        self._name = name
        self._parts = parts
        self._split = split

    def __eq__(self, other: object) -> Criterion:  # type: ignore[override]
        values = self._split(other)
        return and_(*(part == values[field] for field, part in self._parts.items()))

    def __ne__(self, other: object) -> Criterion:  # type: ignore[override]
        return ~(self == other)

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> NoReturn:
        raise TypeError(f"{self._name} has no truth value: compare it, as in {self._name} == value")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._parts:
            raise unknown_attribute(self._name, name, self._parts)
        return self._parts[name]

    def __repr__(self) -> str:
        return f"<CompositeExpression {self._name}>"


def parts_of(expression: CompositeExpression[Any]) -> list[Any]:
    """The expressions for the fields of a composite."""
    return list(expression._parts.values())  # noqa: SLF001 - its names are those of the fields


def value_expression(
    owner: type, path: tuple[str, ...], declared: Any, codec: Codec[Any] | None = None
) -> Expression[Any]:
    """The expression for a value of a declared type: one of a class has fields that a query can name."""
    kind = without_none(declared)
    if codec is None and class_fields(kind) is None and not is_registered(kind):
        return Expression(owner, path, declared)
    return ValueExpression(owner, path, declared, codec)
