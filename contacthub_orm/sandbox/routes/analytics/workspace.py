"""The routes of analytics about the workspace and its nodes."""

from __future__ import annotations

from contacthub_orm.sandbox.analytics.conventions import workspace_name
from contacthub_orm.sandbox.analytics.nodes import counted_nodes
from contacthub_orm.sandbox.analytics.totals import customers_by_node
from contacthub_orm.sandbox.documents.wire import encode
from contacthub_orm.sandbox.search.paging import Page
from contacthub_orm.sandbox.service.calls import Answer, Call

__all__ = ["list_nodes", "show_workspace"]

PAGE_SIZE = 50


def show_workspace(call: Call) -> Answer:
    """GET the workspace with the number of its customers."""
    return Answer.of(
        200,
        {
            "id": call.service.credentials.workspace_id,
            "name": workspace_name(call),
            "status": call.rules.workspace_status,
            "customers": sum(customers_by_node(call).values()),
        },
    )


def list_nodes(call: Call) -> Answer:
    """GET all nodes with the numbers of their customers, on one page: no document says how to ask for a second."""
    numbers = customers_by_node(call)
    nodes = [
        {
            "id": node.id,
            "name": node.name,
            "type": node.type,
            "customers": sum(numbers.get(entry, 0) for entry in node.entries),
            "plan": False,
            "send": None,
        }
        for node in counted_nodes(call)
    ]
    page = Page(0, max(PAGE_SIZE, len(nodes)), call.settings.page_cap)
    return page.answer([encode(node) for node in nodes], len(nodes), len(nodes))
