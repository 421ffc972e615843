"""Composites: `address: Value[Postal | None] = composite(Postal, city="base.address.city", ...)`, a value over paths."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import CompileError, ConfigurationError, ContentError
from contacthub_orm.orm.mapping.attributes import UNSET
from contacthub_orm.orm.mapping.domain.declared_paths import check_path, expression_at, keys_of, read, write
from contacthub_orm.orm.mapping.domain.own_names import OwnName
from contacthub_orm.orm.mapping.object_state import place_of
from contacthub_orm.orm.wire.conversion import UnreadableError
from contacthub_orm.orm.wire.partial import lacks_path
from contacthub_orm.orm.wire.paths import value_at
from contacthub_orm.orm.wire.types import class_fields, shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contacthub_orm.orm.mapping.mapped import Mapped
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Composite", "Unit", "complete_units", "composite", "units_of"]

Unit = tuple[tuple[str, ...], ...]
"""The paths of a composite, which are sent together."""


class Composite(OwnName):
    """A value of a class, each field of which is at a path of its own; see `composite`."""

    def __init__(self, cls: type, paths: Mapping[str, str]) -> None:
        fields = class_fields(cls)
        if fields is None or set(paths) != set(fields):
            wanted = (
                "an attrs class or dataclass" if fields is None else f"a path for each of {', '.join(fields)}"
            )
            raise ConfigurationError(f"composite({getattr(cls, '__name__', cls)}): expected {wanted}")
        self.cls = cls
        self.keys = {name: keys_of("composite", path) for name, path in paths.items()}

    def __get__(self, instance: Any, owner: type[Mapped]) -> Any:
        if instance is None:
            return self.asked_at(owner, (), owner)
        values = {name: read(instance, keys) for name, keys in self.keys.items()}
        if all(value is None for value in values.values()):
            return None
        try:
            return self.cls(**values)
        except Exception as error:  # whatever the user's class raises
            raise ContentError(
                f"{place_of(instance)}.{self.name}", values, UnreadableError(self.cls, error)
            ) from error

    def __set__(self, instance: Any, value: Any) -> None:
        if value is UNSET:
            return
        values = self._split(value)
        if values is None:
            raise TypeError(
                f"{type(instance).__name__}.{self.name}: expected {self.cls.__name__} or None, got {shown(value)}"
            )
        for name, keys in self.keys.items():
            write(instance, keys, values[name])

    def __delete__(self, instance: Any) -> None:
        self.__set__(instance, None)

    def check(self, cls: type[Mapped]) -> None:
        """Refuse paths that are not declared."""
        for keys in self.keys.values():
            attribute = check_path(cls, self.name, keys)
            if attribute is not None and (attribute.read_only or attribute.create_only):
                raise ConfigurationError(
                    f"{cls.__name__}.{self.name} is written as a unit, but {'.'.join(keys)} cannot be changed"
                )

    def asked_at(self, owner: type, path: tuple[str, ...], target: type[Mapped]) -> Any:
        """The query expression for the value: compared whole, or by its fields."""
        from contacthub_orm.orm.criteria.values import CompositeExpression  # to declare asks nothing

        parts = {name: expression_at(owner, path, target, keys) for name, keys in self.keys.items()}
        return CompositeExpression(f"{target.__name__}.{self.name}", parts, self._compared)

    def paths(self) -> tuple[tuple[str, ...], ...]:
        """The paths of the fields."""
        return tuple(self.keys.values())

    def _split(self, value: Any) -> dict[str, Any] | None:
        """The values of the fields, all None for None; None if it is no value of the class."""
        if value is None:
            return dict.fromkeys(self.keys)
        return {name: getattr(value, name) for name in self.keys} if isinstance(value, self.cls) else None

    def _compared(self, value: Any) -> dict[str, Any]:
        values = self._split(value)
        if values is None:
            raise CompileError(
                f"{self.name}: is compared with {self.cls.__name__} or None, got {shown(value)}"
            )
        return values


def composite(cls: type, *, default: None = None, **paths: str) -> Any:  # noqa: ARG001 - for type checkers
    """Declare a value over several paths. It is read, written and compared as a unit, and sent whole.

    Annotate it as `Value[Postal | None]`. It reads None if all of its paths are empty. If one of its paths changes, the
    others are sent too, so that two writers never mix its parts.

    Args:
        cls: a frozen attrs class or dataclass.
        default: None, written out, tells type checkers that a constructor may leave it out.
        paths: for each field of the class, the JSON keys that lead to it, joined by dots.

    Raises:
        ConfigurationError: if a field has no path, or when the class is declared: if a path leads to nothing that the
            class declares.
    """
    return Composite(cls, paths)


def units_of(names: Mapping[str, OwnName]) -> tuple[Unit, ...]:
    """The paths of each composite among the names of a class."""
    return tuple(one.paths() for one in names.values() if isinstance(one, Composite))


def complete_units(
    body: Document, units: Iterable[Unit], document: Document, baseline: Document | None
) -> None:
    """Put into a PATCH body what is missing of a unit of which it has a part.

    Args:
        body: the body.
        units: the units.
        document: the object's document with the changes.
        baseline: the object's document without them, which may be loaded in part.
    """
    for unit in units:
        missing = [keys for keys in unit if not _is_in(body, keys)]
        if len(missing) < len(unit):
            for keys in missing:
                if not lacks_path(baseline, keys):
                    _lay(body, keys, value_at(document, keys))


def _is_in(body: Any, keys: tuple[str, ...]) -> bool:
    """Whether a body says something of a path; it does if it says that there is nothing on the way."""
    for key in keys:
        if not isinstance(body, dict):
            return True
        if key not in body:
            return False
        body = body[key]
    return True


def _lay(body: Document, keys: tuple[str, ...], value: Any) -> None:
    for key in keys[:-1]:
        body = body.setdefault(key, {})
    body[keys[-1]] = value
