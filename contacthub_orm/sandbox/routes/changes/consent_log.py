"""The routes of the consent log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, or_, select

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents import paths
from contacthub_orm.sandbox.documents.failures import Failure, malformed, not_found
from contacthub_orm.sandbox.documents.violations import Violation
from contacthub_orm.sandbox.documents.wire import decode_received, format_instant, parse_instant
from contacthub_orm.sandbox.records.matching import find_match, key_of
from contacthub_orm.sandbox.search.nodes import hidden_entries, is_hidden, shown_in
from contacthub_orm.sandbox.search.paging import requested_order, requested_page
from contacthub_orm.sandbox.service.calls import Answer, Call
from contacthub_orm.sandbox.storage.tables import consent_log

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Column, ColumnElement, Row

    from contacthub_orm.sandbox.service.calls import Handler
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = ["ROUTES"]

COLUMNS: Final[dict[str, Column[Any]]] = {
    "id": consent_log.c.id,
    "customerId": consent_log.c.customer_id,
    "date": consent_log.c.date,
    "type": consent_log.c.type,
    "property": consent_log.c.property,
}
DAY: Final = 24 * 60 * 60 * 1000
MAX_DIGITS: Final = 18  # SQLite keeps numbers of 64 bits


def listing(call: Call) -> Answer:
    """GET one page of the entries, by default the newest first."""
    where = _filters(call)
    page, order = requested_page(call), requested_order(call, "date")
    column = COLUMNS.get(order.path)
    if column is None:
        raise malformed(f"entries are sorted by one of {', '.join(COLUMNS)}", "sort", "enum")
    statement = (
        select(consent_log)
        .where(*where)
        .order_by(*order.clauses(column, consent_log.c.id))
        .limit(page.size)
        .offset(page.number * page.size)
    )
    rows = call.connection.execute(statement).all()
    counted = select(func.count()).select_from(consent_log).where(*where)
    total = call.connection.scalar(counted) or 0
    described = {
        "size": page.size,
        "totalElements": total,
        "totalPages": -(-total // page.size) if page.size else 0,
        "number": page.number,
    }
    return Answer.of(200, {"elements": [_shown(row) for row in rows], "page": described})


def show(call: Call) -> Answer:
    """GET one by its number."""
    identity = call.path["entry"]
    found = None
    if identity.isascii() and identity.isdigit() and len(identity) <= MAX_DIGITS:
        statement = select(consent_log).where(consent_log.c.id == int(identity))
        found = call.connection.execute(statement).one_or_none()
    if (
        found is None
        or found.node_id not in call.caller.reads
        or is_hidden(call, found.node_id, found.customer_id)
    ):
        raise not_found("consent log", identity)
    return Answer.of(200, _shown(found))


def _shown(row: Row[Any]) -> dict[str, Any]:
    """An entry; what it does not have is left out."""
    entry = {
        "id": row.id,
        "customerId": row.customer_id,
        "date": format_instant(row.date),
        "type": row.type,
        "property": row.property,
        "value": row.value,
        # The ids of users are numbers, those of sources are not.
        "userId": int(row.caller) if row.caller.isdecimal() else None,
        "sourceId": None if row.caller.isdecimal() else row.caller,
    }
    return {name: value for name, value in entry.items() if value is not None}


def _filters(call: Call) -> list[ColumnElement[bool]]:
    """The clauses of the query parameters.

    Raises:
        Failure: 400 with all that is wrong with them; 404 if a node is unknown.
    """
    violations: list[Violation] = []
    nodes = _nodes(call)
    where = [
        _shown_by(call),
        *_customer(call),
        *_unique_key(call, nodes, violations),
        *_days(call, violations),
        *_kind(call, violations),
        *_property(call),
    ]
    if violations:
        raise Failure(400, "source consent log query is not valid", violations=violations)
    return where


def _customer(call: Call) -> Iterator[ColumnElement[bool]]:
    customer_id = call.query.get("customerId")
    if customer_id:
        yield consent_log.c.customer_id == customer_id


def _nodes(call: Call) -> Sequence[str]:
    """The entry nodes that `nodes` names, or those that the token may read.

    Raises:
        Failure: 404 if a node is unknown, 403 if the token may not read it.
    """
    named = _named(call)
    return [entry for node in named for entry in node.shown] if named else sorted(call.caller.reads)


def _shown_by(call: Call) -> ColumnElement[bool]:
    """The clause for the entries that these nodes show."""
    views: Sequence[NodeRules | None] = _named(call) or [None]
    return or_(*(shown_in(call, node, consent_log, hidden_entries) for node in views))


def _named(call: Call) -> list[NodeRules]:
    return [call.check_node(name) for name in call.query.get("nodes", "").split(",") if name]


def _unique_key(
    call: Call, nodes: Sequence[str], violations: list[Violation]
) -> Iterator[ColumnElement[bool]]:
    """The clause of `uniqueKey`: the matching properties of a node, nested or by dotted path."""
    text = call.query.get("uniqueKey")
    if not text:
        return
    try:
        key = decode_received(text)
    except ValueError:
        key = None
    if not isinstance(key, dict):
        violations.append(Violation("uniqueKey is a JSON object", "uniqueKey", text, "type"))
        return
    matching = [call.rules.nodes[node] for node in nodes if not call.rules.nodes[node].is_aggregate]
    keys = {
        node.id: key_of([key.get(path, paths.read(key, path)) for path in node.matching], node)
        for node in matching
    }
    if not any(keys.values()):
        needed = " or ".join(sorted({" and ".join(node.matching) for node in matching}))
        violations.append(Violation(f"uniqueKey lacks {needed}", "uniqueKey", text, "required"))
    found = [find_match(call, node_id, one) for node_id, one in keys.items()]
    yield consent_log.c.customer_id.in_([identity for identity in found if identity is not None])


def _days(call: Call, violations: list[Violation]) -> Iterator[ColumnElement[bool]]:
    """The clauses of `startDate` and `endDate`, both inclusive; a day ends with its last millisecond in UTC."""
    for name in ("startDate", "endDate"):
        # A plus sign that the client did not encode arrives as a space.
        text = call.query.get(name, "").replace(" ", "+")
        if not text:
            continue
        instant = parse_instant(text, dates=True)
        if instant is None:
            violations.append(Violation(f"{name} is a date", name, text, "date"))
        elif name == "startDate":
            yield consent_log.c.date >= instant
        else:
            is_day = parse_instant(text) is None
            yield consent_log.c.date < instant + (DAY if is_day else 1)


def _kind(call: Call, violations: list[Violation]) -> Iterator[ColumnElement[bool]]:
    kind, known = call.query.get("type"), enum("consent_event_types")
    if kind and kind not in known:
        violations.append(Violation(f"type is one of {', '.join(known)}", "type", kind, "enum"))
    elif kind:
        yield consent_log.c.type == kind


def _property(call: Call) -> Iterator[ColumnElement[bool]]:
    """The clause of `property`: a path, and all below it."""
    path = call.query.get("property", "").removeprefix("$.").removeprefix("consents.")
    if path:
        whole = path if path == "consents" else f"consents.{path}"
        below = consent_log.c.property.startswith(f"{whole}.", autoescape=True)
        yield or_(consent_log.c.property == whole, below)


ROUTES: Final[list[tuple[str, str, Handler]]] = [
    ("GET", "/consent-logs", listing),
    ("GET", "/consent-logs/{entry}", show),
]
