"""Paths of JSON keys below a mapped class: what is declared there, and how an object is read and written there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import ConfigurationError, InvalidRequestError, message_of
from contacthub_orm.orm.mapping.attributes import Attribute, Embedded
from contacthub_orm.orm.wire.types import is_object, shown
from contacthub_orm.suggestions import unknown_attribute

if TYPE_CHECKING:
    from contacthub_orm.orm.mapping.mapped import Mapped

__all__ = ["check_path", "declared_at", "expression_at", "keys_of", "read", "write"]

Keys = tuple[str, ...]


def keys_of(argument: str, path: Any) -> Keys:
    """The keys of a path such as `"base.contacts.email"`.

    Raises:
        ConfigurationError: if it is none.
    """
    if not isinstance(path, str) or not path or not all(path.split(".")):
        raise ConfigurationError(f"{argument}: expected a path such as 'base.contacts.email', got {path!r}")
    return tuple(path.split("."))


def declared_at(target: type[Mapped], keys: Keys) -> Attribute | None:
    """The attribute at a path, or None if it leads below an object that declares nothing.

    Raises:
        UnknownAttributeError: if a class on the way declares no such key.
        ConfigurationError: if the path leads into a value.
    """
    place = target.__name__
    for index, key in enumerate(keys):
        attribute = target.__keys__.get(key)
        if attribute is None:
            if target.__open__:
                return None
            raise unknown_attribute(place, key, target.__keys__)
        place = f"{place}.{key}"
        if index == len(keys) - 1:
            return attribute
        if not isinstance(attribute, Embedded):
            raise ConfigurationError(f"{place} is one value: no path leads into it")
        target = attribute.target
    raise AssertionError("a path has a key")


def check_path(cls: type[Mapped], name: str, keys: Keys) -> Attribute | None:
    """What is declared at a path that a name of a class stands for.

    Raises:
        ConfigurationError: if nothing is.
    """
    try:
        return declared_at(cls, keys)
    except AttributeError as error:
        raise ConfigurationError(f"{cls.__name__}.{name}: {message_of(error)}") from None


def expression_at(owner: type, path: Keys, target: type[Mapped], keys: Keys) -> Any:
    """The query expression for a path of keys below an object of a class.

    Args:
        owner: the entity class.
        path: where the object is in it.
        target: the class of the object.
        keys: the path below it.
    """
    from contacthub_orm.orm.criteria.expressions import DynamicExpression  # to declare asks nothing

    attribute, whole = declared_at(target, keys), (*path, *keys)
    return DynamicExpression(owner, whole) if attribute is None else attribute.expression(owner, whole)


def read(mapped: Mapped, keys: Keys) -> Any:
    """The value at a path, None if there is none. What a partial load left out is loaded."""
    found: Any = mapped
    for key in keys:
        if not is_object(type(found)):
            return None
        try:
            found = found[key]
        except KeyError:
            return None
    return found


def write(mapped: Mapped, keys: Keys, value: Any) -> None:
    """Write the value at a path. An undeclared object on the way is made if it is missing.

    Raises:
        InvalidRequestError: if something on the way is no object.
    """
    holder: Any = mapped
    for index, key in enumerate(keys[:-1]):
        below = read(holder, (key,))
        if below is None:
            holder[key] = {}
            below = holder[key]
        if not is_object(type(below)):
            place = ".".join(keys[: index + 1])
            raise InvalidRequestError(f"{type(mapped).__name__}.{place} is no object but {shown(below)}")
        holder = below
    holder[keys[-1]] = value
