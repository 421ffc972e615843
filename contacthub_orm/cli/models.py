"""`contacthub-orm models` and `contacthub-orm check`: classes written of the workspace, and compared with it."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs
import click

from contacthub_orm.cli.terminal.classes import imported
from contacthub_orm.cli.terminal.connection import Target, workspace_options
from contacthub_orm.cli.terminal.output import format_option

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["check", "models"]


class NotDone(click.ClickException):
    """The command could not do its work; its exit status is not that of a difference."""

    exit_code = 2


@click.command()
@workspace_options(sandbox=True)
def models(target: Target) -> None:
    """Write a Python module with classes for what the workspace adds to the library's.

    These are its customers' extended properties and its event types. Subclass the classes in a module of your own. The exit
    status is 2 if the workspace cannot be read.

    \b
    Example:
      contacthub-orm models > crm/_workspace.py
    """
    from contacthub_orm.contacthub.modelling import WorkspaceSchemas, module_text

    with _not_done(), target.workspace() as workspace:
        schemas = WorkspaceSchemas(workspace.api)
        text = module_text(schemas.customer_extended(), schemas.all_events())
    click.echo(text.encode(), nl=False)  # Python reads UTF-8, whatever the terminal has


@contextmanager
def _not_done() -> Iterator[None]:
    """Let an error mean that the command could not do its work."""
    try:
        yield
    except click.ClickException as error:
        raise NotDone(error.message) from None


@click.command()
@click.argument("names", nargs=-1, required=True, metavar="MODULE[:CLASS]...")
@format_option("text", ("text", "json"), "How differences are printed.")
@workspace_options()
def check(target: Target, names: tuple[str, ...], form: str) -> None:
    """Compare classes of customers and events with the workspace.

    A name is a module, for all of its classes, or MODULE:CLASS. The exit status is 0 if nothing differs, 1 if something
    does, and 2 if the comparison was not possible.

    \b
    Examples:
      contacthub-orm check crm.models
      contacthub-orm check crm.models:Member --format json
    """
    classes = [cls for name in names for cls in _classes(name)]
    with _not_done(), target.workspace() as workspace:
        found = workspace.check(*classes)
    if form == "json":
        click.echo(json.dumps([attrs.asdict(one) for one in found], indent=2))
    else:
        for one in found:
            click.echo(str(one))
        if not found:
            click.echo(f"nothing differs: {', '.join(cls.__name__ for cls in classes)}")
    if found:
        sys.exit(1)


def _classes(name: str) -> Iterator[type]:
    """The classes that a name means: MODULE:CLASS, or the module's own classes of customers and events."""
    from contacthub_orm import Customer, Event

    module_name, _, class_name = name.partition(":")
    with _not_done():
        module = imported(module_name)
    if class_name:
        found = getattr(module, class_name, None)
        if not isinstance(found, type):
            raise NotDone(f"{module_name} has no class {class_name!r}")
        yield found
        return
    own = [
        one
        for one in vars(module).values()
        if isinstance(one, type) and issubclass(one, Customer | Event) and one.__module__ == module.__name__
    ]
    checked = [one for one in own if issubclass(one, Customer) or getattr(one, "__event_type__", None)]
    if not checked:
        raise NotDone(f"{module_name} declares no class of customers, nor one of events with a type")
    yield from checked
