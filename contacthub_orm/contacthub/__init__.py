"""Contacthub: its entities, its query language and its routes, and the workspace through which it is reached."""

from contacthub_orm.contacthub.customer_merge import merge_customers
from contacthub_orm.contacthub.entities.base import (
    Address,
    Contacts,
    Credential,
    CustomerBase,
    Geo,
    MobileDevice,
    OtherContact,
    SocialProfile,
)
from contacthub_orm.contacthub.entities.consents import Consent, Consents
from contacthub_orm.contacthub.entities.customer import Customer, SourceInfo, Tags
from contacthub_orm.contacthub.entities.event import BringBackProperties, Event, Tracking
from contacthub_orm.contacthub.entities.sub_resources import (
    CustomerSession,
    Education,
    Job,
    Like,
    Subscription,
)
from contacthub_orm.contacthub.node import Node
from contacthub_orm.contacthub.query.did import did
from contacthub_orm.contacthub.workspace import Workspace

__all__ = [
    "Address",
    "BringBackProperties",
    "Consent",
    "Consents",
    "Contacts",
    "Credential",
    "Customer",
    "CustomerBase",
    "CustomerSession",
    "Education",
    "Event",
    "Geo",
    "Job",
    "Like",
    "MobileDevice",
    "Node",
    "OtherContact",
    "SocialProfile",
    "SourceInfo",
    "Subscription",
    "Tags",
    "Tracking",
    "Workspace",
    "did",
    "merge_customers",
]
