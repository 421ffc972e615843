"""Searches of events: by customer, node, type, context, mode and date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents.failures import malformed
from contacthub_orm.sandbox.documents.schemas import event_mode
from contacthub_orm.sandbox.documents.wire import parse_instant
from contacthub_orm.sandbox.search.nodes import hidden_events, in_nodes, shown_events, shown_in
from contacthub_orm.sandbox.search.paging import requested_order, requested_page
from contacthub_orm.sandbox.storage.tables import events

if TYPE_CHECKING:
    from collections.abc import Hashable

    from sqlalchemy import Column, ColumnElement

    from contacthub_orm.sandbox.search.paging import Page
    from contacthub_orm.sandbox.service.calls import Answer, Call

__all__ = ["search_events"]

COLUMNS: Final[dict[str, Column[Any]]] = {
    "date": events.c.date,
    "registeredAt": events.c.registered_at,
    "updatedAt": events.c.updated_at,
    "type": events.c.type,
    "context": events.c.context,
    "id": events.c.id,
}

FILTERS: Final = ("customerId", "type", "context", "mode", "dateFrom", "dateTo")


def search_events(call: Call) -> Answer:
    """GET one page of events, by default the newest by `date` first."""
    page, order = requested_page(call), requested_order(call, "date")
    column = COLUMNS.get(order.path)
    if column is None:
        raise malformed(f"events are sorted by one of {', '.join(COLUMNS)}", "sort", "enum")
    everything = [call.store.events.visible(call.now), *_node(call), *_customer(call)]
    where = [*everything, *_kinds(call), *_dates(call)]
    statement = select(events.c.document).where(*where).order_by(*order.clauses(column, events.c.id))
    texts = page.read(call, statement)
    unfiltered = _unfiltered(call, page, everything)
    if len(where) == len(everything):
        return page.answer(texts, unfiltered, unfiltered)
    total = page.count(call, events.c.row, where, key=_key(call))
    return page.answer(texts, total, unfiltered)


def _key(call: Call) -> Hashable:
    """What is counted, unless customers may be hidden, and their events with them."""
    node_id = call.query.get("nodeId")
    if not node_id or (node := call.check_node(node_id)).exclusions:
        return None
    return ("events", node.shown, *(call.query.get(name) for name in FILTERS))


def _unfiltered(call: Call, page: Page, everything: list[ColumnElement[bool]]) -> int:
    node_id = call.query.get("nodeId")
    if not node_id or call.query.get("customerId"):
        return page.count(call, events.c.row, everything)
    return page.count_all(call, call.store.events, call.check_node(node_id), everything)


def _node(call: Call) -> list[ColumnElement[bool]]:
    node_id = call.query.get("nodeId") or None
    if node_id is not None:
        return shown_events(call.check_node(node_id))
    if call.caller.restricted:
        return [shown_in(call, None, events, hidden_events)]
    entries = [node for node in call.rules.nodes.values() if not node.is_aggregate]
    return [in_nodes(events, tuple(node.id for node in entries if node.id in call.caller.reads))]


def _customer(call: Call) -> list[ColumnElement[bool]]:
    customer_id = call.query.get("customerId")
    return [events.c.customer_id == customer_id] if customer_id else []


def _kinds(call: Call) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    types = _listed(call, "type", enum("event_types"))
    if types:
        where.append(events.c.type.in_(types))
    contexts = _listed(call, "context", enum("event_contexts"))
    if contexts:
        where.append(events.c.context.in_(contexts))
    modes = _listed(call, "mode", enum("event_modes"))
    if modes:
        where.append(events.c.type.in_([name for name in enum("event_types") if event_mode(name) in modes]))
    return where


def _dates(call: Call) -> list[ColumnElement[bool]]:
    """The clauses for `dateFrom` and `dateTo`, both inclusive (Node SDK's tests)."""
    where: list[ColumnElement[bool]] = []
    first, last = _instant(call, "dateFrom"), _instant(call, "dateTo")
    if first is not None:
        where.append(events.c.date >= first)
    if last is not None:
        where.append(events.c.date <= last)
    return where


def _listed(call: Call, name: str, choices: tuple[str, ...]) -> list[str]:
    """The values of a comma-separated parameter (changelog 1.11; the reference declares a single value)."""
    text = call.query.get(name)
    values = text.split(",") if text else []
    if call.settings.strict and len(values) > 1:
        raise malformed(f"{name} is a single value", name, "enum")
    unknown = [value for value in values if value not in choices]
    if unknown:
        raise malformed(f"{name} does not know {', '.join(unknown)}", name, "enum")
    return values


def _instant(call: Call, name: str) -> int | None:
    text = call.query.get(name)
    if not text:
        return None
    # A plus sign that the client did not encode arrives as a space.
    instant = parse_instant(text.replace(" ", "+"), dates=True)
    if instant is None:
        raise malformed(f"{name} is a date-time with a zone, or a date", name, "date-time")
    return instant
