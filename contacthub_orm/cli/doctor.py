"""`contacthub-orm doctor`: what the client assumes of a workspace, and with `--live` what the workspace does."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

from contacthub_orm.cli.terminal.connection import Target, node_options
from contacthub_orm.cli.terminal.output import format_option

if TYPE_CHECKING:
    from contacthub_orm.contacthub.doctor import Report
    from contacthub_orm.contacthub.node import Node

__all__ = ["doctor"]


@click.command()
@click.option(
    "--live", is_flag=True, help="Also write one marked customer, look what happens, and remove it."
)
@click.option("--yes", is_flag=True, help="Do not ask before writing.")
@click.option("--write", "path", type=click.Path(dir_okay=False), help="Write a settings file for Workspace.")
@format_option("text", ("text", "json"), "How findings are printed.")
@node_options(sandbox=True)
def doctor(target: Target, live: bool, yes: bool, path: str | None, form: str) -> None:
    """Say what the client reads of the workspace's configuration, and what it assumes.

    Without --live nothing is written to the workspace. The exit status is 1 if the marked customer could not be removed, or
    the service cannot be asked.

    \b
    Examples:
      contacthub-orm doctor --format json
      contacthub-orm doctor --live --write contacthub.ini
    """
    from contacthub_orm.contacthub.doctor import examine

    with target.node() as node:
        report = examine(node)
        if live:
            _test(node, report, asks=not yes)
        _show(report, form)
        if path is not None:
            _write(node, report, path, asks=not yes)
    if report.left:
        sys.exit(1)


def _test(node: Node, report: Report, *, asks: bool) -> None:
    from contacthub_orm.contacthub.doctor import LiveTest

    test = LiveTest(node, report)
    click.echo(
        f"A customer with the externalId {test.marker} is written to node {node.node_id} of workspace "
        f"{node.workspace.workspace_id}, and removed.",
        err=True,
    )
    if asks:
        click.confirm("Go on?", abort=True, err=True)
    try:
        test.run()
    finally:
        for one in report.left:
            click.echo(f"NOT REMOVED, remove it by hand: customer {one}", err=True)


def _show(report: Report, form: str) -> None:
    if form == "json":
        click.echo(json.dumps([attrs.asdict(one) for one in report.findings], indent=2))
        return
    widths = [max(len(getattr(one, name)) for one in report.findings) for name in ("subject", "source")]
    for one in report.findings:
        click.echo(f"{one.subject:<{widths[0]}}  {one.source:<{widths[1]}}  {one.found}")


def _write(node: Node, report: Report, path: str, *, asks: bool) -> None:
    from contacthub_orm.contacthub.doctor import settings_text

    target = Path(path)
    if asks and target.exists():
        click.confirm(f"{path} exists. Replace it?", abort=True, err=True)
    try:
        target.write_text(settings_text(node, report), encoding="utf-8")
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}") from None
    click.echo(f"written: {path}", err=True)
