"""`RestService`: what sessions on a plain REST service are opened on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, Self, TypeVar

from contacthub_orm.orm.active_record.call_session import CallSession
from contacthub_orm.orm.rest.backend import RestBackend

if TYPE_CHECKING:
    from contacthub_orm.http import Transport

__all__ = ["RestService"]

B = TypeVar("B", bound=RestBackend)


class RestService(Generic[B]):
    """A service with its transport. A context manager that closes the connections at its end.

    Args:
        transport: what sends the requests.
        backend: the service, as sessions see it.
    """

    def __init__(self, transport: Transport, backend: B) -> None:
        self.transport = transport
        self.backend = backend

    def lend(self) -> CallSession:
        """A session for one call, for entities that no session holds."""
        return CallSession(self)

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        backend = vars(self).get("backend")  # a traceback may show one whose arguments were refused
        return f"{type(self).__name__}({'' if backend is None else repr(backend.place)})"
