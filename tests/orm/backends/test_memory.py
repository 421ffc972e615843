"""The contract of backends on a service in memory."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from contacthub_orm.orm import Entity, Session
from tests.orm.backends.contract import BackendContract, Service
from tests.orm.backends.memory import Memory
from tests.orm.shelf import Book


class Books(Service):
    entity: ClassVar[type[Entity]] = Book

    def __init__(self) -> None:
        self.bind = Memory()

    def make(self, name: str) -> Entity:
        return Book(title=name)

    def rename(self, entity: Any, name: str) -> None:
        entity.title = name

    def name_of(self, entity: Any) -> str:
        return str(entity.title)

    def stored(self) -> dict[str, str]:
        return {identity: one["title"] for identity, one in self.bind.documents["books"].items()}

    def seed(self, names: list[str]) -> list[str]:
        for number, name in enumerate(names):
            self.bind.store("books", f"b{number}", {"title": name})
        return [f"b{number}" for number in range(len(names))]

    def write_behind(self, identity: str, name: str) -> None:
        self.bind.store("books", identity, {"title": name})

    def named(self, session: Session, name: str) -> Any:
        return session.query(Book).filter(Book.title == name)

    def fail(self, number: int, phase: str, error: BaseException) -> None:
        self.bind.faults[self.bind.attempts + number] = (phase, error)

    def settle(self) -> None:
        self.bind.sleep(120)

    @property
    def writes(self) -> int:
        return int(self.bind.attempts)


class TestMemory(BackendContract):
    @pytest.fixture
    def service(self) -> Books:
        return Books()
