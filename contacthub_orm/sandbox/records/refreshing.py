"""Stored customers, brought to the policies and the form of this sandbox."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, select, update

from contacthub_orm.sandbox.documents.shapes import complete_customer
from contacthub_orm.sandbox.documents.wire import decode, encode
from contacthub_orm.sandbox.records.matching import match_key
from contacthub_orm.sandbox.storage.collections import Collection as Documents
from contacthub_orm.sandbox.storage.errors import SandboxError
from contacthub_orm.sandbox.storage.tables import customers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection

    from contacthub_orm.sandbox.documents.shapes import UnsetForm
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = ["forget_forms", "refresh_customers", "refresh_opened"]

FORMS: Final = "forms"
"""The kind of the documents that tell, by node, what its customers were last refreshed for."""

VERSION: Final = 1
"""The next number, if customers are completed differently: then those in data files are completed anew."""

FEW: Final = 2_000
BATCH: Final = 2_000
REPORTED: Final = 50_000
LOGGER: Final = logging.getLogger("contacthub_orm.sandbox")


def refresh_opened(connection: Connection, nodes: Collection[NodeRules], unset: UnsetForm) -> None:
    """Refresh the customers of a file that was opened; where there are many, only those of nodes that need it.

    Args:
        connection: the database connection, with a transaction open.
        nodes: all nodes.
        unset: the form of what is not set.

    Raises:
        SandboxError: if a document is corrupt.
    """
    forms = Documents(connection, FORMS)
    are_few = (connection.scalar(select(func.max(customers.c.row))) or 0) <= FEW
    wanted = {
        node.id: {"version": VERSION, "unset": unset, "matching": [*node.matching, node.case_sensitive]}
        for node in nodes
        if not node.is_aggregate
    }
    stale = [node for node in nodes if node.id in wanted and forms.get(node.id) != wanted[node.id]]
    refresh_customers(connection, nodes if are_few else stale, unset)
    for node in stale:
        forms.put(node.id, wanted[node.id])


def forget_forms(connection: Connection) -> None:
    """Customers may be written in another form from now on than those that are stored have."""
    Documents(connection, FORMS).clear()


def refresh_customers(connection: Connection, nodes: Collection[NodeRules], unset: UnsetForm) -> None:
    """Compute the match keys anew and complete the documents, after a file was opened or the policy changed.

    A sandbox of an earlier version left unset objects null.

    Args:
        connection: the database connection, with a transaction open.
        nodes: the nodes whose customers are refreshed.
        unset: the form of what is not set.

    Raises:
        SandboxError: if a document is corrupt.
    """
    columns, known, last, seen = customers.c, {node.id: node for node in nodes}, -1, 0
    found = select(columns.row, columns.document, columns.match_key).where(columns.node_id.in_(known))
    while rows := connection.execute(
        found.where(columns.row > last).order_by(columns.row).limit(BATCH)
    ).all():
        last = rows[-1].row
        seen += len(rows)
        if seen % REPORTED < len(rows):
            LOGGER.warning(
                "%s customers of the data file have the form and the keys of this sandbox", f"{seen:,}"
            )
        refreshed = [
            ({"match_key": key, "document": text}, _refreshed(text, known, unset)) for _, text, key in rows
        ]
        changes = [
            {"the_row": row, **new}
            for (row, _, _), (old, new) in zip(rows, refreshed, strict=True)
            if new != old
        ]
        if changes:
            connection.execute(update(customers).where(customers.c.row == bindparam("the_row")), changes)


def _refreshed(text: str, nodes: Mapping[str, NodeRules], unset: UnsetForm) -> dict[str, Any]:
    try:
        customer = complete_customer(decode(text), unset)
        node = nodes[customer["nodeId"]]
    except (ValueError, TypeError, AttributeError):
        raise SandboxError("the data file is corrupt: a customer is no JSON object") from None
    except KeyError:
        raise SandboxError("the data file is corrupt: a customer has no node") from None
    return {"match_key": match_key(customer, node), "document": encode(customer)}
