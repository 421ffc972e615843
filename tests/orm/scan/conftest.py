"""A sandbox whose searches give no more than 300 matches, and sessions on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contacthub_orm import Session
from contacthub_orm.sandbox import Sandbox
from tests.orm.scan.customers import CAP
from tests.orm.scan.observing import Senders, opened


@pytest.fixture(scope="package")
def served() -> Iterator[Sandbox]:
    with Sandbox(page_cap=CAP) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(served: Sandbox) -> Sandbox:
    served.reset()
    return served


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    """A session that has sixteen requests in flight."""
    yield from opened(sandbox, 16)


@pytest.fixture
def sequential(sandbox: Sandbox) -> Iterator[Session]:
    """A session that has one request in flight."""
    yield from opened(sandbox, 1)


@pytest.fixture
def senders() -> Iterator[Senders]:
    with Senders() as watching:
        yield watching
