"""The sandbox of the unit of work's tests serves the query's as well."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contacthub_orm import Session
from tests.query.partial_loads import FULL
from tests.unit_of_work.conftest import World, served, world

__all__ = ["identity", "served", "session", "world"]


@pytest.fixture
def identity(world: World) -> str:
    """The id of the one customer there is."""
    [found] = world.sandbox.seed([FULL])
    return found


@pytest.fixture
def session(world: World, identity: str) -> Iterator[Session]:
    with Session(world.node()) as session:
        yield session
