"""The routes of a customer's preferences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.sandbox.documents.failures import Failure
from contacthub_orm.sandbox.notihub import records
from contacthub_orm.sandbox.notihub.calls import invalid
from contacthub_orm.sandbox.notihub.checks import check_preferences
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from contacthub_orm.sandbox.notihub.calls import NotihubCall

__all__ = ["change", "listing"]


def change(call: NotihubCall) -> Answer:
    """POST: create or replace the preferences of some groups; 201 with all of the customer's."""
    customer_id = call.path["customer"]
    records.load_customer(call.connection, customer_id)
    if not isinstance(call.body, list):
        raise Failure(400, "the body must be a JSON array")
    violations = check_preferences(call.body)
    if violations:
        raise invalid(violations)
    records.set_preferences(call.connection, customer_id, call.body)
    return Answer.of(201, records.preferences_of(call.connection, customer_id))


def listing(call: NotihubCall) -> Answer:
    """GET: 200 with an array."""
    customer_id = call.path["customer"]
    records.load_customer(call.connection, customer_id)
    return Answer.of(200, records.preferences_of(call.connection, customer_id))
