"""The pages of the requests that the sandbox received."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.console.snippets import as_curl, as_python
from contacthub_orm.sandbox.console.visit import Done, View
from contacthub_orm.sandbox.documents.failures import malformed, not_found
from contacthub_orm.sandbox.documents.forms import Form
from contacthub_orm.sandbox.documents.wire import decode
from contacthub_orm.sandbox.service.faults import METHODS

if TYPE_CHECKING:
    from contacthub_orm.sandbox.console.visit import Visit
    from contacthub_orm.sandbox.service.recording import ReceivedRequest

__all__ = ["clear", "listing", "show"]

SIZE: Final = 50
MAX_DIGITS: Final = 18
CLASSES: Final = {"2xx": "success", "4xx": "client error", "5xx": "server error", "none": "no answer"}
FAULTS: Final = ("status", "throttled", "cut_before", "cut_after", "slow", "garbage", "truncated")
SUCCESSES: Final = range(200, 300)


def listing(visit: Visit) -> View:
    """GET a page of the requests that meet the filters, the newest first."""
    filters = {name: visit.query.get(name, "") for name in ("method", "status", "fault", "path")}
    _check_status(filters["status"])
    matching = [one for one in visit.control.log.numbered() if _matches(one[1], **filters)]
    number, size = visit.number("page", 0), SIZE
    shown = matching[::-1][number * size : (number + 1) * size]
    is_live = not number and visit.query.get("live") != "off"
    data = {
        "filters": filters,
        "methods": sorted(METHODS),
        "classes": CLASSES,
        "faults": FAULTS,
        "requests": [_summary(visit, *one) for one in shown],
        "page": visit.pages(number, size, len(matching)),
        "isLive": is_live,
        "toggled": visit.here(live="off" if is_live else None, page=None),
    }
    return View("requests.html", data)


def show(visit: Visit, number: str) -> View:
    """GET one request: what was sent and answered, and how to send it again.

    Raises:
        Failure: 404 if it is not in the log.
    """
    log = visit.control.log
    place = int(number) if number.isascii() and number.isdigit() and len(number) <= MAX_DIGITS else 0
    request = log.get(place)
    if request is None:
        raise not_found("request", number)
    text = log.answer(place)
    server = visit.service.state.base_url.removesuffix("/hub/v1")
    data = _summary(visit, place, request) | {
        "body": _plain(request.body),
        "answer": _decoded(text),
        "isAnswerKept": text is not None,
        "curl": as_curl(request, server),
        "python": as_python(request, server),
        "earlier": place - 1 if log.get(place - 1) else None,
        "later": place + 1 if log.get(place + 1) else None,
    }
    return View("request.html", data)


def clear(visit: Visit) -> Done:
    """POST: forget the requests."""
    visit.control.log.clear()
    return Done("The log of requests is empty.", "/requests")


def _matches(request: ReceivedRequest, method: str, status: str, fault: str, path: str) -> bool:
    return (
        method in ("", request.method)
        and (not status or _has_status(request, status))
        and (not fault or request.fault == fault or (fault == "any" and request.fault is not None))
        and path in request.path
    )


def _has_status(request: ReceivedRequest, status: str) -> bool:
    if status == "none":
        return request.status is None
    if status in CLASSES:
        return request.status is not None and str(request.status)[0] == status[0]
    return str(request.status) == status


def _check_status(status: str) -> None:
    if status and status not in CLASSES and not (status.isascii() and status.isdigit()):
        raise malformed(f"status is a number or one of {', '.join(CLASSES)}", "status", "enum")


def _summary(visit: Visit, number: int, request: ReceivedRequest) -> dict[str, Any]:
    workspace = f"/hub/v1/workspaces/{visit.service.credentials.workspace_id}"
    return {
        "number": number,
        "method": request.method,
        "path": request.path,
        "shownPath": request.path.removeprefix(workspace) or "/",
        "query": dict(request.query),
        "status": request.status,
        "kind": _kind(request.status),
        "time": int(request.time.timestamp() * 1000),
        "applied": request.applied,
        "fault": request.fault,
    }


def _kind(status: int | None) -> str:
    if status is None:
        return "none"
    return "good" if status in SUCCESSES else "bad"


def _plain(body: Any) -> Any:
    if not isinstance(body, Form):
        return body
    shown: dict[str, Any] = asdict(body)
    files = {name: f"{file.filename}, {len(file.content)} bytes" for name, file in body.files.items()}
    return shown | {"files": files}


def _decoded(text: str | None) -> Any:
    """The answer as JSON, or the text that it is."""
    try:
        return None if text is None else decode(text)
    except ValueError:
        return text
