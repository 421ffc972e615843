"""Every entity of the service, said once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.entities.sub_resources import (
    CustomerSession,
    Education,
    Job,
    Like,
    Subscription,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contacthub_orm.orm import Entity

__all__ = ["ENTITY_CLASSES"]

ENTITY_CLASSES: Final[Mapping[str, type[Entity]]] = {
    entity.__resource__.name: entity
    for entity in (Customer, Event, Education, Job, Like, Subscription, CustomerSession)
}
"""By resource: the class that the service's documents are loaded as by default."""
