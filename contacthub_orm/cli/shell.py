"""`contacthub-orm shell`: a prompt with a session, the node and the entities in place."""

from __future__ import annotations

import code
from contextlib import suppress
from typing import Any

import click

from contacthub_orm.cli.terminal.classes import entity_class
from contacthub_orm.cli.terminal.connection import Target, node_options

__all__ = ["shell"]


@click.command()
@click.option(
    "--entity",
    "entities",
    multiple=True,
    metavar="MODULE:CLASS",
    help="A class of yours that is to be there, too; may be repeated.",
)
@click.option("--plain", is_flag=True, help="Python's own prompt, even if IPython is installed.")
@node_options(sandbox=True)
def shell(target: Target, *, entities: tuple[str, ...], plain: bool) -> None:
    """Open a Python prompt: session, node, workspace, api, and all public names of the library.

    Nothing is sent before you ask for rows or commit; the end of the prompt does not commit. IPython is used if it is
    installed (pip install ipython).

    \b
    Example:
      contacthub-orm shell --sandbox
    """
    import contacthub_orm
    from contacthub_orm import Session

    own = {one.__name__: one for one in map(entity_class, entities)}
    names: dict[str, Any] = {name: getattr(contacthub_orm, name) for name in contacthub_orm.__all__}
    with target.node() as node, Session(node) as session:
        names |= {"session": session, "node": node, "workspace": node.workspace, "api": node.api, **own}
        banner = (
            f"session: {node!r}\n"
            "session.query(Customer).first(), session.plan(), session.commit(); names: "
            f"session, node, workspace, api, Customer, Event, {''.join(f'{name}, ' for name in own)}..."
        )
        _prompt(names, banner, plain=plain)
        left = len(session.new) + len(session.dirty) + len(session.deleted)
        if left:
            click.echo(f"{left} changes were not committed", err=True)


def _prompt(names: dict[str, Any], banner: str, *, plain: bool) -> None:
    ipython = None if plain else _ipython()
    if ipython is None:
        with suppress(SystemExit):  # exit() ends the prompt, and the command tells what was not committed
            code.interact(banner=banner, local=names, exitmsg="")
        return
    click.echo(banner)
    ipython.start_ipython(argv=["--no-banner"], user_ns=names)


def _ipython() -> Any:
    from importlib import import_module

    try:
        return import_module("IPython")
    except ImportError:
        return None
