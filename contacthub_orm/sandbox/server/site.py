"""Pages for people on the server of the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from contacthub_orm.sandbox.documents import failures
from contacthub_orm.sandbox.documents.failures import Failure
from contacthub_orm.sandbox.server.delivery import Disconnected
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response
    from starlette.types import Scope

    from contacthub_orm.sandbox.server.delivery import Connection
    from contacthub_orm.sandbox.service.turns import Turns

__all__ = ["Pages", "Site"]


class Pages(Protocol):
    """What answers the requests for pages."""

    max_bytes: int
    """The largest body that it takes."""

    def respond(self, scope: Scope, content: bytes) -> Response:
        """The response to a request whose body has arrived."""
        ...


class Site:
    """The pages below a path. They are made when somebody asks for one, so that a sandbox of a test starts without.

    Args:
        root: the path.
        make: makes the pages; it may find that what they need is not installed.
    """

    def __init__(self, root: str, make: Callable[[], Pages]) -> None:
        self._root = root
        self._make = make
        self._pages: Pages | None = None

    def serves(self, path: str) -> bool:
        """Whether a path is one of its pages."""
        return path == self._root or path.startswith(f"{self._root}/")

    async def serve(self, scope: Scope, connection: Connection, turns: Turns) -> None:
        """Serve one request, in its turn."""
        try:
            pages = self._pages = self._pages or self._make()
        except ImportError as missing:
            hint = 'pip install "contacthub_orm[sandbox]"'
            failure = Failure(503, f"this page needs {missing.name}; install it with: {hint}")
            await connection.answer(Answer.of_failure(failure))
            return
        connection.limit = pages.max_bytes
        try:
            content = await connection.body()
        except Disconnected:
            return
        except Failure as failure:
            await connection.end(Answer.of_failure(failure))
            return
        if connection.is_large:
            await connection.end(Answer.of_failure(failures.too_large(pages.max_bytes)))
            return
        response = await turns.take(lambda: pages.respond(scope, content))
        await response(scope, connection.receive, connection.send)
