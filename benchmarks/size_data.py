"""A data file of the sandbox with as many customers and events as wanted, written without HTTP and without checks."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from contacthub_orm.sandbox import Sandbox
from contacthub_orm.sandbox.documents.wire import decode, encode, format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from contacthub_orm.sandbox.storage.timeline import Timeline

__all__ = ["EVENTS_EACH", "GROUP", "SHARES", "customer_id", "fill"]

EVENTS_EACH: Final = 2

GROUP: Final = 20
"""How many customers share each name, tag, school and title, however many customers there are."""

SHARES: Final = 10
"""Each city and each amount is that of one customer in ten."""

_START: Final = 1_600_000_000_000
_MINUTE: Final = 60_000
_BATCH: Final = 10_000
_CITIES: Final = "ABCDEFGHIJ"


def customer_id(number: int) -> str:
    """The id of the customer with a number; their order has nothing to do with that of the numbers."""
    return str(UUID(int=number * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128))


def fill(path: Path, customers: int) -> None:
    """Make the data file, with two events for each customer."""
    with Sandbox(path) as sandbox:
        node, store = sandbox.node_id, sandbox._service.store  # noqa: SLF001 - it is not part of the public API
        _write(store, store.customers, _customers(sandbox, customers, node))
        _write(store, store.events, _events(sandbox, customers, node))
        store.analyze()


def _write(store: Any, timeline: Timeline, rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(islice(rows, _BATCH)):
        with store.transaction() as connection:
            timeline.seed(connection, batch)


def _customers(sandbox: Sandbox, customers: int, node: str) -> Iterator[dict[str, Any]]:
    (identity,) = sandbox.seed([{"externalId": "template", "base": {"contacts": {"email": "a@example.com"}}}])
    whole = decode(_document(sandbox, identity))
    base = whole["base"]
    for number in range(customers):
        time = _START + number * _MINUTE
        group = f"{number // GROUP}"
        contacts = base["contacts"] | {
            "email": f"{number}@example.com",
            "mobilePhone": f"{number * 7 % customers}",
        }
        education = {"id": group, "schoolName": f"School {group}"}
        document = whole | {
            "id": customer_id(number),
            "intId": number + 2,
            "externalId": f"{number}",
            "registeredAt": format_instant(time),
            "updatedAt": format_instant(time),
            "base": base
            | {
                "firstName": f"Name {group}",
                "lastName": f"Name {number * 13 % customers}",
                "dob": f"{1900 + number % 100}-{number % 12 + 1:02}-{number % 28 + 1:02}",
                "contacts": contacts,
                "address": base["address"] | {"city": _CITIES[number % SHARES]},
                "educations": [education],
            },
            "extended": {"points": number * 17 % customers, "code": f"C{group}"},
            "tags": {"auto": [], "manual": [f"tag {group}"]},
        }
        yield {
            "id": document["id"],
            "node_id": node,
            "registered_at": time,
            "updated_at": time,
            "match_key": encode([contacts["email"]]),
            "external_id": document["externalId"],
            "email": contacts["email"],
            "document": encode(document),
        }


def _events(sandbox: Sandbox, customers: int, node: str) -> Iterator[dict[str, Any]]:
    event = {"type": "viewedPage", "context": "WEB", "properties": {"title": "a"}}
    (identity,) = sandbox.seed_events([event | {"customerId": customer_id(0)}])
    whole = decode(_document(sandbox, identity, of="events"))
    for number in range(EVENTS_EACH * customers):
        owner, is_order = number % customers, number >= customers
        time = _START + number * _MINUTE // EVENTS_EACH
        properties = (
            {"orderId": f"{owner}", "amount": {"total": owner % SHARES}}
            if is_order
            else {"title": f"Title {owner // GROUP}"}
        )
        document = whole | {
            "id": customer_id(-1 - number),
            "customerId": customer_id(owner),
            "type": "completedOrder" if is_order else "viewedPage",
            "properties": properties,
            "date": format_instant(time),
            "registeredAt": format_instant(time),
            "updatedAt": format_instant(time),
        }
        yield {
            "id": document["id"],
            "node_id": node,
            "registered_at": time,
            "updated_at": time,
            "customer_id": document["customerId"],
            "session": None,
            "type": document["type"],
            "context": "WEB",
            "date": time,
            "document": encode(document),
        }


def _document(sandbox: Sandbox, identity: str, of: str = "customers") -> str:
    store = sandbox._service.store  # noqa: SLF001 - as above
    timeline = getattr(store, of)
    with store.transaction() as connection:
        text = timeline.read(connection, identity)
        timeline.erase(connection, [identity], 0)
    assert text is not None
    return str(text)
