"""What a node shows: an entry node its own customers and events, an aggregate node those of its entry nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import false, func, or_, select

from contacthub_orm.sandbox.storage.tables import customers, events

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Table

    from contacthub_orm.sandbox.service.rules import Exclusion, NodeRules

__all__ = ["in_nodes", "shown_customers", "shown_events"]


def in_nodes(table: Table, nodes: Sequence[str]) -> ColumnElement[bool]:
    """A clause for the rows of these nodes."""
    # One node is the usual case, and equality lets SQLite use an index for the order as well.
    return table.c.node_id == nodes[0] if len(nodes) == 1 else table.c.node_id.in_(nodes)


def shown_customers(node: NodeRules) -> list[ColumnElement[bool]]:
    """The clauses for the customers that a node shows."""
    if not node.exclusions:
        return [in_nodes(customers, node.shown)]
    return [in_nodes(customers, node.shown), ~_excluded(node.exclusions)]


def shown_events(node: NodeRules) -> list[ColumnElement[bool]]:
    """The clauses for the events that a node shows; who is excluded is excluded with all events."""
    if not node.exclusions:
        return [in_nodes(events, node.shown)]
    hidden = select(customers.c.id).where(customers.c.current, _excluded(node.exclusions))
    without_owner = events.c.customer_id.is_(None)
    return [in_nodes(events, node.shown), without_owner | events.c.customer_id.not_in(hidden)]


def _excluded(exclusions: Sequence[Exclusion]) -> ColumnElement[bool]:
    return or_(false(), *(_matches(one) for one in exclusions))


def _matches(exclusion: Exclusion) -> ColumnElement[bool]:
    path = "".join(f'."{name}"' for name in exclusion.property.split("."))
    stored = func.coalesce(func.json_extract(customers.c.document, f"${path}"), "")
    position = func.instr(stored, exclusion.value)
    return position == 1 if exclusion.pattern == "START_WITH" else position > 0
