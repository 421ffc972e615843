"""Time series: how many rows fall into each period, by category. SQLite counts them, from its indexes alone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy import and_, func, select

from contacthub_orm.sandbox.documents.wire import encode
from contacthub_orm.sandbox.storage.tables import customers, deletions, events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Column, ColumnElement

    from contacthub_orm.sandbox.analytics.periods import Period
    from contacthub_orm.sandbox.service.calls import Call
    from contacthub_orm.sandbox.storage.timeline import Timeline

__all__ = [
    "Counts",
    "customers_registered",
    "events_by_kind",
    "events_of_customer",
    "updates",
]

Counts: TypeAlias = "dict[tuple[str, ...], list[int]]"
"""By category, the number for each period; categories without any row are not listed."""


def events_by_kind(
    call: Call, nodes: Sequence[str], when: Sequence[Period], contexts: Sequence[str]
) -> Counts:
    """The events by type and context, as of their `date`, in the given contexts."""
    where = [events.c.node_id.in_(nodes), events.c.context.in_(contexts), call.store.events.visible(call.now)]
    return _counted(call, when, events.c.date, (events.c.type, events.c.context), where)


def events_of_customer(call: Call, customer_id: str, nodes: Sequence[str], when: Sequence[Period]) -> Counts:
    """The events of one customer by type, as of their `date`."""
    where = [
        events.c.node_id.in_(nodes),
        events.c.customer_id == customer_id,
        call.store.events.visible(call.now),
    ]
    return _counted(call, when, events.c.date, (events.c.type,), where)


def customers_registered(call: Call, nodes: Sequence[str], when: Sequence[Period]) -> Counts:
    """The stored customers by `registeredAt`."""
    where = [customers.c.node_id.in_(nodes), call.store.customers.visible(call.now)]
    return _counted(call, when, customers.c.registered_at, (), where)


def updates(
    call: Call, timeline: Timeline, nodes: Sequence[str], when: Sequence[Period], kind: str
) -> Counts:
    """The customers, or the events by type, that were added, updated or deleted.

    What was added counts at its `registeredAt` whether or not it was deleted since, so that the total grows by
    what was added less what was deleted. What was updated counts once, at its last change.

    Args:
        call: the request.
        timeline: the customers or the events.
        nodes: the entry nodes to count in.
        when: the periods.
        kind: ADDED, UPDATED or DELETED.
    """
    table, gone = timeline.table.c, deletions.c
    by, category = ((table.type,), (gone.category,)) if "type" in table else ((), ())
    stored = [table.node_id.in_(nodes), timeline.visible(call.now)]
    noted = [
        gone.kind == timeline.table.name,
        gone.node_id.in_(nodes),
        gone.visible_from <= call.now,
    ]
    if kind == "DELETED":
        return _counted(call, when, gone.deleted_at, category, noted)
    if kind == "UPDATED":
        return _counted(call, when, table.updated_at, by, [*stored, table.updated_at > table.registered_at])
    present = _counted(call, when, table.registered_at, by, stored)
    past = _counted(call, when, gone.registered_at, category, noted)
    return _sum(present, past, len(when))


def _sum(one: Counts, other: Counts, length: int) -> Counts:
    zeros = [0] * length
    return {
        key: [sum(pair) for pair in zip(one.get(key, zeros), other.get(key, zeros), strict=True)]
        for key in one.keys() | other.keys()
    }


def _counted(
    call: Call,
    when: Sequence[Period],
    instant: Column[int],
    by: Sequence[Column[str]],
    where: Sequence[ColumnElement[bool]],
) -> Counts:
    """The number of rows for each period that the column's instant lies in, by the values of other columns."""
    spans = func.json_each(encode([[period.first, period.last] for period in when])).table_valued(
        "key", "value"
    )
    first, last = (func.json_extract(spans.c.value, path) for path in ("$[0]", "$[1]"))
    # LEFT JOIN keeps the spans outside, so that each of them is a range of the index whatever SQLite estimates.
    joined = spans.outerjoin(instant.table, and_(instant.between(first, last), *where))
    number = func.count(instant)
    counts: Counts = defaultdict(lambda: [0] * len(when))
    statement = select(spans.c.key, number, *by).select_from(joined).group_by(spans.c.key, *by)
    for position, count, *category in map(tuple, call.connection.execute(statement)):
        if count:
            counts[tuple(category)][position] = count
    return counts
