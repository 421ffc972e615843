"""`contacthub-orm mirror`: fill a mirror of a node, and keep it up to date."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from contacthub_orm.cli.terminal.connection import Target, node_options
from contacthub_orm.cli.terminal.following import poll_option, stopped_by_signals
from contacthub_orm.cli.terminal.progress import is_watched

if TYPE_CHECKING:
    from contacthub_orm.mirror import Mirror, Pulled

__all__ = ["mirror"]


@click.command()
@click.argument("path", type=click.Path(dir_okay=False))
@click.option("--follow", is_flag=True, help="Go on until SIGINT or SIGTERM.")
@poll_option("With --follow: the time between two requests once there is nothing new.")
@click.option(
    "--verify", is_flag=True, help="Compare the mirror with the node first, and repair what differs."
)
@node_options()
def mirror(target: Target, path: str, poll: float, *, follow: bool, verify: bool) -> None:
    """Bring the mirror at PATH up to date with a node; the first time, the whole node is read.

    The mirror may be stopped and killed at any time: the next run goes on. At a terminal, progress goes to the standard
    error; the result goes to the standard output.

    \b
    Examples:
      contacthub-orm mirror crm.db
      contacthub-orm mirror crm.db --follow --poll 10
    """
    from contacthub_orm.mirror import Mirror

    with target.node() as node, Mirror(node, path) as opened:
        if verify:
            click.echo(f"verified: {opened.verify(progress=_show)}")
        click.echo(str(_followed(opened, poll) if follow else opened.pull(progress=_show)))


def _followed(opened: Mirror, poll: float) -> Pulled | str:
    done: Pulled | str = "nothing new"
    with stopped_by_signals(opened.stop):
        for done in opened.follow(poll=poll, progress=_show):  # noqa: B007 - the last one is what was done
            pass
    return done


def _show(done: Pulled) -> None:
    if is_watched():
        print(f"\r{done}", end="", file=sys.stderr, flush=True)
