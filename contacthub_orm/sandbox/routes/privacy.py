"""The routes of what a person may demand by law: POST customers/{id}/forget, GET customers/{id}/export.

The reference (1.299.1) tells what they do and what an export answers; their paths and methods are inferred.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, select

from contacthub_orm.sandbox.documents.wire import decode
from contacthub_orm.sandbox.records import customer_records
from contacthub_orm.sandbox.service.calls import Answer, Call
from contacthub_orm.sandbox.storage.tables import events, sessions

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["export", "forget"]

LOGGER: Final = logging.getLogger("contacthub_orm.sandbox")


def forget(call: Call) -> Answer:
    """POST: 200 with an empty body. It "removes all data of the customer and logs the operation" (reference 1.299.1).

    Nothing waits for the `search_delay`: no version of the customer or of an event is left for a search to find. The
    log is the sandbox's own, since none of its routes shows one.
    """
    customer_id: str = customer_records.load(call, call.path["customer"])["id"]
    call.store.events.erase(call.connection, _events_to_erase(call, customer_id))
    call.connection.execute(delete(sessions).where(sessions.c.customer_id == customer_id))
    call.store.customers.erase(call.connection, [customer_id])
    LOGGER.info("customer %s was forgotten", customer_id)
    return Answer(200)


def export(call: Call) -> Answer:
    """GET: 200 with `{customer, events}`, all events and no page (reference 1.299.1)."""
    customer = customer_records.load(call, call.path["customer"])
    return Answer.of(200, {"customer": customer, "events": _stored_events(call, customer["id"])})


def _events_to_erase(call: Call, customer_id: str) -> Iterable[str]:
    """The ids of the customer's events: deleted ones that searches still see and those still to be stored, too.

    Events under a linked session that are nobody's count as the customer's: whoever links the session next would
    be given them.
    """
    in_node = events.c.node_id == call.store.credentials.node_id
    own = select(events.c.id).where(in_node, events.c.customer_id == customer_id)
    linked = select(sessions.c.value).where(sessions.c.customer_id == customer_id)
    nobodys = (
        select(events.c.id)
        .where(in_node, events.c.session.in_(linked))
        .group_by(events.c.id)
        .having(func.max(events.c.customer_id).is_(None))
    )
    return call.connection.scalars(own.union(nobodys)).all()


def _stored_events(call: Call, customer_id: str) -> list[dict[str, Any]]:
    """Each event as a GET of its id answers it, in the order of a search: the newest by `date` first.

    That is the latest version of what searches see by now in any version, see `event_records.load`.
    """
    latest = events.alias("latest")
    seen = select(events.c.row).where(events.c.id == latest.c.id, call.store.events.visible(call.now))
    statement = (
        select(latest.c.document)
        .where(
            latest.c.node_id == call.store.credentials.node_id,
            latest.c.customer_id == customer_id,
            latest.c.current,
            seen.exists(),
        )
        .order_by(latest.c.date.desc(), latest.c.id.desc())
    )
    return [decode(text) for text in call.connection.scalars(statement)]
