"""What operations on customers send. A key that is left out is not sent; None is sent as null."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from datetime import date, datetime
from typing import Annotated, Any, Required, TypedDict

from contacthub_orm.contacthub.api.checks import Email, Filled, Length, Matches, OneOf, SumLength, Uri
from contacthub_orm.contacthub.api.records.enums import (
    MobileDeviceTypes,
    NotificationServices,
    OtherContactTypes,
    SchoolTypes,
    SubscriptionKinds,
)
from contacthub_orm.contacthub.values.timezones import Timezone

__all__ = [
    "AddressBody",
    "ConsentBody",
    "ConsentsBody",
    "ConsentsDisclaimerBody",
    "ConsentsMarketingAutomaticBody",
    "ConsentsMarketingBody",
    "ConsentsMarketingTraditionalBody",
    "ConsentsProfilingBody",
    "ConsentsSoftSpamBody",
    "ConsentsThirdPartyTransferBody",
    "ContactsBody",
    "CreateCustomerBody",
    "CreateSessionBody",
    "CredentialBody",
    "CustomerBaseBody",
    "EducationBody",
    "GeoBody",
    "JobBody",
    "LikeBody",
    "MobileDeviceBody",
    "OtherContactBody",
    "PatchCustomerBody",
    "SocialProfileBody",
    "SubscribeContextBody",
    "SubscriptionBody",
    "SubscriptionPreferenceBody",
    "TagsBody",
    "UnsubscribeContextBody",
    "UpdateCustomerBody",
]


class OtherContactBody(TypedDict, total=False):
    """The other contact of a body."""

    name: Annotated[str, Length(most=255)]
    type: OtherContactTypes | None
    value: Annotated[str, Length(most=255)]


class MobileDeviceBody(TypedDict, total=False):
    """The mobile device of a body."""

    identifier: Annotated[str, Length(most=255)]
    appId: Annotated[str, Length(most=255)]
    name: Annotated[str, Length(most=255)]
    type: MobileDeviceTypes | None
    notificationService: NotificationServices | None


class ContactsBody(TypedDict, total=False):
    """The contacts of a body."""

    email: Annotated[Email, Length(most=255)] | None
    fax: Annotated[str, Length(most=255)] | None
    mobilePhone: Annotated[str, Length(most=255)] | None
    phone: Annotated[str, Length(most=255)] | None
    otherContacts: list[OtherContactBody]
    mobileDevices: list[MobileDeviceBody]


class GeoBody(TypedDict, total=False):
    """The geo of a body."""

    lat: float | None
    lon: float | None


class AddressBody(TypedDict, total=False):
    """The address of a body."""

    street: Annotated[str, Length(most=500)] | None
    city: Annotated[str, Length(most=255)] | None
    country: Annotated[str, Length(most=255)] | None
    province: Annotated[str, Length(most=255)] | None
    region: Annotated[str, Length(most=255)] | None
    zip: Annotated[str, Length(most=255)] | None
    geo: GeoBody | None


class CredentialBody(TypedDict, total=False):
    """The credential of a body."""

    password: Annotated[str, Length(most=255)] | None
    username: Annotated[str, Length(most=255)] | None


class EducationBody(TypedDict, total=False):
    """The education of a body."""

    id: Required[str]
    schoolType: SchoolTypes | None
    schoolName: Annotated[str, Length(most=255)] | None
    schoolConcentration: Annotated[str, Length(most=255)] | None
    startYear: int | None
    endYear: int | None
    isCurrent: bool | None


class LikeBody(TypedDict, total=False):
    """The like of a body."""

    id: Required[str]
    category: Annotated[str, Length(most=255)] | None
    name: Annotated[str, Length(most=255)] | None
    createdTime: datetime | None


class SocialProfileBody(TypedDict, total=False):
    """The social profile of a body."""

    facebook: Annotated[str, Length(most=255)] | None
    google: Annotated[str, Length(most=255)] | None
    instagram: Annotated[str, Length(most=255)] | None
    linkedin: Annotated[str, Length(most=255)] | None
    qzone: Annotated[str, Length(most=255)] | None
    twitter: Annotated[str, Length(most=255)] | None


class JobBody(TypedDict, total=False):
    """The job of a body."""

    id: Required[str]
    companyIndustry: Annotated[str, Length(most=255)] | None
    companyName: Annotated[str, Length(most=255)] | None
    jobTitle: Annotated[str, Length(most=255)] | None
    startDate: date | None
    endDate: date | None
    isCurrent: bool | None


class SubscribeContextBody(TypedDict, total=False):
    """The subscribe context of a body."""

    ip: str
    userAgent: str


class UnsubscribeContextBody(TypedDict, total=False):
    """The unsubscribe context of a body."""

    ip: str
    userAgent: str
    campaignId: str
    campaignMessageId: str


class SubscriptionPreferenceBody(TypedDict, total=False):
    """The subscription preference of a body."""

    key: str | None
    value: str | None


class SubscriptionBody(TypedDict, total=False):
    """The subscription of a body."""

    id: Required[Annotated[str, Length(most=255)]]
    name: Annotated[str, Length(most=255)] | None
    type: Annotated[str, Length(most=255)] | None
    kind: SubscriptionKinds | None
    subscribed: Required[bool]
    startDate: datetime | None
    endDate: datetime | None
    subscriberId: Annotated[str, Length(most=255)] | None
    registeredAt: datetime | None
    updatedAt: datetime | None
    subscribeContext: SubscribeContextBody | None
    unsubscribeContext: UnsubscribeContextBody | None
    preferences: list[SubscriptionPreferenceBody]


class CustomerBaseBody(TypedDict, total=False):
    """The customer base of a body."""

    pictureUrl: Annotated[Uri, Length(most=1000)] | None
    title: Annotated[str, Length(most=255)] | None
    prefix: Annotated[str, Length(most=255)] | None
    firstName: Annotated[str, Length(most=255)] | None
    lastName: Annotated[str, Length(most=255)] | None
    middleName: Annotated[str, Length(most=255)] | None
    gender: Annotated[str, Length(most=255)] | None
    dob: date | None
    locale: Annotated[str, Matches("^[a-z]{2}(_([a-zA-Z]{2}){1,2})?_[A-Z]{2}$")] | None
    timezone: Annotated[str, OneOf("a time zone", frozenset(Timezone))] | None
    contacts: ContactsBody | None
    address: AddressBody | None
    credential: CredentialBody | None
    educations: list[EducationBody]
    likes: list[LikeBody]
    socialProfile: SocialProfileBody | None
    jobs: list[JobBody]
    subscriptions: list[SubscriptionBody]


class ConsentsDisclaimerBody(TypedDict, total=False):
    """`disclaimer` of `ConsentsBody`."""

    date: datetime | None
    version: str | None


class ConsentBody(TypedDict, total=False):
    """The consent of a body."""

    status: bool | None
    limitation: bool | None
    objection: bool | None


class ConsentsMarketingTraditionalBody(TypedDict, total=False):
    """`traditional` of `ConsentsMarketingBody`."""

    telephonic: ConsentBody | None
    papery: ConsentBody | None


class ConsentsMarketingAutomaticBody(TypedDict, total=False):
    """`automatic` of `ConsentsMarketingBody`."""

    sms: ConsentBody | None
    email: ConsentBody | None
    push: ConsentBody | None
    im: ConsentBody | None
    telephonic: ConsentBody | None


class ConsentsMarketingBody(TypedDict, total=False):
    """`marketing` of `ConsentsBody`."""

    traditional: ConsentsMarketingTraditionalBody | None
    automatic: ConsentsMarketingAutomaticBody | None


class ConsentsProfilingBody(TypedDict, total=False):
    """`profiling` of `ConsentsBody`."""

    classic: ConsentBody | None
    online: ConsentBody | None


class ConsentsSoftSpamBody(TypedDict, total=False):
    """`softSpam` of `ConsentsBody`."""

    email: ConsentBody | None
    papery: ConsentBody | None


class ConsentsThirdPartyTransferBody(TypedDict, total=False):
    """`thirdPartyTransfer` of `ConsentsBody`."""

    profiling: ConsentBody | None
    marketing: ConsentBody | None


class ConsentsBody(TypedDict, total=False):
    """The consents of a body."""

    disclaimer: ConsentsDisclaimerBody | None
    marketing: ConsentsMarketingBody | None
    profiling: ConsentsProfilingBody | None
    softSpam: ConsentsSoftSpamBody | None
    thirdPartyTransfer: ConsentsThirdPartyTransferBody | None


class TagsBody(TypedDict, total=False):
    """The tags of a body."""

    auto: Annotated[list[str], SumLength(1000)]
    manual: Annotated[list[str], SumLength(1000)]


class CreateCustomerBody(TypedDict, total=False):
    """What `create_customer` sends."""

    externalId: str | None
    nodeId: Annotated[str, Filled()]
    base: CustomerBaseBody | None
    consents: ConsentsBody | None
    extended: dict[str, Any]
    extra: str | None
    tags: TagsBody | None
    enabled: bool


class PatchCustomerBody(TypedDict, total=False):
    """What `patch_customer` sends."""

    externalId: str | None
    base: CustomerBaseBody | None
    consents: ConsentsBody | None
    extended: dict[str, Any]
    extra: str | None
    tags: TagsBody | None
    enabled: bool


class UpdateCustomerBody(TypedDict, total=False):
    """What `update_customer` sends."""

    id: str
    externalId: str | None
    nodeId: Annotated[str, Filled()]
    base: CustomerBaseBody | None
    consents: ConsentsBody | None
    extended: dict[str, Any]
    extra: str | None
    tags: TagsBody | None
    enabled: bool


class CreateSessionBody(TypedDict, total=False):
    """What `create_session` sends."""

    value: Annotated[str, Length(most=255)]
