"""A help desk: an invented plain REST service with tickets, a cursor for lists, and `If-Match` on writes."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True


class DeskServer:
    """Serves tickets on loopback. `documents` are its data, by id; `requests` is what it was asked.

    Attributes:
        before: is called before each request takes effect, with its method and path: another writer.
        tags: whether versions are told in the header `ETag` alone, and not in the documents.
    """

    def __init__(self, *, tags: bool = False) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.requests: list[str] = []
        self.before: Callable[[str, str], None] = lambda method, path: None
        self.tags = tags
        self._made = 0
        self._lock = threading.RLock()
        handler = type("Handler", (_Handler,), {"desk": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def write(self, identity: str, **values: Any) -> str:
        """Store a ticket as another writer does; gives its id."""
        before = self.documents.get(identity, {})
        self.documents[identity] = {
            **before,
            **values,
            "id": identity,
            "revision": before.get("revision", 0) + 1,
        }
        return identity

    def answer(self, method: str, target: str, match: str | None, body: Any) -> tuple[int, Any]:
        url = urlsplit(target)
        self.before(method, url.path)
        with self._lock:
            self.requests.append(f"{method} {url.path}" + (f" If-Match {match}" if match else ""))
            return self._answer(
                method, url.path.strip("/").split("/"), dict(parse_qsl(url.query)), match, body
            )

    def _answer(
        self, method: str, path: list[str], query: dict[str, str], match: str | None, body: Any
    ) -> tuple[int, Any]:
        if len(path) == 1:
            return self._created(body) if method == "POST" else (200, self._listed(query))
        held = self.documents.get(path[1])
        if held is None:
            return 404, {"message": "no such ticket"}
        if method != "GET" and match is not None and match != f'"{held["revision"]}"':
            return 412, {"message": "the ticket has changed"}
        if method == "DELETE":
            del self.documents[path[1]]
            return 204, None
        if method == "PUT":
            self.documents[path[1]] = {**body, "id": path[1], "revision": held["revision"] + 1}
        return 200, self.documents[path[1]]

    def _created(self, body: Any) -> tuple[int, Any]:
        self._made += 1
        return 201, self.documents[self.write(f"t{self._made}", **body)]

    def _listed(self, query: dict[str, str]) -> Any:
        limit, start = int(query.pop("limit", 20)), int(query.pop("cursor", 0))
        found = [
            one
            for one in self.documents.values()
            if all(_text(one.get(key)) == value for key, value in query.items())
        ]
        following = start + limit if start + limit < len(found) else None
        return {"items": found[start : start + limit], "next": following}


class _Handler(BaseHTTPRequestHandler):
    desk: ClassVar[DeskServer]
    protocol_version = "HTTP/1.1"

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        status, answer = self.desk.answer(self.command, self.path, self.headers.get("If-Match"), body)
        tag = answer.get("revision") if isinstance(answer, dict) else None
        if self.desk.tags and isinstance(answer, dict):
            rows = answer.get("items")
            answer = _bare(answer) if rows is None else {**answer, "items": [_bare(one) for one in rows]}
        content = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        if tag is not None:
            self.send_header("ETag", f'"{tag}"')
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


def _bare(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "revision"}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
