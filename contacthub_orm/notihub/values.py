"""The values of Notihub: its enumerations, and what the value of a contact must be (Notihub's documentation)."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ContactType", "CustomerStatus", "Mechanism", "contact_rule", "doubled_primary", "mechanisms"]


class CustomerStatus(StrEnum):
    """Whether a customer receives messages. ENABLED is the service's default."""

    ENABLED = "ENABLED"
    DISABLED = "DISABLED"


class ContactType(StrEnum):
    """The kinds of contacts."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    PUSH = "PUSH"


class Mechanism(StrEnum):
    """The ways in which a message is delivered; NONE turns them off. The SDK's page says SMS for PHONE."""

    EMAIL = "EMAIL"
    PHONE = "PHONE"
    PUSH = "PUSH"
    NONE = "NONE"


_FORMS: Final = {
    ContactType.EMAIL: (
        re.compile(r"[^@\s]+@[^@\s]+"),
        "an e-mail address, such as ada@example.com",
    ),
    ContactType.PHONE: (re.compile(r"\+?[0-9](?:[ ().-]*[0-9]){4,14}"), "a phone number of 5 to 15 digits"),
    ContactType.PUSH: (re.compile(r"\S+"), "a push token, without spaces"),
}


def contact_rule(kind: object, value: object) -> str | None:
    """The rule that the value of a contact breaks, or None if it breaks none."""
    found = next((one for name, one in _FORMS.items() if name == kind), None)
    if found is None or not isinstance(value, str):
        return None  # the declared types say what is wrong
    form, rule = found
    return None if form.fullmatch(value) else f"must be {rule}"


def doubled_primary(contacts: Iterable[Mapping[str, Any]]) -> str | None:
    """The type of which several contacts are primary, or None if there is none."""
    seen: set[str] = set()
    for kind in (str(one.get("type")) for one in contacts if one.get("primary")):
        if kind in seen:
            return kind
        seen.add(kind)
    return None


def mechanisms(values: Any) -> Any:
    """A list of mechanisms, with the SDK's SMS as PHONE."""
    return (
        [Mechanism.PHONE if one == "SMS" else one for one in values]
        if isinstance(values, list | tuple)
        else values
    )
