"""Synonyms: `city: Attr[str | None] = synonym("publisher.city.name", default=None)` lets one say `book.city`."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.orm.mapping.attributes import UNSET
from contacthub_orm.orm.mapping.declarations import annotated_type, type_shown
from contacthub_orm.orm.mapping.domain.declared_paths import check_path, expression_at, keys_of, read, write
from contacthub_orm.orm.mapping.domain.own_names import OwnName

if TYPE_CHECKING:
    from contacthub_orm.orm.mapping.mapped import Mapped

__all__ = ["Synonym", "synonym"]


class Synonym(OwnName):
    """Another name for the value at a path; see `synonym`."""

    def __init__(self, path: str) -> None:
        self.keys = keys_of("synonym", path)

    def __get__(self, instance: Any, owner: type[Mapped]) -> Any:
        return self.asked_at(owner, (), owner) if instance is None else read(instance, self.keys)

    def __set__(self, instance: Any, value: Any) -> None:
        if value is not UNSET:
            write(instance, self.keys, value)

    def __delete__(self, instance: Any) -> None:
        write(instance, self.keys, None)

    def check(self, cls: type[Mapped]) -> None:
        """Refuse a path that is not declared, or whose type is another than the annotation says."""
        attribute = check_path(cls, self.name, self.keys)
        held: Any = Any if attribute is None else attribute.declared
        declared: Any = held
        with suppress(
            NameError, AttributeError
        ):  # a name that the annotation alone knows is for type checkers
            declared = annotated_type(self.owner, self.name, None, {cls.__name__: cls})
        if declared not in (held, Any):
            raise ConfigurationError(
                f"{cls.__name__}.{self.name} is declared with {type_shown(declared)}, "
                f"but {'.'.join(self.keys)} with {type_shown(held)}"
            )

    def asked_at(self, owner: type, path: tuple[str, ...], target: type[Mapped]) -> Any:
        """The query expression for the path."""
        return expression_at(owner, path, target, self.keys)

    def paths(self) -> tuple[tuple[str, ...], ...]:
        """The path."""
        return (self.keys,)


def synonym(path: str, *, default: None = None) -> Any:  # noqa: ARG001 - for type checkers
    """Declare another name for the value at a path. It is read, written and asked as the path is.

    Annotate it as the value is: `email: Attr[str | None] = synonym("base.contacts.email", default=None)`.

    Args:
        path: the JSON keys that lead to the value, joined by dots.
        default: None, written out, tells type checkers that a constructor may leave it out.

    Raises:
        ConfigurationError: if it is no path, or when the class is declared: if the path leads to nothing that the class
            declares, or to a value of another type than the annotation says.
    """
    return Synonym(path)
