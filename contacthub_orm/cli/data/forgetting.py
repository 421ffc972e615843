"""`contacthub-orm forget`: erase all that the service holds of persons, as they may demand by law."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from contacthub_orm.cli.data.asking import question
from contacthub_orm.cli.terminal.classes import columns_of
from contacthub_orm.cli.terminal.connection import Target, node_options
from contacthub_orm.cli.terminal.output import print_rows, writing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm import Customer, Session

__all__ = ["forget"]


@click.command()
@click.argument("identities", metavar="[ID]...", nargs=-1)
@click.option("--where", "criterion", metavar="CRITERION", help="Whom; see the command query.")
@click.option(
    "--export",
    "folder",
    type=click.Path(file_okay=False),
    metavar="FOLDER",
    help="First write all that the service holds of each to a file ID.json in FOLDER.",
)
@click.option("--dry-run", is_flag=True, help="Show whom, and erase nobody.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@node_options(sandbox=True)
def forget(
    target: Target,
    *,
    identities: tuple[str, ...],
    criterion: str | None,
    folder: str | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Erase customers with their events, by ID or by a criterion. Nothing brings them back.

    The command shows whom it found and asks. The exit status is 1 if an ID does not exist or somebody is left; then the
    others are not erased either, unless the service failed halfway.

    \b
    Examples:
      contacthub-orm forget 7b7a3f5e-8f4e-4f6c-9ad8 --export exported
      contacthub-orm forget --where 'Customer.externalId in ["17", "18"]'
    """
    from contacthub_orm import Customer, Session

    if bool(identities) == (criterion is not None):
        raise click.UsageError("say whom: either IDs, or --where CRITERION")
    asked = None if criterion is None else question(criterion, None)
    if asked is not None and not issubclass(asked.entity, Customer):
        raise click.UsageError("only customers can be erased, with their events")
    with target.node() as node, Session(node) as session:
        found: list[Customer] = _by_id(session, identities) if asked is None else asked.on(session).all()
        if not found:
            click.echo("nobody", err=True)
            return
        print_rows([one.to_dict() for one in found], "table", columns_of(Customer, None))
        if dry_run:
            return
        if not yes:
            click.confirm(f"Erase {_number(found)} for good?", abort=True, err=True)
        if folder is not None:
            _export(session, found, Path(folder))
        for one in found:
            session.forget(one)
        session.commit()
    click.echo(f"{_number(found)} erased", err=True)


def _number(found: Sequence[object]) -> str:
    return f"{len(found)} {'customer' if len(found) == 1 else 'customers'}"


def _by_id(session: Session, identities: Sequence[str]) -> list[Customer]:
    from contacthub_orm import Customer

    read = session.get_many(Customer, identities)
    missing = [wanted for wanted, one in zip(identities, read, strict=True) if one is None]
    for wanted in missing:
        click.echo(f"there is no customer {wanted}", err=True)
    if missing:
        sys.exit(1)
    return list({one.id: one for one in read if one is not None}.values())


def _export(session: Session, found: Sequence[Customer], folder: Path) -> None:
    """Write what is held of each, readable by the owner alone."""
    with writing(folder, "; nobody was erased"):
        folder.mkdir(parents=True, exist_ok=True)
        for one in found:
            document: Any = session.export(one)
            target = os.open(folder / f"{one.id}.json", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
            with open(target, "w", encoding="utf-8") as file:
                json.dump(document, file, indent=2)
