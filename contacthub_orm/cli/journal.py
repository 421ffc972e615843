"""`contacthub-orm journal` and `contacthub-orm recover`: inspect a journal, recover after a crash."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import click

from contacthub_orm.cli.terminal.connection import Target, node_options, told
from contacthub_orm.cli.terminal.output import format_option, json_text, printable

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["journal", "recover"]


@click.command()
@click.argument("path", type=click.Path(dir_okay=False))
@format_option("text", ("text", "json"))
def journal(path: str, form: str) -> None:
    """Show what the journal at PATH holds: operations, and domain events that were not handed over.

    An empty journal needs no recovery. `recover` finishes the operations, and a program hands the events over:
    drain_events(path, handler), or the next session on the journal.

    \b
    Example:
      contacthub-orm journal nightly.journal
    """
    from contacthub_orm.orm.unit_of_work.journal import read_journal
    from contacthub_orm.orm.unit_of_work.outbox import kept_events

    with told():
        place, atomic, records = read_journal(path)
        events = kept_events(path)
    shown = {
        "place": place,
        "atomic": atomic,
        "operations": [
            {"outcome": record.outcome or "unmarked", "request": str(record.request)} for record in records
        ],
        "events": [
            {
                "id": event.id,
                "name": event.name,
                "resource": event.resource,
                "identity": event.identity,
                "recordedAt": event.recorded_at.isoformat(),
                "data": event.data,
                "due": due,
            }
            for event, due in events
        ],
    }
    if form == "json":
        click.echo(json_text(shown, indent=2))
    else:
        _print(shown)


def _print(shown: Mapping[str, Any]) -> None:
    click.echo(f"journal of {shown['place']}")
    operations, events = shown["operations"], shown["events"]
    if not operations:
        click.echo("nothing to recover")
    else:
        click.echo("an atomic commit, to be undone" if shown["atomic"] else "a commit, to be finished")
    for one in operations:
        click.echo(f"{one['outcome']:<9} {one['request']}")
    if events:
        click.echo(f"{len(events)} domain events were not handed over")
    for one in events:
        state = "due" if one["due"] else "waits"
        whose = "/".join(filter(None, (one["resource"], one["identity"])))
        click.echo(printable(f"{state:<9} {one['id']} {one['name']} {whose} {json.dumps(one['data'])}"))


@click.command()
@click.argument("path", type=click.Path(dir_okay=False))
@click.option(
    "--settle",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="Seconds after which a write that is not found certainly did not take effect.",
)
@node_options()
def recover(target: Target, path: str, settle: float) -> None:
    """Finish or undo the commit in the journal at PATH, and report.

    The node is that of the journal. The exit status is 1 if something could not be settled.

    \b
    Example:
      contacthub-orm recover nightly.journal
    """
    from contacthub_orm import recover as run

    with target.node() as node:
        report = run(node, path, settle=settle)
    click.echo(str(report))
    if not report.complete:
        sys.exit(1)
