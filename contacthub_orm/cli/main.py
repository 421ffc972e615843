"""The command `contacthub-orm` and its subcommands.

A subcommand imports its dependencies when it is called, so that `--help` is quick and needs none of them.
"""

from __future__ import annotations

import sys
from typing import Final

try:
    import click
except ImportError:
    sys.exit('the command line needs click; install it with: pip install "contacthub_orm[sandbox,cli]"')

from contacthub_orm.cli.api import api
from contacthub_orm.cli.data.deduplicating import dedupe
from contacthub_orm.cli.data.exporting import export
from contacthub_orm.cli.data.following import tail
from contacthub_orm.cli.data.forgetting import forget
from contacthub_orm.cli.data.importing import import_rows
from contacthub_orm.cli.data.querying import get, query
from contacthub_orm.cli.doctor import doctor
from contacthub_orm.cli.journal import journal, recover
from contacthub_orm.cli.mirror import mirror
from contacthub_orm.cli.models import check, models
from contacthub_orm.cli.quickstart import quickstart
from contacthub_orm.cli.sandbox import sandbox
from contacthub_orm.cli.shell import shell

__all__ = ["main"]

INTERRUPTED: Final = 130
"""The exit status after Ctrl-C, which shells give to what SIGINT ended."""

LONGEST_SENTENCE: Final = 300


class Commands(click.Group):
    """A group whose commands end with one line and the status 130 when Ctrl-C stops them."""

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("stopped", err=True)
            ctx.exit(INTERRUPTED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands, each with the whole first sentence of its help."""
        names = self.list_commands(ctx)
        rows = [(name, self.commands[name].get_short_help_str(limit=LONGEST_SENTENCE)) for name in names]
        with formatter.section("Commands"):
            formatter.write_dl(rows)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="contacthub_orm")
def main() -> None:
    """Work with Contacthub from the command line.

    CONTACTHUB_WORKSPACE_ID, CONTACTHUB_TOKEN, CONTACTHUB_NODE_ID and CONTACTHUB_BASE_URL name the workspace, or an INI file
    that --settings or CONTACTHUB_SETTINGS names. The exit status is 0 if all was done, 1 if something was not, 2 if the
    command makes no sense, 130 after Ctrl-C.
    """


for one in (
    api,
    check,
    dedupe,
    doctor,
    export,
    forget,
    get,
    import_rows,
    journal,
    mirror,
    models,
    query,
    quickstart,
    recover,
    sandbox,
    shell,
    tail,
):
    main.add_command(one)
