"""The matching policy in a node's configuration, which not every token may read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.contacthub.backend.matching_policy import MatchingPolicy
from contacthub_orm.errors import APIError, TransportError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["read_policy"]


def read_policy(call: Callable[[str, tuple[str, ...]], Any], node_id: str) -> MatchingPolicy | None:
    """The matching policy of an entry node, or None if it cannot be read: many tokens may not read it.

    The uniqueness policy belongs to the workspace's configuration; MERGE is its default (reference 1.299.1).
    """
    try:
        node = call("GET", ("configuration", "nodes", "entries", node_id))
    except (APIError, TransportError):
        return None
    matching = node.get("uniqueCustomer")
    properties = matching.get("properties") if isinstance(matching, dict) else None
    if (
        not isinstance(properties, list)
        or not properties
        or not all(isinstance(one, str) for one in properties)
    ):
        return None
    return MatchingPolicy(tuple(properties), bool(matching.get("caseSensitive")), uniqueness="MERGE")
