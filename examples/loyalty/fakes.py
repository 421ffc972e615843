"""The ports in memory, for tests of the service layer that take microseconds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Self

from contacthub_orm import Criterion

from .domain import Member


class FakeMembers:
    def __init__(self, members: Iterable[Member] = ()) -> None:
        self._members = {member.externalId: member for member in members}

    def add(self, member: Member) -> None:
        self._members[member.externalId] = member

    def with_card(self, card: str) -> Member | None:
        return self._members.get(card)

    def matching(self, specification: Criterion) -> list[Member]:
        found = [member for member in self._members.values() if specification.matches(member)]
        return sorted(found, key=lambda member: member.externalId or "")


class FakeUnitOfWork:
    def __init__(self, *members: Member) -> None:
        self.members = FakeMembers(members)
        self.committed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def commit(self) -> None:
        self.committed = True
