"""Where an event happened: what `contextInfo` holds in each context."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from contacthub_orm.contacthub.entities.event_classes import declare_context_info
from contacthub_orm.contacthub.events.shared import PersonContacts, Position, within
from contacthub_orm.contacthub.values.enums import EventContext
from contacthub_orm.orm import Attr, Embedded, Properties, attr, embedded

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "ClientInfo",
    "ClientLocalization",
    "ClientPosition",
    "ContactCenterContextInfo",
    "ContextInfo",
    "ContextUser",
    "DeviceInfo",
    "DigitalCampaignContextInfo",
    "EcommerceContextInfo",
    "IotContextInfo",
    "MobileContextInfo",
    "OtherContextInfo",
    "RetailContextInfo",
    "SalesAssistant",
    "SocialContextInfo",
    "Store",
    "StoreType",
    "WebContextInfo",
]


class StoreType(StrEnum):
    """The kind of a shop."""

    AIRPORT = "AIRPORT"
    ECOMMERCE = "ECOMMERCE"
    FLAGSHIP = "FLAGSHIP"
    FREE_STANDING = "FREE-STANDING"
    MALL = "MALL"
    OUTLET = "OUTLET"
    RESORT = "RESORT"
    SIS = "SIS"
    WAREHOUSE = "WAREHOUSE"
    NOT_DEFINED = "NOT-DEFINED"


class ClientPosition(Properties):
    """Where on earth a client is, in degrees, as far as it is known."""

    lat: Attr[float | None] = attr(default=None, validator=within(-90, 90))
    lon: Attr[float | None] = attr(default=None, validator=within(-180, 180))


class ClientLocalization(Properties):
    """Where a client is."""

    city: Attr[str | None] = attr(default=None)
    country: Attr[str | None] = attr(default=None)
    region: Attr[str | None] = attr(default=None)
    province: Attr[str | None] = attr(default=None)
    zip: Attr[str | None] = attr(default=None)
    geo: Embedded[ClientPosition] = embedded(default=None)


class ClientInfo(Properties):
    """The program that sent the event, a browser say."""

    userAgent: Attr[str | None] = attr(default=None)
    ip: Attr[str | None] = attr(default=None)
    localization: Embedded[ClientLocalization] = embedded(default=None)


class ContextUser(Properties):
    """Who was logged in."""

    id: Attr[str] = attr(default=None, required=True)
    externalId: Attr[str | None] = attr(default=None)
    username: Attr[str | None] = attr(default=None)
    firstName: Attr[str | None] = attr(default=None)
    lastName: Attr[str | None] = attr(default=None)
    contacts: Embedded[PersonContacts] = embedded(default=None)


class DeviceInfo(Properties):
    """The device that an app runs on, and the app."""

    bundleIdentifier: Attr[str | None] = attr(default=None)
    versionNumber: Attr[str | None] = attr(default=None)
    buildNumber: Attr[str | None] = attr(default=None)
    identifierForVendor: Attr[str | None] = attr(default=None)
    systemVersion: Attr[str | None] = attr(default=None)
    model: Attr[str | None] = attr(default=None)
    deviceVendor: Attr[str | None] = attr(default=None)
    locale: Attr[str | None] = attr(default=None)
    language: Attr[str | None] = attr(default=None)


class Store(Properties):
    """A shop."""

    id: Attr[str | None] = attr(default=None)
    name: Attr[str | None] = attr(default=None)
    type: Attr[StoreType | None] = attr(default=None)
    street: Attr[str | None] = attr(default=None)
    city: Attr[str | None] = attr(default=None)
    country: Attr[str | None] = attr(default=None)
    province: Attr[str | None] = attr(default=None)
    region: Attr[str | None] = attr(default=None)
    zip: Attr[str | None] = attr(default=None)
    geo: Embedded[Position] = embedded(default=None)
    website: Attr[str | None] = attr(default=None)


class SalesAssistant(Properties):
    """Who served the customer."""

    id: Attr[str] = attr(default=None, required=True)
    firstName: Attr[str | None] = attr(default=None)
    lastName: Attr[str | None] = attr(default=None)
    contacts: Embedded[PersonContacts] = embedded(default=None)


class ContextInfo(Properties):
    """What every context knows."""

    client: Embedded[ClientInfo] = embedded(default=None)
    user: Embedded[ContextUser] = embedded(default=None)


class WebContextInfo(ContextInfo):
    """An event on a web site."""


class MobileContextInfo(ContextInfo):
    """An event in an app."""

    device: Embedded[DeviceInfo] = embedded(default=None)


class EcommerceContextInfo(ContextInfo):
    """An event in an online shop."""

    store: Embedded[Store] = embedded(default=None)


class RetailContextInfo(EcommerceContextInfo):
    """An event in a shop."""

    salesAssistant: Embedded[SalesAssistant] = embedded(default=None)


class SocialContextInfo(ContextInfo):
    """An event in a social network."""


class DigitalCampaignContextInfo(ContextInfo):
    """An event of a campaign."""


class ContactCenterContextInfo(ContextInfo):
    """An event in a contact centre."""


class IotContextInfo(ContextInfo):
    """An event of a thing."""


class OtherContextInfo(ContextInfo):
    """An event somewhere else."""


CONTEXT_INFO: Final[Mapping[EventContext | None, type[ContextInfo]]] = {
    EventContext.WEB: WebContextInfo,
    EventContext.MOBILE: MobileContextInfo,
    EventContext.ECOMMERCE: EcommerceContextInfo,
    EventContext.RETAIL: RetailContextInfo,
    EventContext.SOCIAL: SocialContextInfo,
    EventContext.DIGITAL_CAMPAIGN: DigitalCampaignContextInfo,
    EventContext.CONTACT_CENTER: ContactCenterContextInfo,
    EventContext.IOT: IotContextInfo,
    EventContext.OTHER: OtherContextInfo,
}
"""The class of `contextInfo` for each context."""

declare_context_info(CONTEXT_INFO)
