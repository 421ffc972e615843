"""`Node`: the part of a workspace that holds customers. Sessions are opened on it; entities without a session belong to it."""

from contacthub_orm.contacthub.node.node import Node

__all__ = ["Node"]
