"""A sandbox whose time the tests turn, and a transport that fails where a test says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contacthub_orm import BadRequestError, Customer, Event, OutcomeUnknown, Session, Workspace
from contacthub_orm.contacthub import Node
from contacthub_orm.http import Answer, ManualClock, Transport
from contacthub_orm.sandbox import Sandbox


class Crash(BaseException):
    """The process dies here, as far as the code under test can tell."""


class FaultyTransport(Transport):
    """A transport that does to the n-th write (from 0) what `faults` says, with `before` or `after` it is applied."""

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.writes = 0
        self.faults: dict[int, tuple[str, BaseException]] = {}
        self.observers: list[Callable[[str, str], None]] = []

    def send(self, method: str, path: str, **request: Any) -> Answer:
        for observer in self.observers:
            observer(method, path)
        if method == "GET":
            return super().send(method, path, **request)
        number, self.writes = self.writes, self.writes + 1
        phase, error = self.faults.pop(number, ("", None))
        if phase == "before" and error is not None:
            raise error
        answer = super().send(method, path, **request)
        if phase == "after" and error is not None:
            raise error
        return answer


def abandon(session: Session) -> None:
    """What the end of a process does: the lock of the journal goes, and what was not written is lost."""
    journal = session._flusher.journal
    assert journal is not None
    journal._connection.close()


def refused() -> BadRequestError:
    return BadRequestError(status=400, message="not today", method="POST", url="customers", logref="ref-1")


def lost(method: str = "POST") -> OutcomeUnknown:
    """An answer that never came."""
    return OutcomeUnknown("the answer was lost", method=method, url="somewhere")


class World:
    """A sandbox, a clock and nodes whose transports fail on demand."""

    def __init__(self, sandbox: Sandbox, clock: ManualClock) -> None:
        self.sandbox = sandbox
        self.clock = clock
        self.transports: list[FaultyTransport] = []

    def node(
        self, *, max_in_flight: int = 1, matching: tuple[str, ...] | None = ("base.contacts.email",)
    ) -> Node:
        workspace = Workspace(
            self.sandbox.workspace_id,
            self.sandbox.token,
            self.sandbox.base_url,
            settings={"max_in_flight": max_in_flight},
            clock=self.clock,
        )
        transport = FaultyTransport(
            workspace.base_url, self.sandbox.token, settings=workspace.transport.settings, clock=self.clock
        )
        workspace.close()
        workspace.transport = transport
        self.transports.append(transport)
        return workspace.get_node(self.sandbox.node_id, matching=matching)

    def fault(self, node: Node, number: int, phase: str, error: BaseException | None = None) -> None:
        """Have the `number`-th write from now (from 0) fail."""
        transport = node.workspace.transport
        assert isinstance(transport, FaultyTransport)
        transport.faults[transport.writes + number] = (phase, error or lost())

    def customers(self) -> list[Customer]:
        self.clock.advance(120)
        with Session(self.node()) as session:
            return session.query(Customer).all()

    def events(self) -> list[Event]:
        self.clock.advance(120)
        with Session(self.node()) as session:
            return session.query(Event).all()

    def writes(self) -> list[str]:
        return [f"{r.method} {r.path.split('/')[5]}" for r in self.sandbox.requests if r.method != "GET"]


def customer(name: str, **values: Any) -> Customer:
    """A new customer with an e-mail made of its name."""
    return Customer(
        externalId=name, base={"firstName": name, "contacts": {"email": f"{name}@example.com"}}, **values
    )


def viewed(of: Customer, url: str = "https://example.com", **values: Any) -> Event:
    """A new event of a customer."""
    return Event(
        customer=of,
        type=Event.TYPES.VIEWED_PAGE,
        context=Event.CONTEXTS.WEB,
        properties={"url": url},
        **values,
    )


def seed(world: World, *names: str) -> list[str]:
    """Customers that are there already; gives their ids."""
    return world.sandbox.seed(
        [
            {
                "externalId": name,
                "base": {"firstName": name, "contacts": {"email": f"{name}@example.com"}},
                "tags": {"manual": ["one"]},
            }
            for name in names
        ]
    )


def get(session: Session, identity: str) -> Customer:
    found = session.get(Customer, identity)
    assert found is not None
    return found
