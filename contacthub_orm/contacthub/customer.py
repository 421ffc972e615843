"""`Customer`: a person in a node."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from contacthub_orm.contacthub.base import CustomerBase
from contacthub_orm.contacthub.consents import Consents
from contacthub_orm.contacthub.elements import CustomerSession, Education, Job, Like, Subscription
from contacthub_orm.contacthub.enums import (
    MobileDeviceType,
    NotificationService,
    OtherContactType,
    SubscriptionKind,
)
from contacthub_orm.contacthub.limits import in_total_at_most, payload_rule, text
from contacthub_orm.contacthub.timezones import Timezone
from contacthub_orm.errors import Violation
from contacthub_orm.orm import (
    Attr,
    Below,
    Embedded,
    Entity,
    Properties,
    Related,
    Resource,
    attr,
    below,
    embedded,
    inspect,
    object_session,
    related,
)
from contacthub_orm.orm.mapped import render
from contacthub_orm.orm.partial import load_paths

if TYPE_CHECKING:
    from contacthub_orm.contacthub.event import Event
    from contacthub_orm.orm.documents import Document

__all__ = ["Customer", "SourceInfo", "Tags"]


class Tags(Properties):
    """Tags of a customer: `manual` made by people, `auto` by elaborations; each at most 1000 characters together."""

    auto: Attr[list[str]] = attr(default=None, validator=in_total_at_most(1000))
    manual: Attr[list[str]] = attr(default=None, validator=in_total_at_most(1000))


class SourceInfo(Properties):
    """The sources that created and last changed a customer; the service sets it."""

    registeredBy: Attr[str | None] = attr(default=None, read_only=True)
    updatedBy: Attr[str | None] = attr(default=None, read_only=True)


class Customer(Entity, resource=Resource("customers")):
    """A customer of a node. Subclass it to declare `extended` properties of your own.

    Everything is optional; what a node demands (matching and mandatory properties) is part of its configuration.
    """

    TIMEZONES: ClassVar = Timezone
    OTHER_CONTACT_TYPES: ClassVar = OtherContactType
    MOBILE_DEVICE_TYPES: ClassVar = MobileDeviceType
    NOTIFICATION_SERVICES: ClassVar = NotificationService
    SUBSCRIPTION_KINDS: ClassVar = SubscriptionKind

    id: Attr[str | None] = attr(default=None, read_only=True)
    intId: Attr[int | None] = attr(default=None, read_only=True)
    externalId: Attr[str | None] = text()
    nodeId: Attr[str | None] = attr(default=None, create_only=True)
    base: Embedded[CustomerBase] = embedded(default=None)
    consents: Embedded[Consents] = embedded(default=None)
    extended: Embedded[Any] = embedded(default=None)
    extra: Attr[str | None] = attr(default=None)
    tags: Embedded[Tags] = embedded(default=None)
    enabled: Attr[bool | None] = attr(default=None)
    registeredAt: Attr[datetime | None] = attr(default=None, read_only=True)
    updatedAt: Attr[datetime | None] = attr(default=None, read_only=True)
    version: Attr[int | None] = attr(default=None, read_only=True)
    deleted: Attr[int | None] = attr(default=None, read_only=True)
    sourceInfo: Embedded[SourceInfo] = embedded(default=None, read_only=True)

    events: Related[Event] = related(
        lambda: _event_class(), lambda query, identity: query.filter_by(customerId=identity)
    )
    educations: Below[Education] = below(
        lambda: Education, lambda customer: _elements(customer, "educations")
    )
    jobs: Below[Job] = below(lambda: Job, lambda customer: _elements(customer, "jobs"))
    likes: Below[Like] = below(lambda: Like, lambda customer: _elements(customer, "likes"))
    subscriptions: Below[Subscription] = below(
        lambda: Subscription, lambda customer: _elements(customer, "subscriptions")
    )
    sessions: Below[CustomerSession] = below(lambda: CustomerSession, lambda customer: _sessions(customer))

    def _violations(self) -> Iterable[Violation]:
        document = render(self)
        rule = payload_rule(document)
        if rule is not None:
            yield Violation(type(self).__name__, document, rule)
        if self._state.key is None and not any(
            document.get(key) for key in ("externalId", "base", "extended")
        ):
            yield Violation(
                type(self).__name__, document, "needs at least one of externalId, base and extended"
            )


def _event_class() -> type[Event]:
    from contacthub_orm.contacthub.event import Event

    return Event


def _elements(customer: Customer, name: str) -> list[Document]:
    """The elements of a list in `base`, as the service last said."""
    load_paths(customer, [("base", name)])
    base = (inspect(customer).baseline or {}).get("base") or {}
    return base.get(name) or []


def _sessions(customer: Customer) -> list[Document]:
    """The sessions of a customer, which its document does not show."""
    session = object_session(customer)
    assert session is not None
    return list(session.backend.below(("customers", str(customer.id), "sessions")))
