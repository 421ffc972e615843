"""Campaigns: the messages sent, what customers did with them, and the lists that they join and leave."""

from __future__ import annotations

from enum import StrEnum

from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.events.shared import EventProperties
from contacthub_orm.contacthub.values.enums import EventType
from contacthub_orm.orm import Attr, Embedded, attr, embedded

__all__ = [
    "CampaignBlacklisted",
    "CampaignBlacklistedProperties",
    "CampaignBounced",
    "CampaignChannel",
    "CampaignLinkClicked",
    "CampaignLinkClickedProperties",
    "CampaignMarkedSpam",
    "CampaignMessageProperties",
    "CampaignOpened",
    "CampaignOptinRequested",
    "CampaignOptinRequestedProperties",
    "CampaignProperties",
    "CampaignSent",
    "CampaignSentProperties",
    "CampaignSubscribed",
    "CampaignSubscribedProperties",
    "CampaignUnsubscribed",
    "CampaignUnsubscribedProperties",
    "MessageChannel",
]


class CampaignChannel(StrEnum):
    """The channel by which a message is sent or a list is joined."""

    SMS = "SMS"
    EMAIL = "EMAIL"
    PUSH = "PUSH"
    FAX = "FAX"
    IM = "IM"


class MessageChannel(StrEnum):
    """The channel of a message that its reader reacted to; these schemas do not have `IM`."""

    SMS = "SMS"
    EMAIL = "EMAIL"
    PUSH = "PUSH"
    FAX = "FAX"


class CampaignProperties(EventProperties):
    """A campaign and the recipient of its message."""

    subscriberId: Attr[str | None] = attr(default=None)
    campaignSubject: Attr[str | None] = attr(default=None)
    campaignId: Attr[str | None] = attr(default=None)
    campaignName: Attr[str | None] = attr(default=None)
    campaignTags: Attr[list[str]] = attr(default=None)


class CampaignSentProperties(CampaignProperties):
    """A message that was sent."""

    channel: Attr[CampaignChannel | None] = attr(default=None)
    channelType: Attr[str | None] = attr(default=None)


class CampaignUnsubscribedProperties(CampaignSentProperties):
    """The list that the customer left, and the message that led to it."""

    listId: Attr[str | None] = attr(default=None)
    listName: Attr[str | None] = attr(default=None)


class CampaignMessageProperties(CampaignProperties):
    """A message that was opened, bounced or marked as spam."""

    channel: Attr[MessageChannel | None] = attr(default=None)


class CampaignLinkClickedProperties(CampaignMessageProperties):
    """The link that the customer followed, and the message that contained it."""

    linkId: Attr[str | None] = attr(default=None)
    linkUrl: Attr[str | None] = attr(default=None)
    linkTags: Attr[list[str]] = attr(default=None)


class CampaignBlacklistedProperties(CampaignMessageProperties):
    """The list that no longer sends to the customer, and the message that led to it."""

    listId: Attr[str | None] = attr(default=None)
    listName: Attr[str | None] = attr(default=None)


class CampaignSubscribedProperties(EventProperties):
    """The list that the customer joined."""

    subscriberId: Attr[str | None] = attr(default=None)
    listId: Attr[str | None] = attr(default=None)
    listName: Attr[str | None] = attr(default=None)
    channel: Attr[CampaignChannel | None] = attr(default=None)
    channelType: Attr[str | None] = attr(default=None)


class CampaignOptinRequestedProperties(CampaignSubscribedProperties):
    """The list that the customer was invited to join, and the channel of the invitation."""

    invitationChannel: Attr[CampaignChannel | None] = attr(default=None)
    invitationChannelType: Attr[str | None] = attr(default=None)


class CampaignSent(Event, type=EventType.CAMPAIGN_SENT):
    """A message of a campaign was sent to a customer."""

    properties: Embedded[CampaignSentProperties] = embedded(default=None, required=True)


class CampaignBounced(Event, type=EventType.CAMPAIGN_BOUNCED):
    """A message of a campaign did not reach a customer."""

    properties: Embedded[CampaignMessageProperties] = embedded(default=None, required=True)


class CampaignOpened(Event, type=EventType.CAMPAIGN_OPENED):
    """A customer opened a message of a campaign."""

    properties: Embedded[CampaignMessageProperties] = embedded(default=None, required=True)


class CampaignLinkClicked(Event, type=EventType.CAMPAIGN_LINK_CLICKED):
    """A customer followed a link in a message of a campaign."""

    properties: Embedded[CampaignLinkClickedProperties] = embedded(default=None, required=True)


class CampaignMarkedSpam(Event, type=EventType.CAMPAIGN_MARKED_SPAM):
    """A customer marked a message of a campaign as spam."""

    properties: Embedded[CampaignMessageProperties] = embedded(default=None, required=True)


class CampaignBlacklisted(Event, type=EventType.CAMPAIGN_BLACKLISTED):
    """A customer was put on a campaign's blacklist."""

    properties: Embedded[CampaignBlacklistedProperties] = embedded(default=None, required=True)


class CampaignOptinRequested(Event, type=EventType.CAMPAIGN_OPTIN_REQUESTED):
    """A customer was asked to confirm that they want to join a list."""

    properties: Embedded[CampaignOptinRequestedProperties] = embedded(default=None, required=True)


class CampaignSubscribed(Event, type=EventType.CAMPAIGN_SUBSCRIBED):
    """A customer joined a list."""

    properties: Embedded[CampaignSubscribedProperties] = embedded(default=None, required=True)


class CampaignUnsubscribed(Event, type=EventType.CAMPAIGN_UNSUBSCRIBED):
    """A customer left a list."""

    properties: Embedded[CampaignUnsubscribedProperties] = embedded(default=None, required=True)
