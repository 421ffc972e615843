"""The `base` section of a customer: who they are and how to reach them."""

from __future__ import annotations

from datetime import date

from contacthub_orm.contacthub.entities.sub_resources import Education, Job, Like, Subscription
from contacthub_orm.contacthub.values.enums import MobileDeviceType, NotificationService, OtherContactType
from contacthub_orm.contacthub.values.limits import email, matching, one_of, string, uri
from contacthub_orm.contacthub.values.timezones import Timezone
from contacthub_orm.orm import Attr, Embedded, Properties, attr, embedded

__all__ = [
    "Address",
    "Contacts",
    "Credential",
    "CustomerBase",
    "Geo",
    "MobileDevice",
    "OtherContact",
    "SocialProfile",
]


class OtherContact(Properties):
    """A contact of a kind for which `Contacts` has no property."""

    name: Attr[str | None] = string()
    type: Attr[OtherContactType | None] = attr(default=None)
    value: Attr[str | None] = string()


class MobileDevice(Properties):
    """A device that receives push notifications."""

    identifier: Attr[str | None] = string()
    appId: Attr[str | None] = string()
    name: Attr[str | None] = string()
    type: Attr[MobileDeviceType | None] = attr(default=None)
    notificationService: Attr[NotificationService | None] = attr(default=None)


class Contacts(Properties):
    """How to reach a customer."""

    email: Attr[str | None] = string(form=email)
    fax: Attr[str | None] = string()
    mobilePhone: Attr[str | None] = string()
    phone: Attr[str | None] = string()
    otherContacts: Attr[list[OtherContact]] = attr(default=None)
    mobileDevices: Attr[list[MobileDevice]] = attr(default=None)


class Geo(Properties):
    """Geographic coordinates, in degrees."""

    lat: Attr[float | None] = attr(default=None)
    lon: Attr[float | None] = attr(default=None)


class Address(Properties):
    """A postal address."""

    street: Attr[str | None] = string(500)
    city: Attr[str | None] = string()
    country: Attr[str | None] = string()
    province: Attr[str | None] = string()
    region: Attr[str | None] = string()
    zip: Attr[str | None] = string()
    geo: Embedded[Geo] = embedded(default=None)


class Credential(Properties):
    """The credentials with which a customer logs in."""

    password: Attr[str | None] = string(repr=False)
    username: Attr[str | None] = string()


class SocialProfile(Properties):
    """A customer's names in social networks."""

    facebook: Attr[str | None] = string()
    google: Attr[str | None] = string()
    instagram: Attr[str | None] = string()
    linkedin: Attr[str | None] = string()
    qzone: Attr[str | None] = string()
    twitter: Attr[str | None] = string()


class CustomerBase(Properties):
    """The properties that every workspace has. The reference 1.299.1 limits their lengths, the customer schema their formats."""

    pictureUrl: Attr[str | None] = string(1000, form=uri)
    title: Attr[str | None] = string()
    prefix: Attr[str | None] = string()
    firstName: Attr[str | None] = string()
    lastName: Attr[str | None] = string()
    middleName: Attr[str | None] = string()
    gender: Attr[str | None] = string()
    dob: Attr[date | None] = attr(default=None)
    locale: Attr[str | None] = attr(
        default=None,
        validator=matching(r"^[a-z]{2}(_([a-zA-Z]{2}){1,2})?_[A-Z]{2}$", "a locale such as it_IT"),
    )
    timezone: Attr[str | None] = attr(
        default=None, validator=one_of(Timezone, "a time zone of Customer.TIMEZONES")
    )
    contacts: Embedded[Contacts] = embedded(default=None)
    address: Embedded[Address] = embedded(default=None)
    credential: Embedded[Credential] = embedded(default=None)
    educations: Attr[list[Education]] = attr(default=None)
    likes: Attr[list[Like]] = attr(default=None)
    socialProfile: Embedded[SocialProfile] = embedded(default=None)
    jobs: Attr[list[Job]] = attr(default=None)
    subscriptions: Attr[list[Subscription]] = attr(default=None)
