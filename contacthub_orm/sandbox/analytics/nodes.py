"""The nodes whose customers and events a figure counts. The choice is made here alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Call
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = ["CountedNode", "counted_nodes", "entry_nodes"]


@dataclass(frozen=True, slots=True)
class CountedNode:
    """A node of the workspace.

    Attributes:
        id: its id.
        name: its name.
        type: ENTRY or AGGREGATE.
        entries: the ids of the entry nodes that hold what it shows; an entry node shows what is its own.
    """

    id: str
    name: str
    type: str
    entries: tuple[str, ...]


def counted_nodes(call: Call) -> list[CountedNode]:
    """The nodes of the workspace that the token may read."""
    return [_counted(node) for node in call.rules.nodes.values() if node.id in call.caller.reads]


def entry_nodes(call: Call, node_id: str | None) -> list[str]:
    """The ids of the entry nodes that a node shows, each once; without a node, all that the token may read.

    Raises:
        Failure: 404 if there is no such node, 403 if the token may not read it.
    """
    chosen = counted_nodes(call) if node_id is None else [_counted(call.check_node(node_id))]
    return list(dict.fromkeys(entry for node in chosen for entry in node.entries))


def _counted(node: NodeRules) -> CountedNode:
    return CountedNode(node.id, node.name, "AGGREGATE" if node.is_aggregate else "ENTRY", node.shown)
