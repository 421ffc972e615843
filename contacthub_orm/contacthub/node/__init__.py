"""`Node`: where customers live; what a session is opened on, and what entities belong to without one."""

from contacthub_orm.contacthub.node.node import Node

__all__ = ["Node"]
