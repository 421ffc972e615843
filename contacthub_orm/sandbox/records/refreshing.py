"""Stored customers, brought to the policies and the form of this sandbox."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from contacthub_orm.sandbox.documents.shapes import complete_customer
from contacthub_orm.sandbox.documents.wire import decode, encode
from contacthub_orm.sandbox.records.matching import match_key
from contacthub_orm.sandbox.storage.errors import SandboxError
from contacthub_orm.sandbox.storage.tables import customers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from sqlalchemy import Connection

    from contacthub_orm.sandbox.documents.shapes import UnsetForm
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = ["refresh_customers"]


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
    columns, known = customers.c, {node.id: node for node in nodes}
    found = select(columns.row, columns.document, columns.match_key).where(columns.node_id.in_(known))
    rows = connection.execute(found).all()
    refreshed = [
        ({"match_key": key, "document": text}, _refreshed(text, known, unset)) for _, text, key in rows
    ]
    changes = [
        {"the_row": row, **new} for (row, _, _), (old, new) in zip(rows, refreshed, strict=True) if new != old
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
