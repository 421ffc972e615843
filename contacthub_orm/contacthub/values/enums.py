"""The enumerations of the API, spelt as the documented SDK spells them (`Event.TYPES.COMPLETED_ORDER`)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

__all__ = [
    "BringBackType",
    "EventContext",
    "EventMode",
    "EventOrigin",
    "EventType",
    "MobileDeviceType",
    "NotificationService",
    "OtherContactType",
    "SchoolType",
    "SubscriptionKind",
]


class _Respelt(StrEnum):
    """An enumeration that also accepts the spellings of older documents."""

    @classmethod
    def _missing_(cls, value: object) -> _Respelt | None:
        spelling = _OLDER_SPELLINGS[cls.__name__].get(value) if isinstance(value, str) else None
        return None if spelling is None else cls(spelling)


class BringBackType(_Respelt):
    """How an event without a customer's id names its customer."""

    SESSION_ID = "SESSION_ID"
    EXTERNAL_ID = "EXTERNAL_ID"


class EventContext(StrEnum):
    """Where an event happened."""

    WEB = "WEB"
    MOBILE = "MOBILE"
    ECOMMERCE = "ECOMMERCE"
    RETAIL = "RETAIL"
    SOCIAL = "SOCIAL"
    DIGITAL_CAMPAIGN = "DIGITAL_CAMPAIGN"
    CONTACT_CENTER = "CONTACT_CENTER"
    IOT = "IOT"
    OTHER = "OTHER"


class EventMode(StrEnum):
    """Whether the customer made the event (ACTIVE) or received it (PASSIVE)."""

    ACTIVE = "ACTIVE"
    PASSIVE = "PASSIVE"


class EventOrigin(StrEnum):
    """The origin of an event. The service sets it."""

    NATIVE = "NATIVE"
    DUPLICATE = "DUPLICATE"


class EventType(_Respelt):
    """The type of an event: the 48 of the reference, some of them also under the names of the SDK's documents.

    A string may also have the spelling of the Python SDK's manual, or `eventNotShow`, which the Node and Go SDKs use.
    """

    ABANDONED_CART = "abandonedCart"
    ABANDONED_SESSION = "abandonedSession"
    ADDED_COMPARE = "addedCompare"
    ADDED_PRODUCT = "addedProduct"
    ADDED_REWARD = "addedReward"
    ADDED_WISHLIST = "addedWishlist"
    CAMPAIGN_BLACKLISTED = "campaignBlacklisted"
    CAMPAIGN_BOUNCED = "campaignBounced"
    CAMPAIGN_LINK_CLICKED = "campaignLinkClicked"
    CAMPAIGN_MARKED_SPAM = "campaignMarkedSpam"
    CAMPAIGN_OPENED = "campaignOpened"
    CAMPAIGN_OPTIN_REQUESTED = "campaignOptinRequested"
    CAMPAIGN_SENT = "campaignSent"
    CAMPAIGN_SUBSCRIBED = "campaignSubscribed"
    CAMPAIGN_UNSUBSCRIBED = "campaignUnsubscribed"
    CHANGED_SETTING = "changedSetting"
    CLICKED_LINK = "clickedLink"
    CLOSED_TICKET = "closedTicket"
    COMPLETED_ORDER = "completedOrder"
    EVENT_CONFIRMED = "eventConfirmed"
    EVENT_DECLINED = "eventDeclined"
    EVENT_ELIGIBLE = "eventEligible"
    EVENT_INVITED = "eventInvited"
    EVENT_NO_SHOW = "eventNoShow"
    EVENT_NOT_INVITED = "eventNotInvited"
    EVENT_PARTICIPATED = "eventParticipated"
    EVENT_REGISTERED = "eventRegistered"
    FORM_COMPILED = "formCompiled"
    GENERIC_ACTIVE_EVENT = "genericActiveEvent"
    GENERIC_PASSIVE_EVENT = "genericPassiveEvent"
    GRANTED_COUPON = "grantedCoupon"
    LOGGED_IN = "loggedIn"
    LOGGED_OUT = "loggedOut"
    OPENED_TICKET = "openedTicket"
    ORDER_SHIPPED = "orderShipped"
    REMOVED_COMPARE = "removedCompare"
    REMOVED_PRODUCT = "removedProduct"
    REMOVED_REWARD = "removedReward"
    REMOVED_WISHLIST = "removedWishlist"
    REPLIED_TICKET = "repliedTicket"
    REVIEWED_PRODUCT = "reviewedProduct"
    SEARCHED = "searched"
    SERVICE_SUBSCRIBED = "serviceSubscribed"
    SERVICE_UNSUBSCRIBED = "serviceUnsubscribed"
    SURVEY_COMPILED = "surveyCompiled"
    VIEWED_PAGE = "viewedPage"
    VIEWED_PRODUCT = "viewedProduct"
    VIEWED_PRODUCT_CATEGORY = "viewedProductCategory"

    ADDED_WISH_LIST = ADDED_WISHLIST
    EVENT_PARTECIPATED = EVENT_PARTICIPATED
    SERVICE_SUBSCRIBE = SERVICE_SUBSCRIBED


class MobileDeviceType(_Respelt):
    """The operating system of a mobile device. The name of its push service, as in the SDK's documents, is accepted too."""

    IOS = "IOS"
    ANDROID = "ANDROID"
    WINDOWS_PHONE = "WINDOWS_PHONE"
    FIREOS = "FIREOS"

    APN = IOS
    GCM = ANDROID
    WP = WINDOWS_PHONE


class NotificationService(StrEnum):
    """The push service of a mobile device."""

    APN = "APN"
    GCM = "GCM"
    WNS = "WNS"
    ADM = "ADM"
    SNS = "SNS"


class OtherContactType(StrEnum):
    """The kind of a further contact."""

    MOBILE = "MOBILE"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    FAX = "FAX"
    OTHER = "OTHER"


class SchoolType(StrEnum):
    """The kind of a school."""

    PRIMARY_SCHOOL = "PRIMARY_SCHOOL"
    SECONDARY_SCHOOL = "SECONDARY_SCHOOL"
    HIGH_SCHOOL = "HIGH_SCHOOL"
    COLLEGE = "COLLEGE"
    OTHER = "OTHER"


class SubscriptionKind(StrEnum):
    """The kind of a subscription."""

    DIGITAL_MESSAGE = "DIGITAL_MESSAGE"
    SERVICE = "SERVICE"
    OTHER = "OTHER"


_OLDER_SPELLINGS: Final = {
    "BringBackType": {"externalId": "EXTERNAL_ID"},
    "EventType": {
        "addedWishList": "addedWishlist",
        "removedWishList": "removedWishlist",
        "eventNotShow": "eventNoShow",
    },
    "MobileDeviceType": {"APN": "IOS", "GCM": "ANDROID", "WP": "WINDOWS_PHONE"},
}
"""Values of the reference by their spelling in the Python SDK's manual, or, for `eventNotShow`, in the Node and Go SDKs."""
