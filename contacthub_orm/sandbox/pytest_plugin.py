"""The pytest plugin: sandboxes of both services, a session on one, and the comparison of classes with a live workspace.

Every pytest run of a project that installs this library imports this module, so it imports the library only
when a test requests a fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contacthub_orm import Session, Workspace
    from contacthub_orm.sandbox.notihub.sandbox import NotihubSandbox
    from contacthub_orm.sandbox.server.local_server import LocalServer
    from contacthub_orm.sandbox.server.server import Sandbox

__all__ = [
    "contacthub_check",
    "contacthub_people",
    "contacthub_sandbox",
    "contacthub_session",
    "contacthub_workspace",
    "notihub_sandbox",
]

S = TypeVar("S", bound="LocalServer[Any, Any]")


@pytest.fixture(scope="session")
def _contacthub_server() -> Iterator[Sandbox]:
    from contacthub_orm.sandbox.server.server import Sandbox

    yield from _running(Sandbox)


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


@pytest.fixture
def contacthub_people(contacthub_sandbox: Sandbox) -> Callable[..., list[str]]:
    """A function that puts invented people with orders into `contacthub_sandbox`; it takes what `people` takes."""
    from contacthub_orm.sandbox.people import people

    def seed(count: int, **options: Any) -> list[str]:
        return contacthub_sandbox.seed(people(count, **options))

    return seed


@pytest.fixture(scope="session")
def _notihub_server() -> Iterator[NotihubSandbox]:
    from contacthub_orm.sandbox.notihub.sandbox import NotihubSandbox

    yield from _running(NotihubSandbox)


@pytest.fixture
def notihub_sandbox(_notihub_server: NotihubSandbox) -> NotihubSandbox:
    """An empty sandbox of Notihub with default settings; the server behind it runs once per test session."""
    _notihub_server.reset()
    return _notihub_server


@pytest.fixture
def contacthub_workspace() -> Iterator[Workspace]:
    """The workspace of the environment (CONTACTHUB_*); the test is skipped without one. Override it for another."""
    from contacthub_orm import ConfigurationError, Workspace

    try:
        workspace = Workspace.from_env()
    except ConfigurationError as missing:
        pytest.skip(str(missing))
    with workspace:
        yield workspace


@pytest.fixture
def contacthub_check(contacthub_workspace: Workspace) -> Callable[..., None]:
    """A function that fails the test if classes of customers or events differ from `contacthub_workspace`."""

    def check(*classes: type) -> None:
        __tracebackhide__ = True
        if found := contacthub_workspace.check(*classes):
            pytest.fail("\n".join(map(str, found)), pytrace=False)

    return check


def _running(make: Callable[[], S]) -> Iterator[S]:
    """A server that runs until the session of tests ends."""
    from contacthub_orm.sandbox.server.local_server import SandboxUnavailable

    try:
        sandbox = make()
    except SandboxUnavailable as missing:
        pytest.fail(str(missing), pytrace=False)
    with sandbox:
        yield sandbox
