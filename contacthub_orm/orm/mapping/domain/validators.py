"""Validators of a class: methods that say which rules of the user's own the values of an object break."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, overload

from contacthub_orm.errors import Violation, message_of
from contacthub_orm.orm.mapping.domain.declared_paths import check_path, keys_of, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from contacthub_orm.orm.mapping.mapped import Mapped

__all__ = ["broken_rules", "validates", "validators_of"]

F = TypeVar("F", bound="Callable[..., Any]")

Validator = tuple[str, tuple[str, ...]]
"""The name of a method, and the path of the value that it is called with; an empty one for the object alone."""

_PATHS = "__validates__"


@overload
def validates(method: F, /) -> F: ...
@overload
def validates(*paths: str) -> Callable[[F], F]: ...
def validates(*paths: Any) -> Any:
    """Decorator: a method that raises ValueError if a value breaks a rule; the message is the rule.

    With paths, `@validates("base.contacts.email")`, it is called with each of these values that was written and is not
    None, together with the API's own rules. Without, `@validates`, it is called for every object that is to be sent and
    whose single values are valid, and looks at the object itself.

    Args:
        paths: the JSON keys that lead to the values, joined by dots.
        method: the method, without paths.
    """
    if len(paths) == 1 and callable(paths[0]):
        setattr(paths[0], _PATHS, ((),))
        return paths[0]

    def mark(method: F) -> F:
        setattr(method, _PATHS, tuple(keys_of("validates", path) for path in paths) or ((),))
        return method

    return mark


def validators_of(cls: type[Mapped]) -> tuple[Validator, ...]:
    """The validators of a class, inherited ones first.

    Raises:
        ConfigurationError: if one is for a path that the class does not declare.
    """
    names = dict.fromkeys(
        name for base in reversed(cls.__mro__) for name, one in vars(base).items() if hasattr(one, _PATHS)
    )
    found = tuple((name, keys) for name in names for keys in getattr(getattr(cls, name), _PATHS, ()))
    for name, keys in found:
        if keys:
            check_path(cls, name, keys)
    return found


def broken_rules(mapped: Any, validators: Iterable[Validator], place: str) -> Iterator[Violation]:
    """The rules that an object breaks according to some validators; `place` is where it is."""
    for name, keys in validators:
        value = read(mapped, keys)
        if keys and value is None:
            continue
        try:
            getattr(mapped, name)(*((value,) if keys else ()))
        except (ValueError, TypeError, OverflowError) as error:
            yield Violation(
                ".".join((place, *keys)), value if keys else mapped, message_of(error) or type(error).__name__
            )
