"""A workspace whose configuration the tests change, and what its server holds, asked by plain HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contacthub_orm import Node, Session, Workspace
from tests.support.server import Server
from tests.support.world import World


@pytest.fixture
def node(world: World) -> Node:
    return world.node()


@pytest.fixture
def workspace(node: Node) -> Workspace:
    return node.workspace


@pytest.fixture
def session(workspace: Workspace) -> Iterator[Session]:
    with Session(workspace, settle=5) as session:
        yield session


@pytest.fixture
def held(world: World) -> Server:
    """What the server holds."""
    return Server(world.sandbox)
