"""`Node`: all operations of a node together."""

from __future__ import annotations

from contacthub_orm.contacthub.node.customers import CustomerOperations
from contacthub_orm.contacthub.node.events import EventOperations
from contacthub_orm.contacthub.node.sub_resources import SubResourceOperations
from contacthub_orm.contacthub.node.updates import UpdateOperations

__all__ = ["Node"]


class Node(CustomerOperations, SubResourceOperations, EventOperations, UpdateOperations):
    """A node of a workspace. Open a `Session` on it, or use its operations without a session.

    The operations are those of the Python SDK that Contacthub documents. Each sends its requests at once and returns
    entities that belong to no session. Such an entity can save itself (`customer.patch()`) and can be added to a session
    at any time. Threads may share a node.
    """
