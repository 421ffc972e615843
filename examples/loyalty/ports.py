"""The ports: what the service layer needs of the outside."""

from __future__ import annotations

from typing import Protocol, Self

from contacthub_orm import Criterion

from .domain import Member


class Members(Protocol):
    """The repository of members."""

    def add(self, member: Member) -> None: ...

    def with_card(self, card: str) -> Member | None: ...

    def matching(self, specification: Criterion) -> list[Member]: ...


class UnitOfWork(Protocol):
    """What is done together. It ends without effect unless it is committed."""

    @property
    def members(self) -> Members: ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def commit(self) -> None: ...
