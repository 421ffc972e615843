"""The console as a whole: which page answers which path, who may ask, and in which form the answer goes out."""

from __future__ import annotations

import logging
from collections import OrderedDict
from http import HTTPStatus
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Match, Route

from contacthub_orm.sandbox.console import customers, events, faults, requests, settings, state
from contacthub_orm.sandbox.console.customers import title_of
from contacthub_orm.sandbox.console.guard import HEADERS, check_host, check_origin
from contacthub_orm.sandbox.console.rendering import render
from contacthub_orm.sandbox.console.visit import ROOT, Done, Download, View, Visit
from contacthub_orm.sandbox.documents.failures import Failure, method_not_allowed
from contacthub_orm.sandbox.storage.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from starlette.types import Scope

    from contacthub_orm.sandbox.console.control import Control

    Handler: TypeAlias = "Callable[..., View | Done | Download]"

__all__ = ["Console"]

LOGGER: Final = logging.getLogger("contacthub_orm.sandbox")
MAX_BYTES: Final = 512 * 1024 * 1024
REMEMBERED: Final = 100
READING: Final = ("GET", "HEAD")

STATIC: Final = {
    "console.css": "text/css; charset=utf-8",
    "console.js": "text/javascript; charset=utf-8",
    "htmx.min.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
SECTIONS: Final = {
    "/customers": "Customers",
    "/events": "Events",
    "/requests": "Requests",
    "/faults": "Faults",
    "/settings": "Settings",
    "/state": "State",
}
PAGES: Final[list[tuple[str, str, Handler]]] = [
    ("GET", "/customers", customers.listing),
    ("GET", "/customers/{customer}", customers.show),
    ("POST", "/customers/{customer}/export", customers.export),
    ("POST", "/customers/{customer}/forget", customers.forget),
    ("GET", "/events", events.listing),
    ("GET", "/requests", requests.listing),
    ("POST", "/requests/clear", requests.clear),
    ("GET", "/requests/{number}", requests.show),
    ("GET", "/faults", faults.listing),
    ("POST", "/faults", faults.add),
    ("POST", "/faults/remove", faults.remove),
    ("POST", "/faults/restart", faults.restart),
    ("POST", "/faults/clear", faults.clear),
    ("GET", "/settings", settings.show),
    ("GET", "/state", state.show),
    ("POST", "/state/reset", state.reset),
    ("POST", "/state/seed", state.seed),
    ("POST", "/state/save", state.save),
    ("POST", "/state/load", state.load),
]
"""Method, path below the root, and handler; of two paths that match, the first wins."""


class Console:
    """Pages below `/console`; each also answers as JSON, with `?format=json`.

    Args:
        control: the sandbox.

    Attributes:
        max_bytes: the largest body that it takes.
    """

    max_bytes = MAX_BYTES

    def __init__(self, control: Control) -> None:
        self._control = control
        self._handlers: dict[str, dict[str, Handler]] = {}
        for method, path, handler in PAGES:
            self._handlers.setdefault(ROOT + path, {})[method] = handler
        self._routes = [Route(path, _unused) for path in self._handlers]
        folder = files("contacthub_orm.sandbox.console") / "static"
        self._static = {name: (folder / name).read_bytes() for name in STATIC}
        self._messages: OrderedDict[str, str] = OrderedDict()
        self._told = 0

    def respond(self, scope: Scope, content: bytes) -> Response:
        """The response to a request whose body has arrived."""
        visit = Visit(self._control, Request(scope), content)
        try:
            check_host(visit.request.headers, self._control.host)
        except Failure as failure:  # in plain words, as a page would tell who asks what there is
            return Response(failure.message, failure.status, HEADERS, "text/plain")
        try:
            response = self._responded(visit)
        except Failure as failure:
            response = self._failed(visit, failure.status, failure.message)
        except SandboxError as error:
            response = self._failed(visit, HTTPStatus.INSUFFICIENT_STORAGE, str(error))
        except Exception:
            LOGGER.exception("the console failed at %s", scope["path"])
            response = self._failed(
                visit, HTTPStatus.INTERNAL_SERVER_ERROR, "the console failed; its log says where"
            )
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    def _responded(self, visit: Visit) -> Response:
        request, path = visit.request, visit.path
        if path in (ROOT, f"{ROOT}/"):
            return RedirectResponse(
                visit.address("/customers", format=visit.query.get("format")), HTTPStatus.SEE_OTHER
            )
        name = path.removeprefix(f"{ROOT}/static/")
        if name in self._static:
            headers = {"cache-control": "no-cache"}
            return Response(self._static[name], media_type=STATIC[name], headers=headers)
        handler, parameters = self._routed(visit)
        if request.method not in READING:
            check_origin(request.headers)
        return self._shown(visit, handler(visit, **parameters))

    def _routed(self, visit: Visit) -> tuple[Handler, Mapping[str, str]]:
        method = visit.request.method
        for route in self._routes:
            match, child = route.matches(visit.request.scope)
            if match is not Match.NONE:
                handler = self._handlers[route.path].get("GET" if method == "HEAD" else method)
                if handler is None:
                    raise method_not_allowed(method)
                return handler, child["path_params"]
        raise Failure(HTTPStatus.NOT_FOUND, f"the console has no page {visit.path}")

    def _shown(self, visit: Visit, result: View | Done | Download) -> Response:
        if isinstance(result, Download):
            headers = {"content-disposition": f'attachment; filename="{result.filename}"'}
            return Response(result.content, media_type=result.media_type, headers=headers)
        if isinstance(result, Done):
            if visit.wants_json:
                return JSONResponse({"done": result.message, **result.data})
            target = visit.address(result.path, done=self._noted(result.message))
            return RedirectResponse(target, HTTPStatus.SEE_OTHER)
        if visit.wants_json:
            return JSONResponse(dict(result.data), result.status)
        return self._page(visit, result)

    def _failed(self, visit: Visit, status: int, message: str) -> Response:
        if visit.wants_json:
            return JSONResponse({"error": message}, status)
        return self._page(
            visit, View("error.html", {"error": message, "phrase": HTTPStatus(status).phrase}, status)
        )

    def _page(self, visit: Visit, view: View) -> Response:
        path, services = visit.path, self._control.services
        chosen = visit.query.get("workspace", "")
        names = {identity: service.rules().workspace_name for identity, service in services.items()}
        values = {
            **view.data,
            "visit": visit,
            "title_of": title_of,
            "address": visit.address,
            "sections": {
                name: (ROOT + section, path.startswith(ROOT + section)) for section, name in SECTIONS.items()
            },
            "workspace_names": names,
            "workspace": chosen if chosen in names else next(iter(names)),
            "message": self._messages.get(visit.query.get("done", "")),
            "twin": visit.here(format="json") if visit.request.method in READING else _twin_of_form(visit),
        }
        return Response(render(view.template, values), view.status, media_type="text/html")

    def _noted(self, message: str) -> str:
        """Keep a message for the next page, and give the number by which that asks for it."""
        self._told += 1
        self._messages[str(self._told)] = message
        while len(self._messages) > REMEMBERED:
            self._messages.popitem(last=False)
        return str(self._told)


def _twin_of_form(visit: Visit) -> str:
    """The address, in JSON, of the page that a refused form is on."""
    path = visit.path
    section = next((one for one in SECTIONS if path.startswith(ROOT + one)), "/customers")
    return visit.address(section, format="json")


async def _unused(scope: Scope, receive: Any, send: Any) -> None:
    """A placeholder: routes are only matched, because the handlers know nothing of ASGI."""
