"""The elements of a customer's collections: educations, jobs, likes and subscriptions, known by the id a client chose."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from contacthub_orm.contacthub.enums import SchoolType, SubscriptionKind
from contacthub_orm.contacthub.limits import at_most, text
from contacthub_orm.orm import Attr, Embedded, Properties, attr, embedded

__all__ = [
    "Education",
    "Job",
    "Like",
    "SubscribeContext",
    "Subscription",
    "SubscriptionPreference",
    "UnsubscribeContext",
]


class Education(Properties):
    """A school of a customer."""

    SCHOOL_TYPES: ClassVar = SchoolType

    id: Attr[str] = attr(default=None, required=True, validator=at_most(255))
    schoolType: Attr[SchoolType | None] = attr(default=None)
    schoolName: Attr[str | None] = text()
    schoolConcentration: Attr[str | None] = text()
    startYear: Attr[int | None] = attr(default=None)
    endYear: Attr[int | None] = attr(default=None)
    isCurrent: Attr[bool | None] = attr(default=None)


class Job(Properties):
    """A job of a customer."""

    id: Attr[str] = attr(default=None, required=True, validator=at_most(255))
    companyIndustry: Attr[str | None] = text()
    companyName: Attr[str | None] = text()
    jobTitle: Attr[str | None] = text()
    startDate: Attr[date | None] = attr(default=None)
    endDate: Attr[date | None] = attr(default=None)
    isCurrent: Attr[bool | None] = attr(default=None)


class Like(Properties):
    """Something a customer likes."""

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


class Subscription(Properties):
    """A subscription of a customer to a service or to messages."""

    KINDS: ClassVar = SubscriptionKind

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
