"""Sessions on a node whose every write succeeds at once, without a network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from benchmarks.documents import customer
from contacthub_orm import Customer, Session, Workspace
from contacthub_orm.contacthub.backend.backend import NodeBackend

if TYPE_CHECKING:
    from contacthub_orm.orm import Request

__all__ = ["Stubbed", "loaded"]

_WORKSPACE: Final = Workspace("workspace", "token", "http://localhost/hub/v1")


class _Backend(NodeBackend):
    """The library's own, but for the sending: every answer is empty, so that the patch counts as taken."""

    max_in_flight = 1

    def send(self, request: Request) -> Any:
        assert request.method == "PATCH"


class Stubbed:
    """What a session is opened on."""

    def __init__(self) -> None:
        self.backend = _Backend(_WORKSPACE.transport, "workspace", "node")


def loaded(count: int) -> tuple[Session, list[Customer]]:
    """A session that holds so many full customers."""
    session = Session(Stubbed())
    return session, session.query(Customer).load([customer(number) for number in range(count)])
