"""What becomes of a message: a delivery for each mechanism, sent or skipped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.notihub.settings import MECHANISMS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from contacthub_orm.sandbox.notihub.settings import NotihubTemplate

__all__ = ["WAITING", "deliveries", "preferred_mechanisms", "with_progress"]

PROVIDERS: Final = {"EMAIL": "SENDGRID", "PHONE": "TWILIO", "PUSH": "FIREBASE"}

WAITING: Final = "WAITING_IN_QUEUE"
SENT: Final = "SENT"


def preferred_mechanisms(
    preferences: Sequence[Mapping[str, Any]], template: NotihubTemplate
) -> list[str] | None:
    """How the customer wants messages of the template's group; None if it does not say."""
    for preference in preferences:
        if preference["templateGroupId"] == template.group and preference["mechanisms"]:
            return [mechanism for mechanism in preference["mechanisms"] if mechanism != "NONE"]
    return None


def deliveries(
    customer: Mapping[str, Any],
    template: NotihubTemplate,
    preferred: Sequence[str] | None,
    force: Sequence[str],
) -> list[dict[str, str]]:
    """The deliveries of a message.

    Args:
        customer: the customer as it is answered.
        template: the template.
        preferred: the mechanisms that the customer wants; None if it does not say.
        force: the mechanisms to use whatever the customer wants; empty if the customer may choose.
    """
    mechanisms = force or template.mechanisms
    return [
        {
            "mechanism": mechanism,
            "provider": PROVIDERS[mechanism],
            "status": _status(mechanism, customer, template, None if force else preferred),
        }
        for mechanism in MECHANISMS
        if mechanism in mechanisms
    ]


def with_progress(message: Mapping[str, Any], *, is_sent: bool) -> dict[str, Any]:
    """The message with what its queue has become."""
    status = SENT if is_sent else WAITING
    return {
        **message,
        "deliveries": [
            {**delivery, "status": status} if delivery["status"] == WAITING else delivery
            for delivery in message["deliveries"]
        ],
    }


def _status(
    mechanism: str, customer: Mapping[str, Any], template: NotihubTemplate, preferred: Sequence[str] | None
) -> str:
    primary = [
        contact for contact in customer["contacts"] if contact["type"] == mechanism and contact["primary"]
    ]
    languages = template.languages
    reasons = {
        "SKIPPED_BY_CUSTOMER_STATUS": customer["status"] != "ENABLED",
        "SKIPPED_BY_TEMPLATE_MECHANISM": mechanism not in template.mechanisms,
        "SKIPPED_BY_CUSTOMER_MECHANISM_PREFERENCE": preferred is not None and mechanism not in preferred,
        "SKIPPED_BY_CUSTOMER_LANGUAGE_PREFERENCE": (
            languages is not None
            and customer["language"] is not None
            and customer["language"] not in languages
        ),
        "SKIPPED_BY_MISSING_CONTACT": not primary,
        "SKIPPED_BY_UNVERIFIED_CONTACT": template.needs_verified
        and not any(contact["verified"] for contact in primary),
    }
    return next((reason for reason, holds in reasons.items() if holds), WAITING)
