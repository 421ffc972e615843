"""The node's matching policy: which customers are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select

from contacthub_orm.sandbox.documents import paths
from contacthub_orm.sandbox.documents.failures import conflict
from contacthub_orm.sandbox.documents.wire import encode
from contacthub_orm.sandbox.storage.tables import customers

if TYPE_CHECKING:
    from contacthub_orm.sandbox.documents.failures import Failure
    from contacthub_orm.sandbox.service.calls import Call
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = ["conflict_with", "find_match", "key_of", "match_key"]

OLDEST_MATCH = (
    select(customers.c.id)
    .where(
        customers.c.node_id == bindparam("node"),
        customers.c.match_key == bindparam("key"),
        customers.c.match_key.is_not(None),
        customers.c.current,
    )
    .order_by(customers.c.registered_at, customers.c.row)
    .limit(1)
)


def match_key(customer: dict[str, Any], node: NodeRules) -> str | None:
    """The values that identify the customer, as one string to compare.

    Returns:
        None if one of the values is missing or empty; such a customer matches no other.
    """
    return key_of([paths.read(customer, path) for path in node.matching], node)


def key_of(values: list[Any], node: NodeRules) -> str | None:
    """The values of the matching properties as one string to compare, or None if one is missing or empty."""
    if not values or any(value in (None, "", []) for value in values):
        return None
    if not node.case_sensitive:
        values = [value.casefold() if isinstance(value, str) else value for value in values]
    return encode(values)


def find_match(call: Call, node_id: str, key: str | None, *, other_than: str | None = None) -> str | None:
    """The id of the node's customer with that key, the first registered of several, or None if there is none."""
    if key is None:
        return None
    statement = OLDEST_MATCH if other_than is None else OLDEST_MATCH.where(customers.c.id != other_than)
    found: str | None = call.connection.scalar(statement, {"node": node_id, "key": key})
    return found


def conflict_with(call: Call, customer_id: str) -> Failure:
    """409 with a link to the customer that exists already."""
    workspace = f"{call.service.state.base_url}/workspaces/{call.service.credentials.workspace_id}"
    return conflict(customer_id, f"{workspace}/customers/{customer_id}")
