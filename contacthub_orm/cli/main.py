"""The command `contacthub-orm` and its subcommands.

A subcommand imports its dependencies when it is called, so that `--help` is quick and needs none of them.
"""

from __future__ import annotations

import sys

try:
    import click
except ImportError:
    sys.exit('the command line needs click; install it with: pip install "contacthub_orm[sandbox,cli]"')

from contacthub_orm.cli.doctor import doctor
from contacthub_orm.cli.journal import journal, recover
from contacthub_orm.cli.mirror import mirror
from contacthub_orm.cli.models import check, models
from contacthub_orm.cli.quickstart import quickstart
from contacthub_orm.cli.sandbox import sandbox

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="contacthub_orm")
def main() -> None:
    """Work with Contacthub from the command line."""


main.add_command(check)
main.add_command(doctor)
main.add_command(journal)
main.add_command(mirror)
main.add_command(models)
main.add_command(quickstart)
main.add_command(recover)
main.add_command(sandbox)
