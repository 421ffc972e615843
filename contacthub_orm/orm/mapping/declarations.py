"""What the body of a mapped class may declare: a name with a type is an attribute, or it says that it is none.

The type of an attribute is the T of its annotation `Attr[T]`.
"""

from __future__ import annotations

import inspect
import re
import sys
import types
import typing
from typing import TYPE_CHECKING, Any, ClassVar, Final

from contacthub_orm.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contacthub_orm.orm.mapping.attributes import Attribute
    from contacthub_orm.orm.mapping.mapped import Mapped

__all__ = ["annotated_type", "by_key", "refuse_constant", "refuse_unmapped", "type_shown"]

_UNMAPPED: Final = (ClassVar, Final)


def by_key(cls: type, attributes: Mapping[str, Attribute]) -> dict[str, Attribute]:
    """The attributes of a class by JSON key.

    Raises:
        ConfigurationError: if two have the same.
    """
    found: dict[str, Attribute] = {}
    for name, attribute in attributes.items():
        held = found.setdefault(attribute.key, attribute)
        if held is not attribute:
            raise ConfigurationError(
                f"{cls.__name__}.{name} and {held.name} are both declared for the key {attribute.key!r}"
            )
    return found


def refuse_unmapped(cls: type, root: type) -> None:
    """Make sure that every name with a type in the body of a class, or of a mixin, maps something.

    `points: int = 0` maps nothing: an assignment to it would never be sent. Private names may have any value.

    Args:
        cls: the class.
        root: the base of all mapped classes; what is mapped itself was looked at when it was declared.

    Raises:
        ConfigurationError: if a name maps nothing and is not declared as a ClassVar or Final.
    """
    for one in cls.__mro__:
        if one is cls or not issubclass(one, root):
            for name, declared in _unmapped(one):
                raise ConfigurationError(
                    f"{one.__name__}.{name} maps nothing, so a value of it would never be sent: declare it as "
                    f"{_declaration(name, declared)}, or as a ClassVar if it is no attribute"
                )


def refuse_constant(cls: type[Mapped], name: str) -> None:
    """Refuse to set a name on an object that its class holds as a plain value: it maps nothing.

    Raises:
        AttributeError: if it is one.
    """
    held = getattr(cls, name, None)
    if not (
        name in cls.__own_names__
        or name.startswith("_")
        or hasattr(type(held), "__get__")
        or hasattr(type(held), "__set__")
        or held is None
    ):
        raise AttributeError(f"{cls.__name__}.{name} maps nothing, so a value of it would never be sent")


def _declaration(name: str, declared: str) -> str:
    """How to declare a name with this type."""
    if declared.partition("[")[0] in ("Attr", "Embedded"):
        return f"{name}: {declared} = {'attr' if declared.startswith('Attr') else 'embedded'}(...)"
    return f"{name}: Attr[{declared}] = attr(...)"


def _unmapped(cls: type) -> Iterator[tuple[str, str]]:
    body = vars(cls)
    for name, declared in body.get("__annotations__", {}).items():
        value = body.get(name)
        is_descriptor = hasattr(type(value), "__get__") and not isinstance(value, type)
        if not (name.startswith("_") or is_descriptor or _is_no_attribute(declared)):
            yield name, type_shown(declared)


def _is_no_attribute(declared: Any) -> bool:
    """Whether an annotation, which may be a string, is a ClassVar or Final."""
    if isinstance(declared, str):
        head = declared.partition("[")[0].rpartition(".")[2].strip()
        return head in ("ClassVar", "Final")
    return declared in _UNMAPPED or typing.get_origin(declared) in _UNMAPPED


def type_shown(declared: Any) -> str:
    """A type as one writes it."""
    is_plain = isinstance(declared, type) and not typing.get_args(declared)
    return declared.__name__ if is_plain else re.sub(r"\b[\w.]+\.(?=\w)", "", str(declared))


def annotated_type(owner: type, name: str, scope: Mapping[str, Any] | None, names: Mapping[str, Any]) -> Any:
    """The type that a class declares for an attribute, Any if it declares none.

    Args:
        owner: the class.
        name: the attribute.
        scope: the local names of the function that the class is defined in, or those of a module that is not imported, such
            as a notebook's or a doctest's; None in an imported module.
        names: further names, which those of the module replace.

    Raises:
        NameError: if the annotation has an unknown name.
    """
    annotation = inspect.get_annotations(owner).get(name, Any)
    holder = types.SimpleNamespace(__annotations__={name: annotation})
    module = sys.modules.get(owner.__module__)
    namespace = {**names, **(vars(module) if module is not None else {})}
    hints = typing.get_type_hints(holder, namespace, dict(scope or {}))
    arguments = typing.get_args(hints[name])
    return arguments[0] if arguments else Any
