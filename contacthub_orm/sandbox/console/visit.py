"""One request for a page: what it asks for, and what it may see."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from contacthub_orm.sandbox.documents.failures import malformed, not_found
from contacthub_orm.sandbox.documents.forms import Form, decode_form, is_form
from contacthub_orm.sandbox.documents.wire import decode
from contacthub_orm.sandbox.service.calls import Call
from contacthub_orm.sandbox.service.rules import Caller

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from starlette.requests import Request

    from contacthub_orm.sandbox.console.control import Control
    from contacthub_orm.sandbox.service.calls import Answer, Service
    from contacthub_orm.sandbox.service.rules import NodeRules

__all__ = ["ROOT", "Done", "Download", "View", "Visit"]

ROOT: Final = "/console"
AGENT: Final = "the console"
MAX_DIGITS: Final = 9


@dataclass(frozen=True)
class View:
    """A page.

    Attributes:
        template: the name of its template.
        data: what it shows, which is its twin in JSON, too.
        status: the HTTP status.
    """

    template: str
    data: Mapping[str, Any]
    status: int = 200


@dataclass(frozen=True)
class Done:
    """A change that was made.

    Attributes:
        message: what was done, as a sentence.
        path: the page to go on with, below the console's root.
        data: what else the twin in JSON says.
    """

    message: str
    path: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Download:
    """A file.

    Attributes:
        filename: its name.
        media_type: its media type.
        content: its content.
    """

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Visit:
    """A request.

    Attributes:
        control: the sandbox.
        request: what starlette makes of it.
        content: the body.
    """

    control: Control
    request: Request
    content: bytes

    @property
    def path(self) -> str:
        """The path, percent-decoded."""
        path: str = self.request.scope["path"]
        return path

    @property
    def query(self) -> dict[str, str]:
        """The query parameters that are not empty."""
        return {name: value for name, value in self.request.query_params.items() if value}

    @property
    def wants_json(self) -> bool:
        """Whether the twin in JSON is asked for."""
        return self.request.query_params.get("format") == "json"

    @property
    def service(self) -> Service:
        """The workspace that is looked at, by default the first.

        Raises:
            Failure: 404 if there is no such workspace.
        """
        identity = self.query.get("workspace")
        if identity is None:
            return self.control.workspaces.first
        service = self.control.services.get(identity)
        if service is None:
            raise not_found("workspace", identity)
        return service

    @property
    def now(self) -> int:
        """The time by the sandbox's clock, in milliseconds since 1970."""
        return self.service.settings.now()

    @property
    def node(self) -> NodeRules:
        """The node that is looked at, by default the workspace's first.

        Raises:
            Failure: 404 if there is no such node.
        """
        nodes = self.service.rules().nodes
        identity = self.query.get("node", self.service.credentials.node_id)
        if identity not in nodes:
            raise not_found("node", identity)
        return nodes[identity]

    def form(self) -> Form:
        """The fields and the files of the form that was sent.

        Raises:
            Failure: 400 if it is malformed.
        """
        media_type = self.request.headers.get("content-type", "").encode("latin-1")
        try:
            if is_form(media_type):
                return decode_form(self.content, media_type)
            return Form(dict(parse_qsl(self.content.decode(), keep_blank_values=True)))
        except ValueError as error:
            raise malformed(f"malformed form: {error}") from None

    def number(self, name: str, default: int, *, least: int = 0, most: int = 10**MAX_DIGITS) -> int:
        """A whole number of the query.

        Raises:
            Failure: 400 if it is something else.
        """
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS and least <= int(text) <= most):
            raise malformed(f"{name} is a whole number from {least} to {most}", name, "range")
        return int(text)

    @contextmanager
    def call(self, *, writes: bool = False, path: Mapping[str, str] | None = None) -> Iterator[Call]:
        """A request to the API in a transaction, as the workspace's first source would send it.

        It is no part of the log, spends no budget, and no fault strikes it.

        Args:
            writes: whether it changes anything.
            path: the parameters of the route's path.
        """
        service = self.service
        nodes = frozenset(service.rules().nodes)
        credentials = service.credentials
        caller = Caller(credentials.source_id, credentials.workspace_id, nodes, nodes, is_administrator=True)
        with service.transaction() as connection:
            yield Call(
                service,
                connection,
                self.now,
                path or {},
                {},
                None,
                (None, AGENT),
                caller,
                writes=writes,
                size=0,
            )

    def ask(self, handler: Callable[[Call], Answer], **query: str) -> Any:
        """The decoded answer of a handler of the API that reads.

        Raises:
            Failure: if it refuses.
        """
        with self.call() as call:
            call.query = query
            return decode(handler(call).text)

    def address(self, path: str, /, **changed: Any) -> str:
        """The address of a page in the same workspace; parameters that are None or empty are left out."""
        workspace = self.query.get("workspace")
        query = {"workspace": workspace if workspace in self.control.services else None, **changed}
        text = urlencode({name: value for name, value in query.items() if value not in (None, "")})
        return f"{ROOT}{path}" + (f"?{text}" if text else "")

    def here(self, /, **changed: Any) -> str:
        """The address of this page with some parameters changed."""
        path = quote(self.path.removeprefix(ROOT))
        return self.address(
            path, **{name: value for name, value in self.query.items() if name != "done"} | changed
        )

    def pages(self, number: int, size: int, total: int) -> dict[str, Any]:
        """Which part of a list a page shows, with the addresses of its neighbours."""
        last = max(0, -(-total // size) - 1)
        return {
            "number": number,
            "size": size,
            "totalElements": total,
            "totalPages": last + 1 if total else 0,
            "first": min(number * size + 1, total),
            "last": min((number + 1) * size, total),
            "previous": self.here(page=min(number - 1, last) or None) if number else None,
            "next": self.here(page=number + 1) if number < last else None,
        }

    def choices(self, nodes: Sequence[NodeRules] | None = None) -> list[dict[str, Any]]:
        """The nodes to choose from."""
        shown = self.service.rules().nodes.values() if nodes is None else nodes
        return [{"id": node.id, "name": node.name, "isAggregate": node.is_aggregate} for node in shown]
