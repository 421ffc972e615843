"""Which classes have a codec, and which may have one."""

from __future__ import annotations

from typing import Any, Final, get_origin

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.orm.wire.conversion import without_none

__all__ = ["coded_class", "is_registered", "register"]

_JSON: Final = (str, int, float, list, tuple, dict, set, frozenset)

_registered: Final[set[type]] = set()


def coded_class(declared: Any) -> type:
    """The class of the values of a codec, for a declared type such as `Money | None`.

    Raises:
        ConfigurationError: if it is no class, or one of those that JSON has, or that stand for its arrays: then nobody
            could tell a value from what the service sends.
    """
    kind = without_none(declared)
    kind = get_origin(kind) or kind
    if not isinstance(kind, type) or issubclass(kind, _JSON) or kind is object:
        raise ConfigurationError(
            f"a codec is for values of a class that JSON has not, got {getattr(kind, '__name__', kind)}"
        )
    return kind


def register(cls: type) -> None:
    """Note that a class has a codec."""
    _registered.add(cls)


def is_registered(cls: Any) -> bool:
    """Whether a class has a codec."""
    return cls in _registered
