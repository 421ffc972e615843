"""Where a worker finds its credentials, by name: what travels to it holds none."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs

from contacthub_orm.contacthub import Workspace
from contacthub_orm.errors import ArgumentError

if TYPE_CHECKING:
    from contacthub_orm.contacthub import Node

__all__ = ["Access"]


@attrs.frozen
class Access:
    """The access to a node, for a process on any machine.

    Attributes:
        ini: the path of a settings file that every machine has, or None for the environment (`Workspace.from_env`).
        node_id: the node.
    """

    ini: str | None
    node_id: str

    @classmethod
    def of(cls, node: Any) -> Access:
        """The access that a node was got by.

        Raises:
            ArgumentError: if its workspace was made of a token, which must not travel, or of more than a file says.
        """
        origin = node.workspace.origin
        if origin is None:
            raise ArgumentError(
                "the workspace must be made by Workspace.from_ini_file(path) or Workspace.from_env(), without further "
                "arguments: other processes read the file or the environment, and no token is sent to them"
            )
        return cls(origin or None, node.node_id)

    def node(self) -> Node:
        """The node, opened once in a process."""
        return _opened(self, os.getpid())


@cache
def _opened(access: Access, _process: int) -> Node:
    workspace = Workspace.from_env() if access.ini is None else Workspace.from_ini_file(access.ini)
    return workspace.get_node(access.node_id)
