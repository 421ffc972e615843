"""A sandbox for each test, a client of it, and a clock that the test turns."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from contacthub_orm.sandbox import Sandbox
from tests.sandbox.api import Api
from tests.support.server import plain_session


@pytest.fixture(scope="session")
def http() -> Iterator[requests.Session]:
    with plain_session() as session:
        yield session


@pytest.fixture
def sandbox(contacthub_sandbox: Sandbox) -> Sandbox:
    return contacthub_sandbox


@pytest.fixture
def api(sandbox: Sandbox, http: requests.Session) -> Api:
    return Api(sandbox, http)


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.time = datetime(2024, 5, 1, 12, tzinfo=UTC)

    def __call__(self) -> Any:
        return self.time

    def turn(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock(sandbox: Sandbox) -> Clock:
    clock = Clock()
    sandbox.configure(clock=clock)
    return clock
