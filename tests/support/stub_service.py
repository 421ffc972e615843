"""A small service that answers some requests as a test says, and hands all others to a sandbox behind it, if there is one."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = tuple[int, Any]
Answering = Callable[[str, str, Any], Reply | None]
"""Method, target below the workspace, decoded body; None hands the request on."""

NO_ROUTE: Reply = (404, {"status": 404, "error": "Not Found", "path": "/"})
"""What the web framework in front of the service answers."""


def no_thing(what: str = "it") -> Reply:
    """What the service answers for a thing that it does not have."""
    return 404, {"message": f"{what} not found", "logref": "ref", "data": None, "errors": []}


class StubService:
    """Answers requests by its `answer`, and lists them as `requests`: method and target."""

    def __init__(self, answer: Answering, behind: str | None, workspace_id: str) -> None:
        self.answer, self.behind = answer, behind
        self.workspace_id, self.token = workspace_id, "stub-token"
        self.requests: list[tuple[str, str]] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.base_url = f"http://127.0.0.1:{self.server.server_port}/hub/v1"

    @property
    def environment(self) -> dict[str, str]:
        return {
            "CONTACTHUB_WORKSPACE_ID": self.workspace_id,
            "CONTACTHUB_TOKEN": self.token,
            "CONTACTHUB_BASE_URL": self.base_url,
        }

    def reply(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        target = path.removeprefix(f"/hub/v1/workspaces/{self.workspace_id}")
        self.requests.append((method, target))
        found = self.answer(method, target, json.loads(body) if body else None)
        if found is None and self.behind is not None:
            return self._handed_on(method, path, headers, body)
        status, document = found or NO_ROUTE
        return status, json.dumps(document).encode() if document is not None else b""

    def _handed_on(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, bytes]:
        assert self.behind is not None
        url = self.behind + path.removeprefix("/hub/v1")
        kept = {name: headers[name] for name in ("Authorization", "Content-Type") if headers[name]}
        request = urllib.request.Request(url, data=body or None, method=method, headers=kept)
        try:
            with urllib.request.urlopen(request) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = 65536  # head and body in one packet
            disable_nagle_algorithm = True

            def do(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0))
                status, content = stub.reply(self.command, self.path, self.headers, body)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def stub_service(
    answer: Answering, *, behind: str | None = None, workspace_id: str = "W"
) -> Iterator[StubService]:
    """A running stub."""
    stub = StubService(answer, behind, workspace_id)
    thread = threading.Thread(target=stub.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield stub
    finally:
        stub.server.shutdown()
        thread.join()
        stub.server.server_close()
