"""The servers that the tests of many folders share, and how many examples hypothesis tries.

Modules are imported by the fixtures that use them: pytest-xdist imports this one in a process that runs no test.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.support.examples import load_profiles

if TYPE_CHECKING:
    from contacthub_orm.http import ManualClock
    from contacthub_orm.sandbox import NotihubSandbox, Sandbox
    from tests.support.notihub import NotihubWorld
    from tests.support.server import Server
    from tests.support.world import World

load_profiles()


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Sandbox, ManualClock]]:
    """A sandbox and the clock that it reads; both serve all tests of a module."""
    from contacthub_orm.http import ManualClock
    from contacthub_orm.sandbox import Sandbox

    clock = ManualClock()
    with Sandbox(clock=clock.now) as sandbox:
        yield sandbox, clock


@pytest.fixture
def world(served: tuple[Sandbox, ManualClock]) -> Iterator[World]:
    """An empty sandbox with a clock, and nodes on it whose transports fail on demand."""
    from tests.support.world import World

    sandbox, clock = served
    sandbox.reset()
    found = World(sandbox, clock)
    yield found
    for transport in found.transports:
        transport.close()


@pytest.fixture
def server(contacthub_sandbox: Sandbox) -> Server:
    """What the sandbox of the test holds, asked by plain HTTP."""
    from tests.support.server import Server

    return Server(contacthub_sandbox)


@pytest.fixture(scope="module")
def notihub_served() -> Iterator[tuple[NotihubSandbox, ManualClock]]:
    """A sandbox of Notihub and the clock that it reads; both serve all tests of a module."""
    from contacthub_orm.http import ManualClock
    from contacthub_orm.sandbox import NotihubSandbox

    clock = ManualClock()
    with NotihubSandbox(clock=clock.now) as sandbox:
        yield sandbox, clock


@pytest.fixture
def notihub_world(notihub_served: tuple[NotihubSandbox, ManualClock]) -> Iterator[NotihubWorld]:
    """An empty sandbox of Notihub with a clock, and environments on it whose transports fail on demand."""
    from tests.support.notihub import NotihubWorld

    sandbox, clock = notihub_served
    sandbox.reset()
    found = NotihubWorld(sandbox, clock)
    yield found
    found.close()
