"""The `base` section of a customer: who it is and how it is reached."""

from __future__ import annotations

from datetime import date

from contacthub_orm.contacthub.entities.elements import Education, Job, Like, Subscription
from contacthub_orm.contacthub.values.enums import MobileDeviceType, NotificationService, OtherContactType
from contacthub_orm.contacthub.values.limits import email, matching, one_of, text, uri
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
    """A contact that has no property of its own."""

    name: Attr[str | None] = text()
    type: Attr[OtherContactType | None] = attr(default=None)
    value: Attr[str | None] = text()


class MobileDevice(Properties):
    """A device that receives push notifications."""

    identifier: Attr[str | None] = text()
    appId: Attr[str | None] = text()
    name: Attr[str | None] = text()
    type: Attr[MobileDeviceType | None] = attr(default=None)
    notificationService: Attr[NotificationService | None] = attr(default=None)


class Contacts(Properties):
    """How a customer is reached."""

    email: Attr[str | None] = text(form=email)
    fax: Attr[str | None] = text()
    mobilePhone: Attr[str | None] = text()
    phone: Attr[str | None] = text()
    otherContacts: Attr[list[OtherContact]] = attr(default=None)
    mobileDevices: Attr[list[MobileDevice]] = attr(default=None)


class Geo(Properties):
    """A place on earth, in degrees."""

    lat: Attr[float | None] = attr(default=None)
    lon: Attr[float | None] = attr(default=None)


class Address(Properties):
    """A postal address."""

    street: Attr[str | None] = text(500)
    city: Attr[str | None] = text()
    country: Attr[str | None] = text()
    province: Attr[str | None] = text()
    region: Attr[str | None] = text()
    zip: Attr[str | None] = text()
    geo: Embedded[Geo] = embedded(default=None)


class Credential(Properties):
    """What a customer logs in with."""

    password: Attr[str | None] = text(repr=False)
    username: Attr[str | None] = text()


class SocialProfile(Properties):
    """A customer's names in social networks."""

    facebook: Attr[str | None] = text()
    google: Attr[str | None] = text()
    instagram: Attr[str | None] = text()
    linkedin: Attr[str | None] = text()
    qzone: Attr[str | None] = text()
    twitter: Attr[str | None] = text()


class CustomerBase(Properties):
    """The properties every workspace has; lengths by the reference 1.299.1, forms by the customer schema."""

    pictureUrl: Attr[str | None] = text(1000, form=uri)
    title: Attr[str | None] = text()
    prefix: Attr[str | None] = text()
    firstName: Attr[str | None] = text()
    lastName: Attr[str | None] = text()
    middleName: Attr[str | None] = text()
    gender: Attr[str | None] = text()
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
