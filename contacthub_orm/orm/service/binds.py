"""What sessions are opened on and entities belong to: a backend, by whatever holds one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.session.session import Session

__all__ = ["Bind", "Home"]


class Bind(Protocol):
    """What a session can be opened on: anything with a backend, such as a node."""

    @property
    def backend(self) -> Backend:
        """The service behind it."""
        ...


@runtime_checkable
class Home(Bind, Protocol):
    """A bind that entities can belong to without a session."""

    def lend(self) -> Session:
        """A session for one call: what it holds at the end of its block is let go of, and at home here."""
        ...
