"""A sandbox of Notihub for each test, a client of it, and a clock that the test turns."""

from __future__ import annotations

import pytest
import requests

from contacthub_orm.sandbox import NotihubSandbox
from tests.sandbox.conftest import Clock
from tests.sandbox.notihub.api import Api


@pytest.fixture
def sandbox(notihub_sandbox: NotihubSandbox) -> NotihubSandbox:
    return notihub_sandbox


@pytest.fixture
def clock(sandbox: NotihubSandbox) -> Clock:
    clock = Clock()
    sandbox.configure(clock=clock)
    return clock


@pytest.fixture
def api(sandbox: NotihubSandbox, http: requests.Session) -> Api:
    return Api(sandbox, http)
