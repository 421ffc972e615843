"""Seeding: customers are put straight into the store, without HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import IntegrityError

from contacthub_orm.sandbox.documents.wire import decode_received
from contacthub_orm.sandbox.notihub import records
from contacthub_orm.sandbox.notihub.checks import (
    UNREACHABLE,
    check_customer,
    check_preferences,
    contacts_of,
    is_reachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contacthub_orm.sandbox.notihub.calls import NotihubService

__all__ = ["seed_customers"]


def seed_customers(service: NotihubService, documents: Iterable[Mapping[str, Any]]) -> list[str]:
    """Store customers; see `NotihubSandbox.seed`."""
    received = [_received(document) for document in documents]
    try:
        with service.store.transaction() as connection:
            found = []
            for body, preferences, customer_id in received:
                identifier = records.add_customer(connection, body, customer_id=customer_id)
                records.set_preferences(connection, identifier, preferences)
                found.append(identifier)
    except IntegrityError as error:
        raise ValueError(f"an id is taken: {error.orig}") from None
    return found


def _received(document: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any], str | None]:
    """The checked body, preferences and id of a document, as if it had come over HTTP."""
    try:
        body = decode_received(json.dumps(document))
    except (TypeError, ValueError, RecursionError) as error:
        raise ValueError(f"a document is not JSON: {error}") from None
    if not isinstance(body, dict):
        raise ValueError(f"a customer is a JSON object, not {document!r}")
    customer_id = body.pop("customerId", None)
    preferences = body.pop("preferences", None) or []
    if customer_id is not None and not (isinstance(customer_id, str) and customer_id):
        raise ValueError(f"customerId is a string, not {customer_id!r}")
    if not isinstance(preferences, list):
        raise ValueError(f"preferences is an array, not {preferences!r}")
    violations = check_customer(body) + check_preferences(preferences)
    if not violations and not is_reachable(
        body.get("externalId"), [contact["type"] for contact in contacts_of(body)]
    ):
        violations = [UNREACHABLE]
    if violations:
        raise ValueError(f"{'; '.join(violations)} in {document!r}")
    return body, preferences, customer_id
