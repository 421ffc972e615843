"""The consent log: every change of a customer's consents, and every use of the rights of a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert

from contacthub_orm.sandbox.documents.wire import encode
from contacthub_orm.sandbox.storage.tables import consent_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["record", "record_changes"]

# Inferred from the names: no source says which property makes which entry.
TYPES: Final = {
    "status": "CONSENT_CHANGED",
    "limitation": "CONSENT_RESTRICTED",
    "objection": "CONSENT_OBJECTED",
}


def record_changes(call: Call, customer: dict[str, Any], before: dict[str, Any] | None) -> None:
    """Log each value of a customer's consents that differs from before; of a new customer, each that is set."""
    after = customer["consents"]
    if before == after:
        return
    old, new = dict(_values(before, "consents")), dict(_values(after, "consents"))
    for path in old | new:
        if old.get(path) != new.get(path):
            record(call, customer, _type(path), path, new.get(path))


def record(
    call: Call, customer: dict[str, Any], kind: str, path: str | None = None, value: Any = None
) -> None:
    """Log one entry.

    Args:
        call: the request that makes it.
        customer: the customer whose consents or rights it is about.
        kind: one of the types of the reference.
        path: the path of the property that changed.
        value: its new value; None if it was removed.
    """
    entry = {
        "node_id": customer["nodeId"],
        "customer_id": customer["id"],
        "date": call.now,
        "type": kind,
        "property": path,
        "value": value if value is None or isinstance(value, str) else encode(value),
        "caller": call.caller.id,
    }
    call.connection.execute(insert(consent_log), entry)


def _type(path: str) -> str:
    return TYPES.get(path.rpartition(".")[2], "DISCLAIMER_READ")


def _values(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Each value that is set, by its path."""
    if isinstance(value, dict):
        for name, child in value.items():
            yield from _values(child, f"{path}.{name}")
    elif value is not None:
        yield path, value
