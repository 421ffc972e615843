"""A sandbox whose time and search lag the tests move, and a mirror of its node."""

from __future__ import annotations

import pytest

from contacthub_orm import Workspace
from contacthub_orm.http import ManualClock
from contacthub_orm.mirror import Mirror
from contacthub_orm.sandbox import Sandbox


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def sandbox(clock):
    with Sandbox(clock=clock.now, nodes=["Shops"]) as sandbox:
        yield sandbox


@pytest.fixture
def node(sandbox, clock):
    workspace = Workspace(sandbox.workspace_id, sandbox.token, base_url=sandbox.base_url, clock=clock)
    return workspace.get_node(sandbox.node_id)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "node.mirror"


@pytest.fixture
def mirror(node, path):
    with Mirror(node, path) as mirror:
        yield mirror
