"""`Node`: all operations of a node together."""

from __future__ import annotations

from contacthub_orm.contacthub.node.customers import CustomerOperations
from contacthub_orm.contacthub.node.elements import ElementOperations
from contacthub_orm.contacthub.node.events import EventOperations

__all__ = ["Node"]


class Node(CustomerOperations, ElementOperations, EventOperations):
    """A node of a workspace: what a `Session` is opened on, and what works without one too.

    Its operations are those of the Python SDK that Contacthub documents. Each works at once and gives entities that no
    session holds; they save themselves (`customer.patch()`), and can be added to a session at any time. Threads may share
    a node.
    """
