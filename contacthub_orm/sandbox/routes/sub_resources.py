"""The routes of a customer's sub-resources: educations, likes, jobs and subscriptions.

They are the elements of `base.<collection>`; clients choose their ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.sandbox.documents.failures import Failure, invalid, not_found
from contacthub_orm.sandbox.documents.shapes import complete_element
from contacthub_orm.sandbox.documents.validation import check_element
from contacthub_orm.sandbox.documents.violations import immutable
from contacthub_orm.sandbox.records import customer_records as records
from contacthub_orm.sandbox.service.calls import Answer, Call

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Handler

__all__ = ["create", "put", "remove", "show"]


def create(collection: str) -> Handler:
    """POST: 201 for subscriptions, 200 for the others (swagger 1.51), 409 if the id exists already."""

    def handle(call: Call) -> Answer:
        element = _checked_element(call, collection, call.json_object())
        customer = records.load(call, call.path["customer"])
        elements = _elements(customer, collection)
        if _position(elements, element["id"]) is not None:
            raise Failure(409, f"the customer has one of {collection} with the id {element['id']}")
        _store(call, customer, collection, [*elements, element])
        return Answer.of(201 if collection == "subscriptions" else 200, element)

    return handle


def show(collection: str) -> Handler:
    """GET one by its id."""

    def handle(call: Call) -> Answer:
        elements = _elements(records.load(call, call.path["customer"]), collection)
        return Answer.of(200, elements[_existing(call, elements, collection)])

    return handle


def put(collection: str) -> Handler:
    """PUT: replace one by the body, which may lack the `id`, as the Python SDK's does, unless the sandbox is strict."""

    def handle(call: Call) -> Answer:
        sent = call.json_object()
        body = sent if call.settings.strict else {"id": call.path["element"]} | sent
        element = _checked_element(call, collection, body)
        if element["id"] != call.path["element"]:
            raise invalid(collection, [immutable("id", element["id"])])
        customer = records.load(call, call.path["customer"])
        elements = list(_elements(customer, collection))
        elements[_existing(call, elements, collection)] = element
        _store(call, customer, collection, elements)
        return Answer.of(200, element)

    return handle


def remove(collection: str) -> Handler:
    """DELETE: 200 with an empty body (Go SDK)."""

    def handle(call: Call) -> Answer:
        customer = records.load(call, call.path["customer"])
        elements = _elements(customer, collection)
        position = _existing(call, elements, collection)
        _store(call, customer, collection, elements[:position] + elements[position + 1 :])
        return Answer(200)

    return handle


def _checked_element(call: Call, collection: str, body: dict[str, Any]) -> dict[str, Any]:
    violations = check_element(collection, body, strict=call.settings.strict)
    if violations:
        raise invalid(collection, violations)
    return complete_element(collection, body)


def _elements(customer: dict[str, Any], collection: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = customer["base"][collection] if customer["base"] else []
    return found


def _position(elements: list[dict[str, Any]], identifier: str) -> int | None:
    return next((at for at, element in enumerate(elements) if element["id"] == identifier), None)


def _existing(call: Call, elements: list[dict[str, Any]], collection: str) -> int:
    position = _position(elements, call.path["element"])
    if position is None:
        raise not_found(collection, call.path["element"])
    return position


def _store(call: Call, customer: dict[str, Any], collection: str, elements: list[dict[str, Any]]) -> None:
    base = (customer["base"] or {}) | {collection: elements}
    records.change(call, customer, customer | {"base": base})
