"""The name that somebody meant who wrote another, for the messages of refusals."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, ParamSpec, TypeVar

from contacthub_orm.errors import UnknownAttributeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "nearest",
    "refuse_unknown_arguments",
    "suggesting",
    "suggestion",
    "suggests_arguments",
    "unknown_attribute",
]

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

_MOST_NAMED: Final = 10
"""How many arguments a message names, if none of them is near."""


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The name that is most like another, whatever the case; None if none is like it."""
    from difflib import get_close_matches  # only needed for an error

    by_lower_case = {one.lower(): one for one in names}
    found = get_close_matches(name.lower(), by_lower_case, n=1)
    return by_lower_case[found[0]] if found else None


def suggestion(name: str, names: Iterable[str]) -> str:
    """The end of a message about an unknown name: `; did you mean 'email'?`, or nothing if no name is near."""
    found = nearest(name, names)
    return "" if found is None else f"; did you mean {found!r}?"


def unknown_attribute(place: str, name: str, declared: Iterable[str]) -> UnknownAttributeError:
    """The error for an attribute that is not declared; its message suggests the nearest declared name."""
    return UnknownAttributeError(f"{place} declares no attribute {name!r}{suggestion(name, declared)}")


def refuse_unknown_arguments(function: Callable[..., Any], given: Iterable[str]) -> None:
    """Refuse keyword arguments that a function does not take, with the nearest that it takes.

    Raises:
        TypeError: if there is one.
    """
    parameters = inspect.signature(function).parameters.values()
    if any(one.kind is one.VAR_KEYWORD for one in parameters):
        return
    taken = [one.name for one in parameters if one.kind is not one.POSITIONAL_ONLY and one.name != "self"]
    for name in given:
        if name not in taken:
            named = f"; it takes {', '.join(taken)}" if len(taken) <= _MOST_NAMED else ""
            raise TypeError(
                f"{function.__qualname__}() got an unexpected keyword argument {name!r}"
                f"{suggestion(name, taken) or named}"
            ) from None


def suggesting(function: Callable[P, R]) -> Callable[P, R]:
    """Decorator: a keyword argument that a function does not take is refused with the nearest that it takes."""

    @wraps(function)
    def checked(*args: P.args, **named: P.kwargs) -> R:
        try:
            return function(*args, **named)
        except TypeError:
            refuse_unknown_arguments(function, named)
            raise

    return checked


def suggests_arguments(cls: type[T]) -> type[T]:
    """Decorator: the same for the constructor of a class."""
    setattr(cls, "__init__", suggesting(vars(cls)["__init__"]))  # noqa: B010 - checkers refuse an assignment
    return cls
