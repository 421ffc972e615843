"""The classes that events of a type, and the information of a context, are loaded as.

The packages that declare these classes are above this one, so they announce themselves here. A package announced by
`declare_lazily` is imported when the first of its classes is needed: a program without events does not wait for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contacthub_orm.orm import Entity, Properties

__all__ = [
    "declare_all",
    "declare_class",
    "declare_context_info",
    "declare_lazily",
    "event_class",
    "info_class",
    "replace_class",
]

_CLASSES: dict[str, type[Entity]] = {}
"""By type of event."""

_CONTEXT_INFO: dict[Any, type[Properties]] = {}
"""By context."""

_PACKAGES: list[str] = []


def declare_lazily(package: str) -> None:
    """Announce a package whose import declares classes."""
    _PACKAGES.append(package)


def declare_all() -> None:
    """Import the announced packages. Does nothing while they are being imported, or once they are."""
    for package in _PACKAGES:
        import_module(package)


def declare_class(event_type: str, cls: type[Entity]) -> None:
    """Declare the class of a type, unless the type has one; the announced packages come first."""
    declare_all()
    _CLASSES.setdefault(event_type, cls)


def replace_class(event_type: str, cls: type[Entity]) -> None:
    """Declare the class of a type in place of the one that it has."""
    _CLASSES[event_type] = cls


def declare_context_info(classes: Mapping[Any, type[Properties]]) -> None:
    """Declare the classes of `contextInfo`, by context."""
    _CONTEXT_INFO.update(classes)


def event_class(event_type: Any) -> type[Entity] | None:
    """The class of a type of events, or None if no class has that type."""
    if event_type not in _CLASSES:
        declare_all()
    return _CLASSES.get(event_type)


def info_class(context: Any) -> type[Properties] | None:
    """The class of `contextInfo` in a context, or None for an unknown context."""
    if context not in _CONTEXT_INFO:
        declare_all()
    return _CONTEXT_INFO.get(context)
