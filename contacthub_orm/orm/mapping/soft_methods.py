"""Methods that a JSON property of the same name hides, on objects whose keys are attributes."""

from __future__ import annotations

from types import MethodType
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["SoftClassMethod", "SoftMethod"]

O = TypeVar("O")  # noqa: E741 - an object
R = TypeVar("R")


class SoftMethod(Generic[O, R]):
    """Decorator for a method of a class whose instances hold properties as items: a property of its name hides it."""

    def __init__(self, function: Callable[[O], R]) -> None:
        self.function = function
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    if TYPE_CHECKING:

        def __get__(self, instance: O, owner: Any) -> Callable[[], R]: ...

    else:

        def __get__(self, instance, owner):
            if instance is None:
                return self.function
            return instance[self.name] if self.name in instance else MethodType(self.function, instance)

        def __set__(self, instance, value):
            instance[self.name] = value

        def __delete__(self, instance):
            del instance[self.name]


class SoftClassMethod(SoftMethod[Any, Any]):
    """The same for a class method, such as one that makes an instance."""

    if TYPE_CHECKING:

        def __get__(self, instance: None, owner: type[O]) -> Callable[..., O]: ...

    else:

        def __get__(self, instance, owner):
            hidden = instance is not None and self.name in instance
            return instance[self.name] if hidden else MethodType(self.function, owner)
