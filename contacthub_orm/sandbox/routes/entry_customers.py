"""The customers of entry nodes that an aggregate node takes for one person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from contacthub_orm.sandbox.documents import paths
from contacthub_orm.sandbox.documents.failures import invalid
from contacthub_orm.sandbox.documents.violations import Violation
from contacthub_orm.sandbox.records import customer_records
from contacthub_orm.sandbox.records.matching import key_of
from contacthub_orm.sandbox.search.nodes import shown_customers
from contacthub_orm.sandbox.search.paging import requested_page
from contacthub_orm.sandbox.storage.tables import customers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.service.calls import Answer, Call
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = ["listing"]


def listing(call: Call) -> Answer:
    """GET one page: the customer itself, and those that an active aggregate node matches with it.

    `page` and `size` are required (reference 1.299.1).
    """
    lacking = [
        Violation(f"{name} is required", name, code="required")
        for name in ("page", "size")
        if not call.query.get(name)
    ]
    if lacking:
        raise invalid("entry customers query", lacking)
    page = requested_page(call)
    customer = customer_records.load(call, call.path["customer"])
    found = {customer["id"], *_matched(call, customer)}
    where = [customers.c.id.in_(found), customers.c.current]
    documents = (
        select(customers.c.document).where(*where).order_by(customers.c.registered_at, customers.c.row)
    )
    return page.answer(page.read(call, documents), len(found), len(found))


def _matched(call: Call, customer: dict[str, Any]) -> Iterator[str]:
    """The ids of the customers with the same values of the matching properties of an aggregate node."""
    for node in call.rules.nodes.values():
        if not (node.is_aggregate and customer["nodeId"] in node.shown and call.caller.sees(node.id)):
            continue
        sought = key_of([paths.read(customer, path) for path in node.matching], node)
        if sought is not None:
            yield from (identity for identity, key in _keys(call, node) if key == sought)


def _keys(call: Call, node: NodeRules) -> Iterator[tuple[str, str | None]]:
    """The ids of a node's customers, and what the node tells them apart by."""
    values = [
        func.json_extract(customers.c.document, "$" + "".join(f'."{name}"' for name in path.split(".")))
        for path in node.matching
    ]
    where = [*shown_customers(node), customers.c.current]
    for identity, *found in call.connection.execute(select(customers.c.id, *values).where(*where)):
        yield identity, key_of(found, node)
