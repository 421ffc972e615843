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
    """One consent: whether the customer gave it, limited it or objected."""

    status: Attr[bool | None] = attr(default=None)
    limitation: Attr[bool | None] = attr(default=None)
    objection: Attr[bool | None] = attr(default=None)


class Disclaimer(Properties):
    """The disclaimer that the customer has read."""

    date: Attr[datetime | None] = attr(default=None)
    version: Attr[str | None] = attr(default=None)


class TraditionalMarketing(Properties):
    """Consents to marketing by people."""

    telephonic: Embedded[Consent] = embedded(default=None)
    papery: Embedded[Consent] = embedded(default=None)


class AutomaticMarketing(Properties):
    """Consents to automated marketing."""

    sms: Embedded[Consent] = embedded(default=None)
    email: Embedded[Consent] = embedded(default=None)
    push: Embedded[Consent] = embedded(default=None)
    im: Embedded[Consent] = embedded(default=None)
    telephonic: Embedded[Consent] = embedded(default=None)


class Marketing(Properties):
    """Consents to marketing."""

    traditional: Embedded[TraditionalMarketing] = embedded(default=None)
    automatic: Embedded[AutomaticMarketing] = embedded(default=None)


class Profiling(Properties):
    """Consents to profiling."""

    classic: Embedded[Consent] = embedded(default=None)
    online: Embedded[Consent] = embedded(default=None)


class SoftSpam(Properties):
    """Consents to messages about earlier purchases."""

    email: Embedded[Consent] = embedded(default=None)
    papery: Embedded[Consent] = embedded(default=None)


class ThirdPartyTransfer(Properties):
    """Consents to passing data on to third parties."""

    profiling: Embedded[Consent] = embedded(default=None)
    marketing: Embedded[Consent] = embedded(default=None)


class Consents(Properties):
    """All consents of a customer (customer schema, since hub 1.39)."""

    disclaimer: Embedded[Disclaimer] = embedded(default=None)
    marketing: Embedded[Marketing] = embedded(default=None)
    profiling: Embedded[Profiling] = embedded(default=None)
    softSpam: Embedded[SoftSpam] = embedded(default=None)
    thirdPartyTransfer: Embedded[ThirdPartyTransfer] = embedded(default=None)
