"""`contacthub-orm mirror`: fill a mirror of a node, and keep it up to date."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from contacthub_orm.mirror import Mirror, Pulled

__all__ = ["mirror"]


@click.command()
@click.argument("path", type=click.Path(dir_okay=False))
@click.option("--node-id", help="The node; CONTACTHUB_NODE_ID by default.")
@click.option("--follow", is_flag=True, help="Go on until SIGINT or SIGTERM.")
@click.option(
    "--poll",
    type=click.FloatRange(min=0, min_open=True),
    default=5.0,
    show_default=True,
    metavar="SECONDS",
    help="With --follow: the time between two requests once there is nothing new.",
)
@click.option(
    "--verify", is_flag=True, help="Compare the mirror with the node first, and repair what differs."
)
def mirror(path: str, node_id: str | None, poll: float, *, follow: bool, verify: bool) -> None:
    """Bring the mirror at PATH up to date with a node; the first time, the whole node is read.

    CONTACTHUB_WORKSPACE_ID, CONTACTHUB_TOKEN and CONTACTHUB_BASE_URL name the workspace. The mirror may be stopped and
    killed at any time: the next run goes on. Progress goes to the standard error, the result to the standard output.
    """
    from contacthub_orm import ContacthubError, Workspace
    from contacthub_orm.mirror import Mirror

    try:
        with Workspace.from_env() as workspace, Mirror(workspace.get_node(node_id), path) as opened:
            if verify:
                click.echo(f"verified: {opened.verify(progress=_show)}")
            click.echo(str(_followed(opened, poll) if follow else opened.pull(progress=_show)))
    except ContacthubError as error:
        raise click.ClickException(str(error)) from None


def _followed(opened: Mirror, poll: float) -> Pulled | str:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: opened.stop())
    done: Pulled | str = "nothing new"
    for done in opened.follow(poll=poll, progress=_show):  # noqa: B007 - the last one is what was done
        pass
    return done


def _show(done: Pulled) -> None:
    print(f"\r{done}", end="", file=sys.stderr, flush=True)
