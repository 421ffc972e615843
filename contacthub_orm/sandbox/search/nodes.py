"""What a node shows: an entry node its own customers and events, an aggregate node those of its entry nodes.

An aggregate node can hide customers; whoever reads their entry node through it alone does not see them anywhere.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy import and_, func, or_, select

from contacthub_orm.sandbox.storage.tables import consent_log, customers, events, updates

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy import ColumnElement, CompoundSelect, Select, Table

    from contacthub_orm.sandbox.service.calls import Call
    from contacthub_orm.sandbox.service.rules import Exclusion, Exclusions, NodeRules

__all__ = [
    "hidden_entries",
    "hidden_events",
    "hidden_updates",
    "in_nodes",
    "is_hidden",
    "shown_customers",
    "shown_events",
    "shown_in",
]

Hiding: TypeAlias = "Callable[[Exclusions], ColumnElement[bool]]"


@lru_cache(maxsize=64)
def in_nodes(table: Table, nodes: tuple[str, ...]) -> ColumnElement[bool]:
    """A clause for the rows of these nodes."""
    # One node is the usual case, and equality lets SQLite use an index for the order as well.
    return table.c.node_id == nodes[0] if len(nodes) == 1 else table.c.node_id.in_(nodes)


def shown_customers(node: NodeRules) -> list[ColumnElement[bool]]:
    """The clauses for the customers that a node shows."""
    if not node.exclusions:
        return [in_nodes(customers, node.shown)]
    return [in_nodes(customers, node.shown), ~_excluded(node.exclusions, customers.c.document)]


def shown_events(node: NodeRules) -> list[ColumnElement[bool]]:
    """The clauses for the events that a node shows; who is excluded is excluded with all events."""
    if not node.exclusions:
        return [in_nodes(events, node.shown)]
    return [in_nodes(events, node.shown), ~hidden_events(node.exclusions)]


def is_hidden(call: Call, node_id: str, customer_id: str | None) -> bool:
    """Whether the token may not read a customer of a node that it reads; see `Caller.restricted`."""
    exclusions = call.caller.restricted.get(node_id)
    if exclusions is None or call.writes or customer_id is None:
        return False
    it = _excluded_customers(exclusions).where(customers.c.id == customer_id)
    return call.connection.scalar(it) is not None


def shown_in(call: Call, node: NodeRules | None, table: Table, hidden: Hiding) -> ColumnElement[bool]:
    """A clause for the rows that a node shows; without a node, for those of all nodes that the token may read.

    Args:
        call: the request.
        node: the node, as `Call.check_node` gave it.
        table: a table with a column `node_id`.
        hidden: gives a clause for the rows that filters hide.
    """
    if node is not None:
        views: list[tuple[Collection[str], Exclusions]] = [(node.shown, node.exclusions)]
    else:
        restricted = call.caller.restricted
        views = [
            (call.caller.reads - restricted.keys(), ()),
            *(([one], restricted[one]) for one in restricted),
        ]
    column = table.c.node_id
    return or_(
        *(column.in_(nodes) & ~hidden(filters) if filters else column.in_(nodes) for nodes, filters in views)
    )


def hidden_entries(exclusions: Exclusions) -> ColumnElement[bool]:
    """A clause for the entries of the consent log that belong to hidden customers."""
    return _belongs_to(consent_log.c.customer_id, _excluded_customers(exclusions))


def hidden_events(exclusions: Exclusions) -> ColumnElement[bool]:
    """A clause for the events of hidden customers."""
    return _belongs_to(events.c.customer_id, _excluded_customers(exclusions))


def hidden_updates(exclusions: Exclusions) -> ColumnElement[bool]:
    """A clause for the updates that tell of hidden customers: each version by what it says, each event by its customer.

    A customer that was deleted is judged by its last version.
    """
    is_version = updates.c.entity == "CUSTOMER"
    last = updates.alias("last")
    gone = select(last.c.id).where(
        last.c.entity == "CUSTOMER", last.c.operation == "DELETE", _excluded(exclusions, last.c.document)
    )
    owners = _excluded_customers(exclusions).union(gone)
    return (is_version & _excluded(exclusions, updates.c.document)) | _belongs_to(updates.c.owner, owners)


def _belongs_to(owner: ColumnElement[Any], found: Select[Any] | CompoundSelect[Any]) -> ColumnElement[bool]:
    """A clause for what has an owner, and one of these."""
    return func.coalesce(owner, "").in_(found)


def _excluded_customers(exclusions: Exclusions) -> Select[Any]:
    return select(customers.c.id).where(customers.c.current, _excluded(exclusions, customers.c.document))


def _excluded(exclusions: Exclusions, document: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(*(or_(*(_matches(one, document) for one in filters)) for filters in exclusions))


def _matches(exclusion: Exclusion, document: ColumnElement[str]) -> ColumnElement[bool]:
    path = "".join(f'."{name}"' for name in exclusion.property.split("."))
    stored = func.coalesce(func.json_extract(document, f"${path}"), "")
    position = func.instr(stored, exclusion.value)
    return position == 1 if exclusion.pattern == "START_WITH" else position > 0
