"""`contacthub-orm get` and `contacthub-orm query`: customers and events by their ids, and by a criterion."""

from __future__ import annotations

import sys

import click

from contacthub_orm.cli.data.asking import order_option, question
from contacthub_orm.cli.terminal.classes import columns_of, entity_class, entity_option
from contacthub_orm.cli.terminal.connection import Target, node_options
from contacthub_orm.cli.terminal.output import format_option, print_rows

__all__ = ["get", "query"]

_COLUMNS = click.option(
    "--columns", metavar="PATHS", help="What is shown: paths separated by commas, such as id,base.lastName."
)


@click.command()
@click.argument("identities", metavar="ID...", nargs=-1, required=True)
@entity_option("Customer (the default), Event, or MODULE:CLASS of yours.")
@_COLUMNS
@format_option("json")
@node_options(sandbox=True)
def get(
    target: Target, identities: tuple[str, ...], name: str | None, columns: str | None, form: str
) -> None:
    """Show customers or events by their ids.

    The exit status is 1 if one of them does not exist; the others are shown.

    \b
    Example:
      contacthub-orm get 7b7a3f5e-8f4e-4f6c-9ad8-2f2f1c1f1e11 --format table
    """
    from contacthub_orm import Session

    entity = entity_class(name or "Customer")
    shown = columns_of(entity, columns) if columns or form != "json" else []
    with target.node() as node, Session(node) as session:
        found = session.get_many(entity, identities)
        print_rows((one.to_dict() for one in found if one is not None), form, shown)
    missing = [wanted for wanted, one in zip(identities, found, strict=True) if one is None]
    for wanted in missing:
        click.echo(f"there is no {entity.__name__} {wanted}", err=True)
    if missing:
        sys.exit(1)


@click.command()
@click.argument("criterion", required=False)
@entity_option("The class of the rows; by default the one that the criterion speaks of.")
@order_option
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="At most so many rows.")
@click.option("--count", is_flag=True, help="Print only how many rows match.")
@click.option("--show-query", is_flag=True, help="Print what would be sent, and send nothing.")
@_COLUMNS
@format_option()
@node_options(sandbox=True)
def query(
    target: Target,
    criterion: str | None,
    name: str | None,
    order: tuple[str, ...],
    limit: int | None,
    count: bool,
    show_query: bool,
    columns: str | None,
    form: str,
) -> None:
    """Show the customers or events that satisfy a CRITERION; all without one.

    A criterion is written as in Python: attributes of classes, comparisons, and, or, not, in, is None, did(...), date(...),
    today(), timedelta(...). It is parsed, and never run. A query in the service's own form, as JSON, will do too.

    \b
    Examples:
      contacthub-orm query 'Customer.base.lastName == "Wayne"'
      contacthub-orm query 'Customer.registeredAt > today() - timedelta(days=7)'
      contacthub-orm query 'Event.type == "completedOrder"' --limit 10
      contacthub-orm query --order-by 'Customer.updatedAt.desc()' --format csv
    """
    from contacthub_orm import Session

    asked = question(criterion, name, order)
    shown = columns_of(asked.entity, columns) if columns or form != "json" else []
    with target.node() as node, Session(node) as session:
        wanted = asked.on(session).no_tracking()
        wanted = wanted if limit is None else wanted.limit(limit)
        if show_query:
            click.echo(wanted.explain())
        elif count:
            click.echo(str(wanted.count()))
        else:
            print_rows((one.to_dict() for one in wanted), form, shown)
