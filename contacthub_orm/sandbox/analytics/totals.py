"""Totals of the stored customers and events: by node, by channel, by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from contacthub_orm.sandbox.analytics.conventions import PAGE_VIEW, WEB
from contacthub_orm.sandbox.storage.tables import MOBILE, customers, events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["customers_by_channel", "customers_by_node", "web_page_views"]


def customers_by_node(call: Call) -> dict[str, int]:
    """The number of customers of each entry node of the workspace that has some."""
    statement = (
        select(customers.c.node_id, func.count())
        .where(customers.c.node_id.in_(call.rules.nodes), call.store.customers.visible(call.now))
        .group_by(customers.c.node_id)
    )
    return {row[0]: row[1] for row in call.connection.execute(statement)}


def customers_by_channel(call: Call, nodes: Sequence[str]) -> dict[str, int]:
    """The number of customers by what they can be reached with: `email` and `mobilePhone` of their contacts."""
    email, mobile = _is_filled(customers.c.email), _is_filled(MOBILE)
    statement = (
        select(email, mobile, func.count())
        .where(customers.c.node_id.in_(nodes), call.store.customers.visible(call.now, by_index=True))
        .group_by(email, mobile)
    )
    found = {(bool(one), bool(other)): count for one, other, count in call.connection.execute(statement)}
    names = {
        "emailMobile": (True, True),
        "emailOnly": (True, False),
        "mobileOnly": (False, True),
        "notReachable": (False, False),
    }
    return {name: found.get(channels, 0) for name, channels in names.items()}


def web_page_views(call: Call, nodes: Sequence[str], first: int, last: int) -> int:
    """The number of pages that were viewed on the web, by the `date` of the events; bounds are inclusive."""
    statement = select(func.count()).where(
        events.c.node_id.in_(nodes),
        events.c.date.between(first, last),
        events.c.type == PAGE_VIEW,
        events.c.context == WEB,
        call.store.events.visible(call.now),
    )
    return call.connection.scalar(statement) or 0


def _is_filled(value: ColumnElement[str]) -> ColumnElement[bool]:
    return func.coalesce(value, "") != ""
