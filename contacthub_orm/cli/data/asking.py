"""What commands that ask for many rows have in common: their options, and the query that these make."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import attrs
import click

from contacthub_orm.cli.terminal.classes import classes_by_name, entity_class

if TYPE_CHECKING:
    from collections.abc import Callable

    from contacthub_orm import Query, Session

__all__ = ["Question", "question"]

_EXAMPLE = 'Customer.base.lastName == "Wayne"'


@attrs.frozen
class Question:
    """What is asked for, checked as far as that needs no service.

    Attributes:
        entity: the class of the rows.
        criterion: the criterion, or None for all rows.
        raw: the query in the service's own form, or None.
        order: what the rows are sorted by.
    """

    entity: type[Any]
    criterion: Any = None
    raw: Any = None
    order: tuple[Any, ...] = ()

    def on(self, session: Session) -> Query[Any]:
        """The query of a session."""
        query = session.query(self.entity)
        if self.raw is not None:
            query = query.raw(self.raw)
        if self.criterion is not None:
            query = query.filter(self.criterion)
        return query.order_by(*self.order) if self.order else query


def question(text: str | None, name: str | None, order: tuple[str, ...] = ()) -> Question:
    """Make a question of what a command was given.

    Args:
        text: a criterion in the form of Python, a query as JSON, or None for all rows.
        name: the name of the class, or None for the one that the criterion speaks of.
        order: what the rows are sorted by, in the form of Python.

    Raises:
        click.UsageError: if it makes no sense.
    """
    from contacthub_orm import Customer
    from contacthub_orm.cli.data.criteria import Criteria
    from contacthub_orm.errors import CompileError

    chosen = None if name is None else entity_class(name)
    known = classes_by_name() | ({} if chosen is None else {chosen.__name__: chosen})
    reader = Criteria(known)
    try:
        raw = _query_json(text) if text is not None and text.lstrip().startswith("{") else None
        criterion = None if text is None or raw is not None else reader.criterion(text)
        keys = tuple(map(reader.ordering, order))
    except CompileError as error:
        raise click.UsageError(str(error)) from None
    entity = chosen or next(iter(reader.roots), Customer)
    return Question(entity, criterion, raw, keys)


def _query_json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise click.UsageError(
            f"the query is neither a criterion such as {_EXAMPLE} nor JSON: {error}"
        ) from None


def order_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--order-by`, as the argument `order`."""
    return click.option(
        "--order-by",
        "order",
        multiple=True,
        metavar="ATTRIBUTE",
        help="Sort: Customer.base.lastName, or Customer.registeredAt.desc(); may be repeated.",
    )(command)
