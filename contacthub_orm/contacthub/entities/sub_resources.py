"""The sub-resources of a customer: educations, jobs, likes, subscriptions and sessions.

The first four are also the elements of a list in the customer's `base`, each with an id that the client chooses. Change
them in that list, or add them to a session as entities: `session.add(Education(customer=bruce, id="1", schoolName="Gotham"))`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Self

from contacthub_orm.contacthub.values.enums import SchoolType, SubscriptionKind
from contacthub_orm.contacthub.values.limits import at_most, integer, string
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
from contacthub_orm.orm.entity.detached import is_of_service
from contacthub_orm.orm.entity.resource import split_identity
from contacthub_orm.orm.mapping.mapped import contents
from contacthub_orm.orm.mapping.unknown_keys import keeps, refuse_unknown_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from contacthub_orm.contacthub.entities.customer import Customer  # noqa: TC004 - `Parent[Customer]` is not evaluated
    from contacthub_orm.orm.mapping.unknown_keys import Unknown

__all__ = [
    "CustomerSession",
    "Education",
    "Job",
    "Like",
    "SubResource",
    "SubscribeContext",
    "Subscription",
    "SubscriptionPreference",
    "UnsubscribeContext",
]


class SubResource(ActiveRecord):
    """An entity whose routes are below its customer's. Without a session it is saved on its customer's node."""

    @classmethod
    def from_dict(
        cls,
        customer: Customer,
        attributes: Mapping[str, Any] | Properties | None = None,
        *,
        unknown: Unknown = "refuse",
    ) -> Self:
        """A new sub-resource of a customer, from its document. You choose its id, and `put()` replaces the one with that id.

        Args:
            customer: the customer.
            attributes: the document.
            unknown: what becomes of keys that are not declared: "refuse" or "keep". Those of a document with every declared
                key, as the service makes it, are kept.

        Raises:
            ArgumentError: if `unknown` is neither of the two.
            ValidationError: if a key is not declared, and is not to be kept.
        """
        if not keeps(unknown) and not is_of_service(cls, contents(attributes or {})):
            refuse_unknown_keys(cls, attributes)
        made = cls._made(attributes or {})
        setattr(made, "customer", customer)  # noqa: B010 - each subclass declares `customer`
        return made

    def _violations(self) -> Iterable[Violation]:
        """It must have a customer, and keep the id that it was created with."""
        name = type(self).__name__
        key = self._state.key
        if key is None and self._state.parent is None:
            yield Violation(f"{name}.customer", None, "is required: its routes are the customer's")
        own = self.to_dict().get("id")
        if key is not None and own != split_identity(key.id)[1]:
            yield Violation(f"{name}.id", own, "is set when the entity is created and cannot be changed")


def _collection(name: str) -> Resource:
    """A collection below a customer. Its elements have no version, and are replaced as a whole (published SDKs)."""
    return Resource(name, version_keys=(), patches=False)


class Education(SubResource, resource=_collection("educations")):
    """A school that a customer attends or attended."""

    SCHOOL_TYPES: ClassVar = SchoolType

    customer: Parent[Customer] = parent("customers", ("base", "educations"), default=None, kw_only=False)
    id: Attr[str] = attr(default=None, required=True, validator=at_most(255))
    schoolType: Attr[SchoolType | None] = attr(default=None)
    schoolName: Attr[str | None] = string()
    schoolConcentration: Attr[str | None] = string()
    startYear: Attr[int | None] = attr(default=None, converter=integer)
    endYear: Attr[int | None] = attr(default=None, converter=integer)
    isCurrent: Attr[bool | None] = attr(default=None)


class Job(SubResource, resource=_collection("jobs")):
    """A job of a customer."""

    customer: Parent[Customer] = parent("customers", ("base", "jobs"), default=None, kw_only=False)
    id: Attr[str] = attr(default=None, required=True, validator=at_most(255))
    companyIndustry: Attr[str | None] = string()
    companyName: Attr[str | None] = string()
    jobTitle: Attr[str | None] = string()
    startDate: Attr[date | None] = attr(default=None)
    endDate: Attr[date | None] = attr(default=None)
    isCurrent: Attr[bool | None] = attr(default=None)


class Like(SubResource, resource=_collection("likes")):
    """Something a customer likes."""

    customer: Parent[Customer] = parent("customers", ("base", "likes"), default=None, kw_only=False)
    id: Attr[str] = attr(default=None, required=True, validator=at_most(255))
    category: Attr[str | None] = string()
    name: Attr[str | None] = string()
    createdTime: Attr[datetime | None] = attr(default=None)


class SubscribeContext(Properties):
    """Where a customer subscribed (only in the reference 1.299.1)."""

    ip: Attr[str | None] = string()
    userAgent: Attr[str | None] = string()


class UnsubscribeContext(Properties):
    """Where a customer unsubscribed (only in the reference 1.299.1)."""

    ip: Attr[str | None] = string()
    userAgent: Attr[str | None] = string()
    campaignId: Attr[str | None] = string()
    campaignMessageId: Attr[str | None] = string()


class SubscriptionPreference(Properties):
    """A preference of a subscription (schemas and SDKs; the reference 1.299.1 no longer has it)."""

    key: Attr[str | None] = string()
    value: Attr[str | None] = string()


class Subscription(SubResource, resource=_collection("subscriptions")):
    """A subscription of a customer to a service or to messages."""

    KINDS: ClassVar = SubscriptionKind

    customer: Parent[Customer] = parent("customers", ("base", "subscriptions"), default=None, kw_only=False)
    id: Attr[str] = attr(default=None, required=True, validator=at_most(255))
    name: Attr[str | None] = string()
    type: Attr[str | None] = string()
    kind: Attr[SubscriptionKind | None] = attr(default=None)
    subscribed: Attr[bool | None] = attr(default=None)
    startDate: Attr[datetime | None] = attr(default=None)
    endDate: Attr[datetime | None] = attr(default=None)
    subscriberId: Attr[str | None] = string()
    registeredAt: Attr[datetime | None] = attr(default=None)
    updatedAt: Attr[datetime | None] = attr(default=None)
    subscribeContext: Embedded[SubscribeContext] = embedded(default=None)
    unsubscribeContext: Embedded[UnsubscribeContext] = embedded(default=None)
    preferences: Attr[list[SubscriptionPreference]] = attr(default=None)


class CustomerSession(SubResource, resource=_collection("sessions")):
    """A session id linked to a customer: all events stored with it become the customer's (SDK documentation).

    `value` is the id that the events carry: at most 255 characters, unique within a node. The service assigns `id`.
    """

    customer: Parent[Customer] = parent("customers", default=None, kw_only=False)
    id: Attr[str | None] = attr(default=None, read_only=True)
    value: Attr[str] = attr(default=None, required=True, create_only=True, validator=at_most(255))
