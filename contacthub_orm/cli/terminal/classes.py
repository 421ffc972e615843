"""The classes of customers and events that a command is asked for by name."""

from __future__ import annotations

import importlib
import os
import sys
from typing import TYPE_CHECKING, Any, Final

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import ModuleType

__all__ = ["COLUMNS", "classes_by_name", "columns_of", "entity_class", "entity_option", "imported"]

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "customers": ("id", "externalId", "base.firstName", "base.lastName", "base.contacts.email"),
    "events": ("id", "date", "type", "context", "customerId"),
}
"""What a table shows of entities, by their resource."""


def entity_option(help_text: str) -> Callable[..., Any]:
    """The option `--entity`, as the argument `name`."""
    return click.option("--entity", "name", metavar="CLASS", help=help_text)


def classes_by_name() -> dict[str, type]:
    """The library's classes of customers and events."""
    from contacthub_orm import Customer, Event
    from contacthub_orm.contacthub import events

    found = (Customer, Event, *(getattr(events, name) for name in events.__all__))
    return {one.__name__: one for one in found if isinstance(one, type) and issubclass(one, Customer | Event)}


def entity_class(name: str) -> type[Any]:
    """The class of a name: one of the library's, such as CompletedOrder, or MODULE:CLASS.

    Raises:
        click.BadParameter: if there is none.
    """
    from contacthub_orm import Customer, Event
    from contacthub_orm.suggestions import suggestion

    if ":" not in name:
        known = classes_by_name()
        if name not in known:
            raise click.BadParameter(f"there is no class {name!r}{suggestion(name, known)}")
        return known[name]
    module_name, _, class_name = name.partition(":")
    found = getattr(imported(module_name), class_name, None)
    if not (isinstance(found, type) and issubclass(found, Customer | Event)):
        raise click.BadParameter(f"{module_name} has no class of customers or events {class_name!r}")
    return found


def imported(name: str) -> ModuleType:
    """A module of the user's, which may be in the working directory.

    Raises:
        click.BadParameter: if it cannot be imported.
    """
    if (here := os.getcwd()) not in sys.path:
        sys.path.insert(0, here)  # as `python -m` has it
    try:
        return importlib.import_module(name)
    except Exception as error:  # noqa: BLE001 - whatever a module of the user's does
        raise click.BadParameter(f"{name} cannot be imported: {type(error).__name__}: {error}") from None


def columns_of(entity: type[Any], given: str | None) -> list[str]:
    """The columns that are shown: those given, separated by commas, or the usual ones of the class.

    Raises:
        click.UsageError: if one is no path of the class.
    """
    from contacthub_orm import load_only
    from contacthub_orm.errors import CompileError

    if given is None:
        return list(COLUMNS[entity.__resource__.name])
    names = [name.strip() for name in given.split(",")]
    try:
        load_only(*names).check(entity)
    except CompileError as error:
        raise click.UsageError(str(error).removeprefix("load_only: ")) from None
    return names
