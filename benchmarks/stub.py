"""Sessions on a node on which every write succeeds at once, without a network."""

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
    """The library's backend, except that it sends nothing: every answer is empty, so that a PATCH counts as done."""

    max_in_flight = 1

    def send(self, request: Request) -> Any:
        """Answer a PATCH with nothing."""
        assert request.method == "PATCH"


class Stubbed:
    """A node to open a session on."""

    def __init__(self) -> None:
        self.backend = _Backend(_WORKSPACE.transport, "workspace", "node")


def loaded(count: int) -> tuple[Session, list[Customer]]:
    """A session that holds a number of full customers."""
    session = Session(Stubbed())
    return session, session.query(Customer).load([customer(number) for number in range(count)])
