"""`contacthub-orm journal` and `contacthub-orm recover`: inspect a journal, recover after a crash."""

from __future__ import annotations

import sys

import click

__all__ = ["journal", "recover"]


@click.command()
@click.argument("path", type=click.Path(dir_okay=False))
def journal(path: str) -> None:
    """Show the operations in the journal at PATH, one a line. An empty journal needs no recovery."""
    from contacthub_orm.errors import JournalError
    from contacthub_orm.orm.unit_of_work.journal import read_journal

    try:
        place, atomic, records = read_journal(path)
    except JournalError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"journal of {place}")
    if not records:
        click.echo("nothing to recover")
        return
    click.echo("an atomic commit, to be undone" if atomic else "a commit, to be finished")
    for record in records:
        click.echo(f"{record.outcome or 'unmarked':<9} {record.request}")


@click.command()
@click.argument("path", type=click.Path(dir_okay=False))
@click.option("--node-id", help="The node of the journal; CONTACTHUB_NODE_ID by default.")
@click.option(
    "--settle",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="Seconds after which a write that is not found certainly did not take effect.",
)
def recover(path: str, node_id: str | None, settle: float) -> None:
    """Finish or undo the commit in the journal at PATH, and report.

    CONTACTHUB_WORKSPACE_ID, CONTACTHUB_TOKEN and CONTACTHUB_BASE_URL name the workspace. The exit status is 1
    if something could not be settled.
    """
    from contacthub_orm import ContacthubError, Workspace
    from contacthub_orm import recover as run

    try:
        with Workspace.from_env() as workspace:
            report = run(workspace.get_node(node_id), path, settle=settle)
    except ContacthubError as error:
        raise click.ClickException(str(error)) from None
    click.echo(str(report))
    if not report.complete:
        sys.exit(1)
