"""The contract of backends on Notihub's, over HTTP."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
import requests

from contacthub_orm import notihub
from contacthub_orm.notihub import Customer
from contacthub_orm.orm import Entity, Session
from tests.orm.backends.contract import BackendContract, Service
from tests.support.notihub import NotihubWorld
from tests.support.world import FaultyTransport


class Customers(Service):
    entity: ClassVar[type[Entity]] = Customer
    session_class: ClassVar[type[Session]] = notihub.Session

    def __init__(self, world: NotihubWorld) -> None:
        self.world = world
        self.bind = world.environment()

    def make(self, name: str) -> Entity:
        return Customer(externalId=name)

    def rename(self, entity: Any, name: str) -> None:
        entity.externalId = name

    def name_of(self, entity: Any) -> str:
        return str(entity.externalId)

    def stored(self) -> dict[str, str]:
        found = self._asked("GET", "customers/?limit=200").json()
        return {one["customerId"]: one["externalId"] for one in found}

    def seed(self, names: list[str]) -> list[str]:
        return self.world.sandbox.seed([{"externalId": name} for name in names])

    def write_behind(self, identity: str, name: str) -> None:
        self._asked("PUT", f"customers/{identity}", json={"externalId": name})

    def named(self, session: Session, name: str) -> Any:
        assert isinstance(session, notihub.Session)
        return session.query(Customer).search(name)

    def fail(self, number: int, phase: str, error: BaseException) -> None:
        self.world.fault(self.bind, number, phase, error)

    def settle(self) -> None:
        self.world.clock.advance(120)

    @property
    def writes(self) -> int:
        transport = self.bind.transport
        assert isinstance(transport, FaultyTransport)
        return transport.writes

    def _asked(self, method: str, path: str, **body: Any) -> requests.Response:
        token = self.world.sandbox.issue_token()
        answer = requests.request(
            method,
            f"{self.world.sandbox.base_url}/{path}",
            headers={"Authorization": f"Bearer {token}"},
            timeout=5,
            **body,
        )
        answer.raise_for_status()
        return answer


class TestNotihub(BackendContract):
    pages = 450

    @pytest.fixture
    def service(self, notihub_world: NotihubWorld) -> Customers:
        return Customers(notihub_world)
