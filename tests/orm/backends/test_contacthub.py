"""The contract of backends on Contacthub's, over HTTP."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from contacthub_orm import Customer
from contacthub_orm.orm import Entity, Session
from tests.orm.backends.contract import BackendContract, Service
from tests.support.server import Server
from tests.support.world import FaultyTransport, World


class Customers(Service):
    entity: ClassVar[type[Entity]] = Customer

    def __init__(self, world: World) -> None:
        self.world = world
        self.bind = world.node(matching=("base.contacts.email",))
        self.server = Server(world.sandbox)

    def make(self, name: str) -> Entity:
        return Customer(externalId=name)

    def rename(self, entity: Any, name: str) -> None:
        entity.externalId = name

    def name_of(self, entity: Any) -> str:
        return str(entity.externalId)

    def stored(self) -> dict[str, str]:
        self.settle()
        return {one["id"]: one["externalId"] for one in self.server.customers()}

    def seed(self, names: list[str]) -> list[str]:
        found = self.world.sandbox.seed([{"externalId": name} for name in names])
        self.settle()
        return found

    def write_behind(self, identity: str, name: str) -> None:
        self.world.clock.advance(1)
        self.server.patch(f"customers/{identity}", {"externalId": name})

    def named(self, session: Session, name: str) -> Any:
        return session.query(Customer).filter(Customer.externalId == name)

    def fail(self, number: int, phase: str, error: BaseException) -> None:
        self.world.fault(self.bind, number, phase, error)

    def settle(self) -> None:
        self.world.clock.advance(120)

    @property
    def writes(self) -> int:
        transport = self.bind.workspace.transport
        assert isinstance(transport, FaultyTransport)
        return transport.writes


class TestContacthub(BackendContract):
    @pytest.fixture
    def service(self, world: World) -> Customers:
        return Customers(world)
