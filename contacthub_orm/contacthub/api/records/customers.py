"""Answers about customers."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from datetime import date, datetime
from typing import Any

import attrs

from contacthub_orm.contacthub.api.answers import Record
from contacthub_orm.contacthub.api.records.events import EventRecord

__all__ = [
    "AddressRecord",
    "ConsentRecord",
    "ConsentsDisclaimerRecord",
    "ConsentsMarketingAutomaticRecord",
    "ConsentsMarketingRecord",
    "ConsentsMarketingTraditionalRecord",
    "ConsentsProfilingRecord",
    "ConsentsRecord",
    "ConsentsSoftSpamRecord",
    "ConsentsThirdPartyTransferRecord",
    "ContactsRecord",
    "CredentialRecord",
    "CustomerBaseRecord",
    "CustomerExportRecord",
    "CustomerRecord",
    "EducationRecord",
    "GeoRecord",
    "JobRecord",
    "LikeRecord",
    "MobileDeviceRecord",
    "OtherContactRecord",
    "SessionRecord",
    "SocialProfileRecord",
    "SourceInfoRecord",
    "SubscribeContextRecord",
    "SubscriptionPreferenceRecord",
    "SubscriptionRecord",
    "TagsRecord",
    "UnsubscribeContextRecord",
]


@attrs.frozen(kw_only=True)
class OtherContactRecord(Record):
    """The other contact of an answer."""

    name: str | None = None
    type: str | None = None
    value: str | None = None


@attrs.frozen(kw_only=True)
class MobileDeviceRecord(Record):
    """The mobile device of an answer."""

    identifier: str | None = None
    appId: str | None = None
    name: str | None = None
    type: str | None = None
    notificationService: str | None = None


@attrs.frozen(kw_only=True)
class ContactsRecord(Record):
    """The contacts of an answer."""

    email: str | None = None
    fax: str | None = None
    mobilePhone: str | None = None
    phone: str | None = None
    otherContacts: list[OtherContactRecord] | None = None
    mobileDevices: list[MobileDeviceRecord] | None = None


@attrs.frozen(kw_only=True)
class GeoRecord(Record):
    """The geo of an answer."""

    lat: float | None = None
    lon: float | None = None


@attrs.frozen(kw_only=True)
class AddressRecord(Record):
    """The address of an answer."""

    street: str | None = None
    city: str | None = None
    country: str | None = None
    province: str | None = None
    region: str | None = None
    zip: str | None = None
    geo: GeoRecord | None = None


@attrs.frozen(kw_only=True)
class CredentialRecord(Record):
    """The credential of an answer."""

    password: str | None = attrs.field(default=None, repr=False)
    username: str | None = None


@attrs.frozen(kw_only=True)
class EducationRecord(Record):
    """The education of an answer."""

    id: str | None = None
    schoolType: str | None = None
    schoolName: str | None = None
    schoolConcentration: str | None = None
    startYear: int | None = None
    endYear: int | None = None
    isCurrent: bool | None = None


@attrs.frozen(kw_only=True)
class LikeRecord(Record):
    """The like of an answer."""

    id: str | None = None
    category: str | None = None
    name: str | None = None
    createdTime: datetime | None = None


@attrs.frozen(kw_only=True)
class SocialProfileRecord(Record):
    """The social profile of an answer."""

    facebook: str | None = None
    google: str | None = None
    instagram: str | None = None
    linkedin: str | None = None
    qzone: str | None = None
    twitter: str | None = None


@attrs.frozen(kw_only=True)
class JobRecord(Record):
    """The job of an answer."""

    id: str | None = None
    companyIndustry: str | None = None
    companyName: str | None = None
    jobTitle: str | None = None
    startDate: date | None = None
    endDate: date | None = None
    isCurrent: bool | None = None


@attrs.frozen(kw_only=True)
class SubscribeContextRecord(Record):
    """The subscribe context of an answer."""

    ip: str | None = None
    userAgent: str | None = None


@attrs.frozen(kw_only=True)
class UnsubscribeContextRecord(Record):
    """The unsubscribe context of an answer."""

    ip: str | None = None
    userAgent: str | None = None
    campaignId: str | None = None
    campaignMessageId: str | None = None


@attrs.frozen(kw_only=True)
class SubscriptionPreferenceRecord(Record):
    """The subscription preference of an answer."""

    key: str | None = None
    value: str | None = None


@attrs.frozen(kw_only=True)
class SubscriptionRecord(Record):
    """The subscription of an answer."""

    id: str | None = None
    name: str | None = None
    type: str | None = None
    kind: str | None = None
    subscribed: bool | None = None
    startDate: datetime | None = None
    endDate: datetime | None = None
    subscriberId: str | None = None
    registeredAt: datetime | None = None
    updatedAt: datetime | None = None
    subscribeContext: SubscribeContextRecord | None = None
    unsubscribeContext: UnsubscribeContextRecord | None = None
    preferences: list[SubscriptionPreferenceRecord] | None = None


@attrs.frozen(kw_only=True)
class CustomerBaseRecord(Record):
    """The customer base of an answer."""

    pictureUrl: str | None = None
    title: str | None = None
    prefix: str | None = None
    firstName: str | None = None
    lastName: str | None = None
    middleName: str | None = None
    gender: str | None = None
    dob: date | None = None
    locale: str | None = None
    timezone: str | None = None
    contacts: ContactsRecord | None = None
    address: AddressRecord | None = None
    credential: CredentialRecord | None = None
    educations: list[EducationRecord] | None = None
    likes: list[LikeRecord] | None = None
    socialProfile: SocialProfileRecord | None = None
    jobs: list[JobRecord] | None = None
    subscriptions: list[SubscriptionRecord] | None = None


@attrs.frozen(kw_only=True)
class ConsentsDisclaimerRecord(Record):
    """`disclaimer` of `ConsentsRecord`."""

    date: datetime | None = None
    version: str | None = None


@attrs.frozen(kw_only=True)
class ConsentRecord(Record):
    """The consent of an answer."""

    status: bool | None = None
    limitation: bool | None = None
    objection: bool | None = None


@attrs.frozen(kw_only=True)
class ConsentsMarketingTraditionalRecord(Record):
    """`traditional` of `ConsentsMarketingRecord`."""

    telephonic: ConsentRecord | None = None
    papery: ConsentRecord | None = None


@attrs.frozen(kw_only=True)
class ConsentsMarketingAutomaticRecord(Record):
    """`automatic` of `ConsentsMarketingRecord`."""

    sms: ConsentRecord | None = None
    email: ConsentRecord | None = None
    push: ConsentRecord | None = None
    im: ConsentRecord | None = None
    telephonic: ConsentRecord | None = None


@attrs.frozen(kw_only=True)
class ConsentsMarketingRecord(Record):
    """`marketing` of `ConsentsRecord`."""

    traditional: ConsentsMarketingTraditionalRecord | None = None
    automatic: ConsentsMarketingAutomaticRecord | None = None


@attrs.frozen(kw_only=True)
class ConsentsProfilingRecord(Record):
    """`profiling` of `ConsentsRecord`."""

    classic: ConsentRecord | None = None
    online: ConsentRecord | None = None


@attrs.frozen(kw_only=True)
class ConsentsSoftSpamRecord(Record):
    """`softSpam` of `ConsentsRecord`."""

    email: ConsentRecord | None = None
    papery: ConsentRecord | None = None


@attrs.frozen(kw_only=True)
class ConsentsThirdPartyTransferRecord(Record):
    """`thirdPartyTransfer` of `ConsentsRecord`."""

    profiling: ConsentRecord | None = None
    marketing: ConsentRecord | None = None


@attrs.frozen(kw_only=True)
class ConsentsRecord(Record):
    """The consents of an answer."""

    disclaimer: ConsentsDisclaimerRecord | None = None
    marketing: ConsentsMarketingRecord | None = None
    profiling: ConsentsProfilingRecord | None = None
    softSpam: ConsentsSoftSpamRecord | None = None
    thirdPartyTransfer: ConsentsThirdPartyTransferRecord | None = None


@attrs.frozen(kw_only=True)
class TagsRecord(Record):
    """The tags of an answer."""

    auto: list[str] | None = None
    manual: list[str] | None = None


@attrs.frozen(kw_only=True)
class SourceInfoRecord(Record):
    """The source info of an answer."""

    registeredBy: str | None = None
    updatedBy: str | None = None


@attrs.frozen(kw_only=True)
class CustomerRecord(Record):
    """The customer of an answer."""

    id: str | None = None
    intId: int | None = None
    externalId: str | None = None
    nodeId: str | None = None
    base: CustomerBaseRecord | None = None
    consents: ConsentsRecord | None = None
    extended: dict[str, Any] | None = None
    extra: str | None = None
    tags: TagsRecord | None = None
    enabled: bool | None = None
    registeredAt: datetime | None = None
    updatedAt: datetime | None = None
    version: int | None = None
    deleted: int | None = None
    sourceInfo: SourceInfoRecord | None = None


@attrs.frozen(kw_only=True)
class SessionRecord(Record):
    """The session of an answer."""

    id: str | None = None
    value: str | None = None


@attrs.frozen(kw_only=True)
class CustomerExportRecord(Record):
    """The customer export of an answer."""

    customer: CustomerRecord | None = None
    events: list[EventRecord] | None = None
