"""Each test runs under asyncio, and under trio where that is installed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec

import pytest

from contacthub_orm import signals

pytest.importorskip("anyio", reason="of the group with asyncio")


@pytest.fixture(params=["asyncio", *(["trio"] if find_spec("trio") else [])])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def node(contacthub_sandbox):
    return contacthub_sandbox.node


@pytest.fixture
def ids(contacthub_sandbox) -> list[str]:
    """Three saved customers, named Kent."""
    return contacthub_sandbox.seed(
        [{"externalId": str(number), "base": {"lastName": "Kent"}} for number in range(3)]
    )


class Held:
    """A request that waits in its thread until it is let go."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.go = threading.Event()

    def begun(self) -> None:
        """Wait until it waits."""
        assert self.began.wait(20)


@pytest.fixture
def hold() -> Iterator:
    """A block in which each request of a method waits until the test lets it go."""
    held = Held()

    @contextmanager
    def holding(method: str) -> Iterator[Held]:
        def wait(transport, **request):
            if request["method"] == method:
                held.began.set()
                assert held.go.wait(20)

        with signals.before_request.connected_to(wait):
            yield held

    yield holding
    held.go.set()
