"""`Bind`: what a session is opened on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from contacthub_orm.orm.service.backend import Backend

__all__ = ["Bind"]


class Bind(Protocol):
    """Anything with a backend: a session can be opened on it."""

    @property
    def backend(self) -> Backend:
        """The service behind it."""
        ...
