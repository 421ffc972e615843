"""The routes for the rights of a person under privacy law.

They are POST customers/{id}/forget and GET customers/{id}/export. The reference (1.299.1) says what they do
and what an export answers. Their paths and methods are inferred.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, select

from contacthub_orm.sandbox.documents.wire import decode
from contacthub_orm.sandbox.records import consents, customer_records
from contacthub_orm.sandbox.service.calls import Answer, Call
from contacthub_orm.sandbox.storage.tables import events, sessions

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["export", "forget"]

LOGGER: Final = logging.getLogger("contacthub_orm.sandbox")


def forget(call: Call) -> Answer:
    """POST: erase the customer; 200 with an empty body.

    It "removes all data of the customer and logs the operation" (reference 1.299.1). The `search_delay` does
    not apply: searches find no version of the customer or its events any more. The operation is logged
    in the consent log and to the Python logger `contacthub_orm.sandbox`.
    """
    customer = customer_records.load(call, call.path["customer"])
    customer_id: str = customer["id"]
    call.store.events.erase(call.connection, _events_to_erase(call, customer), call.now)
    call.connection.execute(delete(sessions).where(sessions.c.customer_id == customer_id))
    call.store.customers.erase(call.connection, [customer_id], call.now)
    consents.record(call, customer, "FORCED_DELETE")
    LOGGER.info("customer %s was forgotten", customer_id)
    return Answer(200)


def export(call: Call) -> Answer:
    """GET: 200 with `{customer, events}`, where `events` is not paged (reference 1.299.1)."""
    customer = customer_records.load(call, call.path["customer"])
    consents.record(call, customer, "DATA_PORTABILITY_REQUESTED")
    return Answer.of(200, {"customer": customer, "events": _stored_events(call, customer)})


def _events_to_erase(call: Call, customer: dict[str, Any]) -> Sequence[str]:
    """The ids of the customer's events, those not yet stored and deleted ones that searches see included.

    Events without an owner under one of the customer's sessions are included, because whoever links the
    session next would receive them.
    """
    in_node, customer_id = events.c.node_id == customer["nodeId"], customer["id"]
    own = select(events.c.id).where(in_node, events.c.customer_id == customer_id)
    linked = select(sessions.c.value).where(sessions.c.customer_id == customer_id)
    without_owner = (
        select(events.c.id)
        .where(in_node, events.c.session.in_(linked))
        .group_by(events.c.id)
        .having(func.max(events.c.customer_id).is_(None))
    )
    return call.connection.scalars(own.union(without_owner)).all()


def _stored_events(call: Call, customer: dict[str, Any]) -> list[dict[str, Any]]:
    """The customer's events as a GET of each would answer them, the newest by `date` first.

    These are the latest versions of the events that exist by now; see `event_records.load`.
    """
    latest = events.alias("latest")
    seen = select(events.c.row).where(events.c.id == latest.c.id, call.store.events.visible(call.now))
    statement = (
        select(latest.c.document)
        .where(
            latest.c.node_id == customer["nodeId"],
            latest.c.customer_id == customer["id"],
            latest.c.current,
            seen.exists(),
        )
        .order_by(latest.c.date.desc(), latest.c.id.desc())
    )
    return [decode(text) for text in call.connection.scalars(statement)]
