"""The `consents` section of a customer."""

from __future__ import annotations

from datetime import datetime

from contacthub_orm.orm import Attr, Embedded, Properties, attr, embedded

__all__ = [
    "AutomaticMarketing",
    "Consent",
    "Consents",
    "Disclaimer",
    "Marketing",
    "Profiling",
    "SoftSpam",
    "ThirdPartyTransfer",
    "TraditionalMarketing",
]


class Consent(Properties):
    """One consent: whether it is given, limited, objected to."""

    status: Attr[bool | None] = attr(default=None)
    limitation: Attr[bool | None] = attr(default=None)
    objection: Attr[bool | None] = attr(default=None)


class Disclaimer(Properties):
    """The disclaimer that the customer has read."""

    date: Attr[datetime | None] = attr(default=None)
    version: Attr[str | None] = attr(default=None)


class TraditionalMarketing(Properties):
    """Marketing by people."""

    telephonic: Embedded[Consent] = embedded()
    papery: Embedded[Consent] = embedded()


class AutomaticMarketing(Properties):
    """Marketing by machines."""

    sms: Embedded[Consent] = embedded()
    email: Embedded[Consent] = embedded()
    push: Embedded[Consent] = embedded()
    im: Embedded[Consent] = embedded()
    telephonic: Embedded[Consent] = embedded()


class Marketing(Properties):
    """Consents to marketing."""

    traditional: Embedded[TraditionalMarketing] = embedded()
    automatic: Embedded[AutomaticMarketing] = embedded()


class Profiling(Properties):
    """Consents to profiling."""

    classic: Embedded[Consent] = embedded()
    online: Embedded[Consent] = embedded()


class SoftSpam(Properties):
    """Consents to messages about what was bought before."""

    email: Embedded[Consent] = embedded()
    papery: Embedded[Consent] = embedded()


class ThirdPartyTransfer(Properties):
    """Consents to a transfer to others."""

    profiling: Embedded[Consent] = embedded()
    marketing: Embedded[Consent] = embedded()


class Consents(Properties):
    """All consents of a customer (customer schema; since hub 1.39)."""

    disclaimer: Embedded[Disclaimer] = embedded()
    marketing: Embedded[Marketing] = embedded()
    profiling: Embedded[Profiling] = embedded()
    softSpam: Embedded[SoftSpam] = embedded()
    thirdPartyTransfer: Embedded[ThirdPartyTransfer] = embedded()
