"""Computed attributes: a value that a method gives, and the expression that stands for it in queries."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Generic, Never, NoReturn, TypeVar, overload

from contacthub_orm.errors import CompileError
from contacthub_orm.orm.criteria.expressions import EmbeddedExpression, Expression
from contacthub_orm.orm.mapping.domain.own_names import OwnName

if TYPE_CHECKING:
    from collections.abc import Callable

    from contacthub_orm.orm.mapping.mapped import Mapped

__all__ = ["computed"]

T = TypeVar("T")
F = TypeVar("F", bound="Callable[..., Any]")


class computed(OwnName, Generic[T]):  # noqa: N801 - a decorator
    """Decorator: a method whose value reads as an attribute, which nobody writes or sends.

    ```
    @computed
    def is_gold(self) -> bool:
        return self.extended.points >= 100

    @is_gold.expression
    def _is_gold(cls): return cls.extended.points >= 100
    ```

    A query then takes `Member.is_gold`. Without an expression it raises CompileError, which names the attribute.
    """

    is_argument: ClassVar[bool] = False

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self.compute = compute
        self.ask: Callable[[Any], Any] | None = None
        self.__doc__ = compute.__doc__

    def expression(self, function: F) -> F:
        """Decorator: the function that gives the expression or criterion for queries; it is called with the class."""
        self.ask = function
        return function

    if TYPE_CHECKING:

        @overload
        def __get__(self, instance: None, owner: Any) -> Any: ...
        @overload
        def __get__(self, instance: object, owner: Any) -> T: ...
        def __get__(self, instance: object | None, owner: Any) -> Any: ...

    else:

        def __get__(self, instance, owner):
            if instance is not None:
                return self.compute(instance)
            return self.asked_at(owner, (), owner)

    def __set__(self, instance: object, value: Never) -> NoReturn:
        raise AttributeError(f"{type(instance).__name__}.{self.name} is computed, so it cannot be set")

    def asked_at(self, owner: type, path: tuple[str, ...], target: type[Mapped]) -> Any:
        """What the function for queries gives for the class, or for an object of it inside an entity."""
        if self.ask is None:
            return _Unasked(owner, (*path, self.name))
        return self.ask(EmbeddedExpression(owner, path, target) if path else owner)

    def paths(self) -> tuple[tuple[str, ...], ...]:
        """None: it is in no document."""
        return ()


class _Unasked(Expression[Any]):
    """A computed attribute without an expression: whatever a query asks of it is refused."""

    __slots__ = ()

    def _refused(self, *_: Any, **__: Any) -> NoReturn:
        raise CompileError(
            f"{self} is computed in this process: give it an expression for queries, with "
            f"@{self._path[-1]}.expression, or use filter_locally on what it is made of"
        )

    _comparison = _compare = _membership = _values = asc = desc = _refused
