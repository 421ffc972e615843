"""The rules that bodies must keep. Each check returns the violations that it finds, in words.

Nothing unknown is dropped, because a forgiving sandbox would hide a client's mistakes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.notihub.settings import MECHANISMS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

__all__ = [
    "UNREACHABLE",
    "check_contact",
    "check_customer",
    "check_message",
    "check_preferences",
    "contacts_of",
    "is_reachable",
    "two_primaries",
]

STATUSES: Final = ("ENABLED", "DISABLED")
PREFERRED: Final = (*MECHANISMS, "SMS", "NONE")
NAMES: Final = {"EMAIL": "email", "PHONE": "phone", "PUSH": "push token"}

UNREACHABLE: Final = "Customer requires at least a valid email, phone or external id."
"""The documentation's message."""

LANGUAGE: Final = re.compile(r"[a-z]{2,3}(_[A-Z]{2})?")
VALUES: Final = {
    "EMAIL": re.compile(r"[^@\s]+@[^@\s]+"),
    "PHONE": re.compile(r"\+?(?:[ ().-]*[0-9]){5,15}[ ().-]*"),
    "PUSH": re.compile(r"\S+"),
}


def check_customer(body: Mapping[str, Any], customer_id: str | None = None) -> list[str]:
    """Check a customer that is created, or that replaces the one with `customer_id`."""
    given = {"customerId": customer_id} if customer_id else {}
    known = ("externalId", "status", "language", "metadata", "contact", "contacts")
    found = _unknown(body, (*known, *given))
    if customer_id is not None and body.get("customerId", customer_id) != customer_id:
        found.append("customerId is another one than in the path")
    if body.get("externalId") == "":
        found.append("externalId is empty")
    found += _not_strings(body, ("externalId", "metadata"))
    if body.get("status") is not None and body["status"] not in STATUSES:
        found.append(f"status is {' or '.join(STATUSES)}")
    language = body.get("language")
    if language is not None and not (isinstance(language, str) and LANGUAGE.fullmatch(language)):
        found.append("language has a form like en_US")
    return found + _check_contacts(body, are_new=customer_id is None)


def check_contact(body: Any, contact_id: int | None = None, *, is_new: bool = True) -> list[str]:
    """Check a contact that is created, or that replaces the one with `contact_id`."""
    if not isinstance(body, dict):
        return ["a contact is a JSON object"]
    found = _unknown(body, ("type", "value", "primary", "verified", *(() if is_new else ("contactId",))))
    if contact_id is not None and body.get("contactId", contact_id) != contact_id:
        found.append("contactId is another one than in the path")
    found += [
        f"{name} is true or false"
        for name in ("primary", "verified")
        if body.get(name) is not None and not isinstance(body[name], bool)
    ]
    if body.get("type") not in MECHANISMS:
        return [*found, f"type is one of {', '.join(MECHANISMS)}"]
    value = body.get("value")
    if not isinstance(value, str) or not VALUES[body["type"]].fullmatch(value):
        found.append(f"Invalid {NAMES[body['type']]}")
    return found


def check_preferences(body: Iterable[Any]) -> list[str]:
    """Check the preferences of a customer."""
    found = []
    groups = []
    for preference in body:
        if not isinstance(preference, dict):
            found.append("a preference is a JSON object")
            continue
        found += _unknown(preference, ("templateGroupId", "mechanisms"))
        group = preference.get("templateGroupId")
        if not isinstance(group, str) or not group:
            found.append("templateGroupId is required")
        elif group in groups:
            found.append(f"templateGroupId {group} is there twice")
        groups.append(group)
        found += _check_mechanisms(preference, "mechanisms", PREFERRED)
        if "NONE" in _listed(preference, "mechanisms") and len(preference["mechanisms"]) > 1:
            found.append("mechanisms is NONE or others, not both")
    return found


def check_message(body: Mapping[str, Any]) -> list[str]:
    """Check a message that is sent."""
    found = _unknown(body, ("customerId", "templateId", "force", "model"))
    for name in ("customerId", "templateId"):
        if not isinstance(body.get(name), str) or not body[name]:
            found.append(f"{name} is required")
    return found + _check_mechanisms(body, "force", MECHANISMS)


def contacts_of(body: Mapping[str, Any]) -> Any:
    """The contacts of a customer's body; the Node SDK's page names them `contact`."""
    given = [body[name] for name in ("contacts", "contact") if body.get(name) is not None]
    return given[0] if given else []


def is_reachable(external_id: Any, types: Collection[Any]) -> bool:
    """Whether a customer has what each must have: an external id, or a contact of type EMAIL or PHONE."""
    return external_id is not None or "EMAIL" in types or "PHONE" in types


def two_primaries(kind: str) -> str:
    """The violation of a second primary contact of a type."""
    return f"only one {NAMES[kind]} can be primary"


def _check_contacts(body: Mapping[str, Any], *, are_new: bool) -> list[str]:
    if body.get("contacts") is not None and body.get("contact") is not None:
        return ["contacts and contact are the same; send one of them"]
    contacts = contacts_of(body)
    if not isinstance(contacts, list):
        return ["contacts is an array"]
    found = [
        f"contacts[{position}]: {violation}"
        for position, contact in enumerate(contacts)
        for violation in check_contact(contact, is_new=are_new)
    ]
    if not found:
        primaries = [contact["type"] for contact in contacts if contact.get("primary")]
        found = [two_primaries(kind) for kind in MECHANISMS if primaries.count(kind) > 1]
    return found


def _check_mechanisms(body: Mapping[str, Any], name: str, known: tuple[str, ...]) -> list[str]:
    value = body.get(name)
    if value is None or (isinstance(value, list) and all(mechanism in known for mechanism in value)):
        return []
    return [f"{name} is an array of {', '.join(known)}"]


def _listed(body: Mapping[str, Any], name: str) -> list[Any]:
    value = body.get(name)
    return value if isinstance(value, list) else []


def _unknown(body: Mapping[str, Any], known: tuple[str, ...]) -> list[str]:
    return [f"unknown property {name}" for name in body if name not in known]


def _not_strings(body: Mapping[str, Any], names: tuple[str, ...]) -> list[str]:
    return [
        f"{name} is a string" for name in names if body.get(name) is not None and type(body[name]) is not str
    ]
