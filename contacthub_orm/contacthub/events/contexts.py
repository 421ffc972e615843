"""The class of `contextInfo` for each context in which an event can happen."""

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
    """The coordinates of a client, in degrees, as far as they are known."""

    lat: Attr[float | None] = attr(default=None, validator=within(-90, 90))
    lon: Attr[float | None] = attr(default=None, validator=within(-180, 180))


class ClientLocalization(Properties):
    """The location of a client."""

    city: Attr[str | None] = attr(default=None)
    country: Attr[str | None] = attr(default=None)
    region: Attr[str | None] = attr(default=None)
    province: Attr[str | None] = attr(default=None)
    zip: Attr[str | None] = attr(default=None)
    geo: Embedded[ClientPosition] = embedded(default=None)


class ClientInfo(Properties):
    """The program that sent the event, such as a browser."""

    userAgent: Attr[str | None] = attr(default=None)
    ip: Attr[str | None] = attr(default=None)
    localization: Embedded[ClientLocalization] = embedded(default=None)


class ContextUser(Properties):
    """The user who was logged in."""

    id: Attr[str] = attr(default=None, required=True)
    externalId: Attr[str | None] = attr(default=None)
    username: Attr[str | None] = attr(default=None)
    firstName: Attr[str | None] = attr(default=None)
    lastName: Attr[str | None] = attr(default=None)
    contacts: Embedded[PersonContacts] = embedded(default=None)


class DeviceInfo(Properties):
    """An app and the device that it runs on."""

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
    """The assistant who served the customer."""

    id: Attr[str] = attr(default=None, required=True)
    firstName: Attr[str | None] = attr(default=None)
    lastName: Attr[str | None] = attr(default=None)
    contacts: Embedded[PersonContacts] = embedded(default=None)


class ContextInfo(Properties):
    """The information that every context can have: the client and its user."""

    client: Embedded[ClientInfo] = embedded(default=None)
    user: Embedded[ContextUser] = embedded(default=None)


class WebContextInfo(ContextInfo):
    """Information on an event on a web site."""


class MobileContextInfo(ContextInfo):
    """Information on an event in an app."""

    device: Embedded[DeviceInfo] = embedded(default=None)


class EcommerceContextInfo(ContextInfo):
    """Information on an event in an online shop."""

    store: Embedded[Store] = embedded(default=None)


class RetailContextInfo(EcommerceContextInfo):
    """Information on an event in a shop."""

    salesAssistant: Embedded[SalesAssistant] = embedded(default=None)


class SocialContextInfo(ContextInfo):
    """Information on an event in a social network."""


class DigitalCampaignContextInfo(ContextInfo):
    """Information on an event of a campaign."""


class ContactCenterContextInfo(ContextInfo):
    """Information on an event in a contact centre."""


class IotContextInfo(ContextInfo):
    """Information on an event of a connected device."""


class OtherContextInfo(ContextInfo):
    """Information on an event in any other context."""


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
