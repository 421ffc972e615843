"""The pytest plugin: a sandbox per test, and a session on it.

Every pytest run of a project that installs this library imports this module, so it imports the library only
when a test requests a fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm import Session
    from contacthub_orm.sandbox.server.server import Sandbox

__all__ = ["contacthub_sandbox", "contacthub_session"]


@pytest.fixture(scope="session")
def _contacthub_server() -> Iterator[Sandbox]:
    from contacthub_orm.sandbox.server.server import Sandbox, SandboxUnavailable

    try:
        sandbox = Sandbox()
    except SandboxUnavailable as missing:
        pytest.fail(str(missing), pytrace=False)
    with sandbox:
        yield sandbox


@pytest.fixture
def contacthub_sandbox(_contacthub_server: Sandbox) -> Sandbox:
    """An empty sandbox with default settings; the server behind it runs once per test session."""
    _contacthub_server.reset()
    return _contacthub_server


@pytest.fixture
def contacthub_session(contacthub_sandbox: Sandbox) -> Iterator[Session]:
    """A `contacthub_orm.Session` on the sandbox's node, closed after the test."""
    from contacthub_orm import Session

    with Session(contacthub_sandbox.node) as session:
        yield session
