"""The routes of messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from sqlalchemy import insert, select

from contacthub_orm.sandbox.documents.wire import decode, encode
from contacthub_orm.sandbox.notihub import records
from contacthub_orm.sandbox.notihub.calls import invalid, not_found
from contacthub_orm.sandbox.notihub.checks import check_message
from contacthub_orm.sandbox.notihub.deliveries import deliveries, preferred_mechanisms, with_progress
from contacthub_orm.sandbox.notihub.settings import MECHANISMS
from contacthub_orm.sandbox.notihub.tables import messages
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from sqlalchemy import Row

    from contacthub_orm.sandbox.notihub.calls import NotihubCall

__all__ = ["listing", "send", "show"]


def send(call: NotihubCall) -> Answer:
    """POST: 200 with the id of the message."""
    body = call.json_object()
    violations = check_message(body)
    if violations:
        raise invalid(violations)
    message = _message(call, body)
    values = {
        "id": message["messageId"],
        "customer_id": body["customerId"],
        "template_id": body["templateId"],
        "visible_from": call.after(call.settings.search_delay),
        "sent_at": call.after(call.settings.delivery_delay),
        "document": encode(message),
    }
    call.connection.execute(insert(messages), values)
    return Answer.of(200, {"messageId": message["messageId"]})


def show(call: NotihubCall) -> Answer:
    """GET one by its id."""
    row = call.connection.execute(select(messages).where(messages.c.id == call.path["message"])).first()
    if row is None:
        raise not_found("Message")
    return Answer.of(200, _document(call, row))


def listing(call: NotihubCall) -> Answer:
    """GET: 200 with an array of messages, the last sent first."""
    page = call.page("customerId", "templateId")
    statement = select(messages).where(messages.c.visible_from <= call.now)
    for name, column in (("customerId", messages.c.customer_id), ("templateId", messages.c.template_id)):
        if call.query.get(name):
            statement = statement.where(column == call.query[name])
    statement = statement.order_by(messages.c.number.desc()).limit(page.limit).offset(page.offset)
    return Answer.of(200, [_document(call, row) for row in call.connection.execute(statement)])


def _message(call: NotihubCall, body: dict[str, Any]) -> dict[str, Any]:
    customer = records.load_customer(call.connection, body["customerId"])
    template = call.settings.template(body["templateId"])
    if template is None:
        raise not_found("Template")
    preferred = preferred_mechanisms(
        records.preferences_of(call.connection, customer["customerId"]), template
    )
    return {
        "messageId": str(uuid4()),
        "request": {
            "customerId": body["customerId"],
            "templateId": body["templateId"],
            "version": 1,
            "force": body.get("force"),
            "model": body.get("model"),
        },
        "template": {
            "templateId": body["templateId"],
            "templateGroupId": template.group,
            "language": customer["language"] or call.settings.language,
            "supportedMechanisms": [name for name in MECHANISMS if name in template.mechanisms],
        },
        "customer": {
            "customerId": customer["customerId"],
            "languagePreference": customer["language"],
            "mechanismPreference": preferred,
        },
        "deliveries": deliveries(customer, template, preferred, body.get("force") or ()),
    }


def _document(call: NotihubCall, row: Row[Any]) -> dict[str, Any]:
    return with_progress(decode(row.document), is_sent=call.now >= row.sent_at)
