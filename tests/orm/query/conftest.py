"""One customer on the service, and a session to query it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contacthub_orm import Session
from tests.orm.query.partial_loads import FULL
from tests.support.world import World


@pytest.fixture
def identity(world: World) -> str:
    """The id of the one customer there is."""
    [found] = world.sandbox.seed([FULL])
    return found


@pytest.fixture
def session(world: World, identity: str) -> Iterator[Session]:
    with Session(world.node()) as session:
        yield session
