"""What lives below a customer: educations, jobs, likes, subscriptions and sessions.

The first four are elements of a list in `base`, known by the id a client chose. They can be changed in that list, or be
added to a session as entities of their own: `session.add(Education(customer=bruce, id="1", schoolName="Gotham"))`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from contacthub_orm.contacthub.values.enums import SchoolType, SubscriptionKind
from contacthub_orm.contacthub.values.limits import at_most, text, whole_number
from contacthub_orm.errors import Violation
from contacthub_orm.orm import (
    ActiveRecord,
    Attr,
    Embedded,
    Parent,
    Properties,
    Resource,
    attr,
    embedded,
    parent,
)
from contacthub_orm.orm.entity.entity import split_identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contacthub_orm.contacthub.entities.customer import Customer

__all__ = [
    "BelowCustomer",
    "CustomerSession",
    "Education",
    "Job",
    "Like",
    "SubscribeContext",
    "Subscription",
    "SubscriptionPreference",
    "UnsubscribeContext",
]


class BelowCustomer(ActiveRecord):
    """An entity whose routes are below its customer's, and which is saved by itself where that one is at home."""

    @classmethod
    def from_dict(cls, customer: Customer, attributes: Mapping[str, Any] | Properties | None = None) -> Self:
        """A new one of a customer with the values of a document. Its id is yours to choose, so `put()` replaces by it."""
        made = cls._made(attributes or {})
        setattr(made, "customer", customer)  # noqa: B010 - every subclass declares it
        return made

    def _violations(self) -> Iterable[Violation]:
        """It has a customer, and keeps the id it was created with."""
        name = type(self).__name__
        key = self._state.key
        if key is None and self._state.parent is None:
            yield Violation(f"{name}.customer", None, "is required: its routes are the customer's")
        own = self.to_dict().get("id")
        if key is not None and own != split_identity(key[1])[1]:
            yield Violation(f"{name}.id", own, "is set when the entity is created and cannot be changed")


def _element(name: str) -> Resource:
    """A collection whose elements are replaced whole; they have no version of their own (SDKs)."""
    return Resource(name, version_keys=(), patches=False)


class Education(BelowCustomer, resource=_element("educations")):
    """A school of a customer."""

    SCHOOL_TYPES: ClassVar = SchoolType

    customer: Parent[Customer] = parent("customers", ("base", "educations"), default=None, kw_only=False)
    id: Attr[str] = attr(default=None, required=True, validator=at_most(255))
    schoolType: Attr[SchoolType | None] = attr(default=None)
    schoolName: Attr[str | None] = text()
    schoolConcentration: Attr[str | None] = text()
    startYear: Attr[int | None] = attr(default=None, converter=whole_number)
    endYear: Attr[int | None] = attr(default=None, converter=whole_number)
    isCurrent: Attr[bool | None] = attr(default=None)


class Job(BelowCustomer, resource=_element("jobs")):
    """A job of a customer."""

    customer: Parent[Customer] = parent("customers", ("base", "jobs"), default=None, kw_only=False)
    id: Attr[str] = attr(default=None, required=True, validator=at_most(255))
    companyIndustry: Attr[str | None] = text()
    companyName: Attr[str | None] = text()
    jobTitle: Attr[str | None] = text()
    startDate: Attr[date | None] = attr(default=None)
    endDate: Attr[date | None] = attr(default=None)
    isCurrent: Attr[bool | None] = attr(default=None)


class Like(BelowCustomer, resource=_element("likes")):
    """Something a customer likes."""

    customer: Parent[Customer] = parent("customers", ("base", "likes"), default=None, kw_only=False)
    id: Attr[str] = attr(default=None, required=True, validator=at_most(255))
    category: Attr[str | None] = text()
    name: Attr[str | None] = text()
    createdTime: Attr[datetime | None] = attr(default=None)


class SubscribeContext(Properties):
    """Where a customer subscribed (reference 1.299.1 alone)."""

    ip: Attr[str | None] = text()
    userAgent: Attr[str | None] = text()


class UnsubscribeContext(Properties):
    """Where a customer unsubscribed (reference 1.299.1 alone)."""

    ip: Attr[str | None] = text()
    userAgent: Attr[str | None] = text()
    campaignId: Attr[str | None] = text()
    campaignMessageId: Attr[str | None] = text()


class SubscriptionPreference(Properties):
    """A preference of a subscription (schemas and SDKs; gone from the reference 1.299.1)."""

    key: Attr[str | None] = text()
    value: Attr[str | None] = text()


class Subscription(BelowCustomer, resource=_element("subscriptions")):
    """A subscription of a customer to a service or to messages."""

    KINDS: ClassVar = SubscriptionKind

    customer: Parent[Customer] = parent("customers", ("base", "subscriptions"), default=None, kw_only=False)
    id: Attr[str] = attr(default=None, required=True, validator=at_most(255))
    name: Attr[str | None] = text()
    type: Attr[str | None] = text()
    kind: Attr[SubscriptionKind | None] = attr(default=None)
    subscribed: Attr[bool | None] = attr(default=None)
    startDate: Attr[datetime | None] = attr(default=None)
    endDate: Attr[datetime | None] = attr(default=None)
    subscriberId: Attr[str | None] = text()
    registeredAt: Attr[datetime | None] = attr(default=None)
    updatedAt: Attr[datetime | None] = attr(default=None)
    subscribeContext: Embedded[SubscribeContext] = embedded(default=None)
    unsubscribeContext: Embedded[UnsubscribeContext] = embedded(default=None)
    preferences: Attr[list[SubscriptionPreference]] = attr(default=None)


class CustomerSession(BelowCustomer, resource=_element("sessions")):
    """A session id linked to a customer: all events stored with it become the customer's (SDK documentation).

    `value` is the id that the events carry, unique within a node and at most 255 characters; `id` is the service's.
    """

    customer: Parent[Customer] = parent("customers", default=None, kw_only=False)
    id: Attr[str | None] = attr(default=None, read_only=True)
    value: Attr[str] = attr(default=None, required=True, create_only=True, validator=at_most(255))
