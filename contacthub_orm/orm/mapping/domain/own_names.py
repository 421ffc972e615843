"""`OwnName`: a name of a class for something else than one JSON field, which a program reads, asks and may write."""

from __future__ import annotations

import inspect
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar

from contacthub_orm.errors import ConfigurationError

if TYPE_CHECKING:
    from contacthub_orm.orm.mapping.mapped import Mapped

__all__ = ["OwnName", "own_names", "takes_own_names"]


class OwnName:
    """A data descriptor that the class itself does not map; see `Synonym`, `Composite` and `computed`."""

    name: str
    owner: type

    is_argument: ClassVar[bool] = True
    """Whether a constructor takes a value for it."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.owner = owner
        self.name = name

    def check(self, cls: type[Mapped]) -> None:
        """Refuse a declaration that does not fit the class.

        Raises:
            ConfigurationError: if it does not.
        """

    def asked_at(self, owner: type, path: tuple[str, ...], target: type[Mapped]) -> Any:
        """The query expression for it.

        Args:
            owner: the entity class.
            path: where the object is in it.
            target: the class of the object.
        """
        raise NotImplementedError

    def paths(self) -> tuple[tuple[str, ...], ...]:
        """The paths that it stands for, below the object."""
        raise NotImplementedError


def own_names(cls: type[Mapped]) -> dict[str, OwnName]:
    """The names of a class's own, inherited ones included, each of which fits the class.

    Raises:
        ConfigurationError: if one does not.
    """
    found: dict[str, OwnName] = {}
    for base in reversed(cls.__mro__):
        found |= {name: value for name, value in vars(base).items() if isinstance(value, OwnName)}
    for name, one in found.items():
        if name in cls.__attributes__:
            raise ConfigurationError(f"{cls.__name__}.{name} is an attribute already")
        if not cls.__attributes__:
            raise ConfigurationError(
                f"{cls.__name__}.{name}: a class that declares no attribute takes any name as a JSON key, so none is its own"
            )
        one.check(cls)
    return found


def takes_own_names(cls: type[Mapped]) -> None:
    """Let the constructor of a class take values for its names. They are written last, over those of other arguments."""
    settable = [name for name, one in cls.__own_names__.items() if one.is_argument]
    if not settable:
        return
    construct = vars(cls)["__init__"]

    @wraps(construct)
    def construct_named(self: Any, *args: Any, **values: Any) -> None:
        own = {name: values.pop(name) for name in settable if name in values}
        construct(self, *args, **values)
        for name, value in own.items():
            setattr(self, name, value)

    signature = inspect.signature(construct)
    further = [inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in settable]
    parameters = [*signature.parameters.values(), *further]
    setattr(construct_named, "__signature__", signature.replace(parameters=parameters))  # noqa: B010 - as below
    setattr(cls, "__init__", construct_named)  # noqa: B010 - checkers refuse an assignment
