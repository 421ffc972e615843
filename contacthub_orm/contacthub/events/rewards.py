"""Rewards and coupons."""

from __future__ import annotations

from datetime import datetime

from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.events.shared import EventProperties, at_least
from contacthub_orm.contacthub.values.enums import EventType
from contacthub_orm.orm import Attr, Embedded, Properties, attr, embedded

__all__ = [
    "AddedReward",
    "CouponDelivery",
    "GrantedCoupon",
    "GrantedCouponProperties",
    "RemovedReward",
    "RewardProperties",
]


class RewardProperties(EventProperties):
    """A reward and its amount, such as a number of points."""

    rewardTypeId: Attr[str] = attr(default=None, required=True)
    rewardType: Attr[str | None] = attr(default=None)
    rewardDescription: Attr[str | None] = attr(default=None)
    rewardAmount: Attr[float] = attr(default=None, required=True, validator=at_least(0))


class CouponDelivery(Properties):
    """The channel or the medium by which a coupon is delivered."""

    id: Attr[str] = attr(default=None, required=True)
    name: Attr[str | None] = attr(default=None)
    description: Attr[str | None] = attr(default=None)


class GrantedCouponProperties(EventProperties):
    """A coupon: its amounts, its status and its validity."""

    code: Attr[str | None] = attr(default=None)
    type: Attr[str | None] = attr(default=None)
    status: Attr[str | None] = attr(default=None)
    category: Attr[list[str]] = attr(default=None)
    startValidityDate: Attr[datetime] = attr(default=None, required=True)
    redeemDate: Attr[datetime | None] = attr(default=None)
    redemptionDate: Attr[datetime | None] = attr(default=None)
    totalAmount: Attr[float] = attr(default=None, required=True, validator=at_least(0))
    redeemedAmount: Attr[float | None] = attr(default=None, validator=at_least(0))
    remainingAmount: Attr[float | None] = attr(default=None, validator=at_least(0))
    campaignId: Attr[str | None] = attr(default=None)
    campaignName: Attr[str | None] = attr(default=None)
    campaignDescription: Attr[str | None] = attr(default=None)
    deliveryChannel: Embedded[CouponDelivery] = embedded(default=None)
    deliveryMedium: Embedded[CouponDelivery] = embedded(default=None)


class AddedReward(Event, type=EventType.ADDED_REWARD):
    """A customer was given a reward."""

    properties: Embedded[RewardProperties] = embedded(default=None, required=True)


class RemovedReward(Event, type=EventType.REMOVED_REWARD):
    """A reward was taken from a customer."""

    properties: Embedded[RewardProperties] = embedded(default=None, required=True)


class GrantedCoupon(Event, type=EventType.GRANTED_COUPON):
    """A customer was given a coupon."""

    properties: Embedded[GrantedCouponProperties] = embedded(default=None, required=True)
