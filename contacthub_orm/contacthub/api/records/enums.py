"""The closed enumerations of parameters and bodies."""

# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit.

from typing import Literal, TypeAlias

__all__ = [
    "AggregateNodeStates",
    "AggregationModes",
    "BringBackTypes",
    "BulkJobEntities",
    "BulkJobOperations",
    "BulkJobStatuses",
    "ConsentEventTypes",
    "CustomerDeletedStates",
    "CustomerOperationModes",
    "EventContexts",
    "EventContextsOrAll",
    "EventModes",
    "EventNav",
    "EventOrigins",
    "EventTypes",
    "Industries",
    "MergePolicies",
    "MobileDeviceTypes",
    "NodePermissions",
    "NodeTypes",
    "NotificationServices",
    "OtherContactTypes",
    "PlanModels",
    "ProductAwareEventTypes",
    "PurchaseKpiTypes",
    "SchoolTypes",
    "SourceProvidersCreatable",
    "SourceProvidersModifiable",
    "SubscriptionKinds",
    "UniquenessPolicies",
    "UpdateAggregationTypes",
    "UpdateEntities",
    "UpdateOperations",
    "WorkspaceStatuses",
    "WorkspaceTimezones",
]

AggregateNodeStates: TypeAlias = Literal["ACTIVE", "NEW", "LOCKED", "REMOVED"]
AggregationModes: TypeAlias = Literal["DAILY", "WEEKLY", "MONTHLY"]
BringBackTypes: TypeAlias = Literal["SESSION_ID", "EXTERNAL_ID"]
BulkJobEntities: TypeAlias = Literal["CUSTOMER", "EVENT"]
BulkJobOperations: TypeAlias = Literal["UPSERT", "INSERT", "DELETE"]
BulkJobStatuses: TypeAlias = Literal["LOADED", "SCHEDULED", "PROCESSING", "STOPPED", "PROCESSED", "FAILED"]
ConsentEventTypes: TypeAlias = Literal[
    "DISCLAIMER_READ",
    "CONSENT_CHANGED",
    "CONSENT_RESTRICTED",
    "CONSENT_OBJECTED",
    "DATA_PORTABILITY_REQUESTED",
    "FORCED_DELETE",
]
CustomerDeletedStates: TypeAlias = Literal[-1, 0, 1]
CustomerOperationModes: TypeAlias = Literal["STRICT"]
EventContexts: TypeAlias = Literal[
    "WEB", "MOBILE", "ECOMMERCE", "RETAIL", "SOCIAL", "DIGITAL_CAMPAIGN", "CONTACT_CENTER", "IOT", "OTHER"
]
EventContextsOrAll: TypeAlias = Literal[
    "WEB",
    "MOBILE",
    "ECOMMERCE",
    "RETAIL",
    "SOCIAL",
    "DIGITAL_CAMPAIGN",
    "CONTACT_CENTER",
    "IOT",
    "OTHER",
    "ALL",
]
EventModes: TypeAlias = Literal["ACTIVE", "PASSIVE"]
EventNav: TypeAlias = Literal["CUSTOMER"]
EventOrigins: TypeAlias = Literal["NATIVE", "DUPLICATE"]
EventTypes: TypeAlias = Literal[
    "abandonedCart",
    "abandonedSession",
    "addedCompare",
    "addedProduct",
    "addedReward",
    "addedWishlist",
    "campaignBlacklisted",
    "campaignBounced",
    "campaignLinkClicked",
    "campaignMarkedSpam",
    "campaignOpened",
    "campaignOptinRequested",
    "campaignSent",
    "campaignSubscribed",
    "campaignUnsubscribed",
    "changedSetting",
    "clickedLink",
    "closedTicket",
    "completedOrder",
    "eventConfirmed",
    "eventDeclined",
    "eventEligible",
    "eventInvited",
    "eventNoShow",
    "eventNotInvited",
    "eventParticipated",
    "eventRegistered",
    "formCompiled",
    "genericActiveEvent",
    "genericPassiveEvent",
    "grantedCoupon",
    "loggedIn",
    "loggedOut",
    "openedTicket",
    "orderShipped",
    "removedCompare",
    "removedProduct",
    "removedReward",
    "removedWishlist",
    "repliedTicket",
    "reviewedProduct",
    "searched",
    "serviceSubscribed",
    "serviceUnsubscribed",
    "surveyCompiled",
    "viewedPage",
    "viewedProduct",
    "viewedProductCategory",
]
Industries: TypeAlias = Literal["GDO", "Luxury", "Automotive", "NotDefined"]
MergePolicies: TypeAlias = Literal[
    "OBJ_PRIORITY",
    "OBJ_CONCATENATE",
    "ARRAY_UNION",
    "ARRAY_INTERSECTION",
    "MATH_SUM",
    "MATH_AVG",
    "MATH_DIFF",
    "MATH_MIN",
    "MATH_MAX",
]
MobileDeviceTypes: TypeAlias = Literal["IOS", "ANDROID", "WINDOWS_PHONE", "FIREOS"]
NodePermissions: TypeAlias = Literal["R", "RW", "W"]
NodeTypes: TypeAlias = Literal["ENTRY", "AGGREGATE"]
NotificationServices: TypeAlias = Literal["APN", "GCM", "WNS", "ADM", "SNS"]
OtherContactTypes: TypeAlias = Literal["MOBILE", "PHONE", "EMAIL", "FAX", "OTHER"]
PlanModels: TypeAlias = Literal[
    "ABANDONED_CART",
    "ATTENDANCE_EVENT",
    "COUPON",
    "ORDER",
    "ORDER_LINE",
    "PRODUCT_INTERACTION",
    "SERVICE_SUBSCRIBED",
    "SERVICE_UNSUBSCRIBED",
    "WEB_BROWSING_EVENT",
]
ProductAwareEventTypes: TypeAlias = Literal[
    "completedOrder",
    "abandonedCart",
    "addedCompare",
    "addedProduct",
    "addedWishlist",
    "removedCompare",
    "removedProduct",
    "removedWishlist",
    "viewedProduct",
    "reviewedProduct",
]
PurchaseKpiTypes: TypeAlias = Literal["ECOMMERCE", "RETAIL", "ALL"]
SchoolTypes: TypeAlias = Literal["PRIMARY_SCHOOL", "SECONDARY_SCHOOL", "HIGH_SCHOOL", "COLLEGE", "OTHER"]
SourceProvidersCreatable: TypeAlias = Literal["API", "CONTACTSEND", "CONTACTPLAN"]
SourceProvidersModifiable: TypeAlias = Literal[
    "API",
    "MAGENTO",
    "ANDROID_SDK",
    "OBJECTIVEC_SDK",
    "NODEJS_SDK",
    "JAVA_SDK",
    "SCALA_SDK",
    "DOTNET_SDK",
    "CONTACTSEND",
    "CONTACTPLAN",
]
SubscriptionKinds: TypeAlias = Literal["DIGITAL_MESSAGE", "SERVICE", "OTHER"]
UniquenessPolicies: TypeAlias = Literal["MERGE"]
UpdateAggregationTypes: TypeAlias = Literal["ADDED", "UPDATED", "DELETED"]
UpdateEntities: TypeAlias = Literal["CUSTOMER", "EVENT"]
UpdateOperations: TypeAlias = Literal["CREATE", "UPDATE", "DELETE"]
WorkspaceStatuses: TypeAlias = Literal["ENABLED", "SUSPENDED", "DISABLED"]
WorkspaceTimezones: TypeAlias = Literal["Europe/Rome", "Europe/Paris", "Europe/London"]
