"""A class with typed properties for every type of events, and one for the information of every context.

They follow the published JSON schemas (`contacthub_orm/reference/schemas`). Values that a schema does not name are kept,
and are read as items. Types with the same schema share one class of properties.
"""

from contacthub_orm.contacthub.entities.event import register as register
from contacthub_orm.contacthub.events import (
    attendance,
    browsing,
    campaigns,
    contexts,
    generic,
    orders,
    products,
    rewards,
    services,
)
from contacthub_orm.contacthub.events.attendance import *
from contacthub_orm.contacthub.events.browsing import *
from contacthub_orm.contacthub.events.campaigns import *
from contacthub_orm.contacthub.events.contexts import *
from contacthub_orm.contacthub.events.generic import *
from contacthub_orm.contacthub.events.orders import *
from contacthub_orm.contacthub.events.products import *
from contacthub_orm.contacthub.events.rewards import *
from contacthub_orm.contacthub.events.services import *
from contacthub_orm.contacthub.events.shared import EventProperties as EventProperties
from contacthub_orm.contacthub.events.shared import PersonContacts as PersonContacts
from contacthub_orm.contacthub.events.shared import Position as Position

__all__ = ["EventProperties", "PersonContacts", "Position", "register"]
__all__ += attendance.__all__
__all__ += browsing.__all__
__all__ += campaigns.__all__
__all__ += contexts.__all__
__all__ += generic.__all__
__all__ += orders.__all__
__all__ += products.__all__
__all__ += rewards.__all__
__all__ += services.__all__
