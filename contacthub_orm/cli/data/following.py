"""`contacthub-orm tail`: what everybody writes to customers and events, as it happens."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from contacthub_orm.cli.terminal.connection import Target, node_options
from contacthub_orm.cli.terminal.following import poll_option, stopped_by_signals
from contacthub_orm.cli.terminal.output import cell, format_option, json_text, printable, value_at, writing

if TYPE_CHECKING:
    from collections.abc import Mapping


__all__ = ["tail"]

_SHOWN: Final = ("externalId", "base.firstName", "base.lastName", "base.contacts.email", "type", "customerId")


@click.command()
@click.option(
    "--only", type=click.Choice(["customers", "events"]), help="Only these; by default customers and events."
)
@click.option(
    "--since",
    metavar="WHEN",
    help="An instant such as 2026-11-01T08:00:00Z, an offset that tail printed, or 'start'; by default now.",
)
@click.option(
    "--position",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Where tail keeps its place: the next run goes on there. Some updates may be told again, none is left out.",
)
@click.option("--once", is_flag=True, help="End when there is nothing new.")
@poll_option("The time between two requests once there is nothing new.")
@format_option(formats=("table", "json"), help="A line for each update, or its JSON in a line.")
@node_options()
def tail(
    target: Target,
    *,
    only: str | None,
    since: str | None,
    position: str | None,
    once: bool,
    poll: float,
    form: str,
) -> None:
    """Print what is written to a node, until Ctrl-C or SIGTERM: the time, what was done, and to whom.

    At the end it prints the offset to go on from to the standard error. The exit status is then 0. The token needs the
    permission to read updates.

    \b
    Examples:
      contacthub-orm tail --only events --format json
      contacthub-orm tail --position orders.offset --once
    """
    place = None if position is None else Path(position)
    kinds: Mapping[str | None, Any] = {"customers": "CUSTOMER", "events": "EVENT", None: None}
    with target.node() as node:
        begin = _kept(place) or _instant(since)
        if begin is None:
            begin = node.update_offset(kinds[only])
        stream = node.updates(None if begin == "start" else begin, kinds[only], poll=None if once else poll)
        offset = stream.offset
        with stopped_by_signals(stream.stop):
            for page in stream.pages():
                for update in page.updates:
                    click.echo(_line(update, form))
                offset = page.offset
                _keep(place, offset)
        click.echo(f"go on with --since {offset}", err=True)


def _line(update: Any, form: str) -> str:
    document = update.document
    kind = update.entity.__resource__.name
    if form == "json":
        return json_text({"change": update.change, "resource": kind, "document": document})
    when = document.get("updatedAt") or document.get("registeredAt") or ""
    shown = [cell(value_at(document, path)) for path in _SHOWN]
    parts = [f"{when:<28}", f"{update.change:<6}", f"{kind:<9}", update.id, *filter(None, shown)]
    return printable("  ".join(parts))


def _instant(text: str | None) -> Any:
    if text is None or text == "start":
        return text
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return text  # an offset, which the stream checks
    if found.tzinfo is None:
        raise click.BadParameter(f"--since {text}: an instant needs a time zone, such as {text}Z")
    return found


def _kept(place: Path | None) -> str | None:
    if place is None or not place.exists():
        return None
    try:
        return place.read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{place}: {error}") from None


def _keep(place: Path | None, offset: str) -> None:
    """Write the offset down; a kill leaves the old or the new one."""
    if place is None:
        return
    part = place.with_name(f".{place.name}.part")
    with writing(place):
        part.write_text(f"{offset}\n", encoding="utf-8")
        part.replace(place)
