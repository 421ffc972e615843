"""Contacthub: its entities, its query language and its routes, and the workspace through which it is reached."""

import sys
from typing import TYPE_CHECKING, Final

from contacthub_orm.lazy_names import LazyNames

if TYPE_CHECKING:
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

_MODULES: Final = {
    "customer_merge": ("merge_customers",),
    "entities.base": (
        "Address",
        "Contacts",
        "Credential",
        "CustomerBase",
        "Geo",
        "MobileDevice",
        "OtherContact",
        "SocialProfile",
    ),
    "entities.consents": ("Consent", "Consents"),
    "entities.customer": ("Customer", "SourceInfo", "Tags"),
    "entities.event": ("BringBackProperties", "Event", "Tracking"),
    "entities.sub_resources": ("CustomerSession", "Education", "Job", "Like", "Subscription"),
    "node": ("Node",),
    "query.did": ("did",),
    "workspace": ("Workspace",),
}
"""The module of each name, which is imported when the name is first used."""

sys.modules[__name__].__class__ = LazyNames
