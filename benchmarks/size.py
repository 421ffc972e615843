"""The sandbox at size: each operation on many customers and events compared with the same on 1,000 customers, in one run.

Both sandboxes have two events for each customer and run in processes of their own, over data files that are written
without HTTP. Their calls take turns. The first call of each operation, which may make an index, is not compared.
"""

from __future__ import annotations

import json
import statistics
import time
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import requests

from benchmarks.harness import Row, at_most, milliseconds
from benchmarks.server import serving
from benchmarks.size_data import customer_id, fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.server import Server

    Call = Callable[["_Sandbox", int], requests.Response]

__all__ = ["full_rows", "rows"]

_SMALL: Final = 1_000
_LARGE: Final = 20_000
_FULL: Final = 500_000
_CAP: Final = 10_000
_PAGE: Final = 10
_ROUNDS: Final = 30
_BOUND: Final = 2.0
_OPENING: Final = 1.0
_REQUESTS: Final = 10_000
_REQUEST_BYTES: Final = 50_000
_MEMORY_BOUND: Final = 1.05


def rows() -> list[Row]:
    """20,000 customers and 40,000 events."""
    return _rows(_LARGE)


def full_rows() -> list[Row]:
    """500,000 customers and 1,000,000 events, which takes an hour, and the memory that large requests take."""
    return [*_rows(_FULL), *_memory()]


def _rows(customers: int) -> list[Row]:
    with TemporaryDirectory() as folder, ExitStack() as stack:
        files = {size: Path(folder, f"{size}.sqlite") for size in (_SMALL, customers)}
        for size, file in files.items():
            fill(file, size)
        opening = [_opening(files[customers]) for _ in range(3)]
        small, large = (
            _Sandbox(
                stack.enter_context(serving(0, data=file)), size, stack.enter_context(requests.Session())
            )
            for size, file in files.items()
        )
        measured = [_row(name, call, small, large) for name, call in _OPERATIONS.items()]
    return [_opened(customers, min(opening)), *measured]


def _memory() -> list[Row]:
    """The memory of a sandbox after many large requests, compared with that after half of them; on Linux."""
    if not Path("/proc/self/status").exists():
        return []
    with serving(0) as server, requests.Session() as client:
        sandbox = _Sandbox(server, 1, client)
        body: dict[str, Any] = {"nodeId": server.node_id, "externalId": "1"}
        url = server.customer_url(sandbox.send("POST", server.customers_url, json=body).json()["id"])
        half, all_of_them = (_resident_after(sandbox, url, _REQUESTS // 2) for _ in range(2))
    what = f"the sandbox's memory after {_REQUESTS:,} changes of {_REQUEST_BYTES // 1_000} kB"
    ours, yardstick = (f"{size / 1_000:.0f} MB" for size in (all_of_them, half))
    yardstick = f"after half of them: {yardstick}"
    return [at_most("size_memory", what, ours, yardstick, all_of_them / half, _MEMORY_BOUND)]


def _resident_after(sandbox: _Sandbox, url: str, changes: int) -> int:
    """The resident memory of the sandbox in kB, after some changes of one customer."""
    for _ in range(changes):
        extra = f"{uuid4()}".ljust(_REQUEST_BYTES, "x")
        sandbox.send("PATCH", url, json={"extra": extra}).raise_for_status()
    status = Path(f"/proc/{sandbox.server.process}/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def _opening(file: Path) -> float:
    """The seconds from the start of the process until it serves, without those that it takes over an empty store."""
    taken = []
    for data in (file, None):
        started = time.perf_counter()
        with serving(0, data=data):
            taken.append(time.perf_counter() - started)
    return max(0.0, taken[0] - taken[1])


def _opened(customers: int, seconds: float) -> Row:
    what = f"opening a data file of {customers:,} customers"
    figure, bound = f"{seconds:.2f} s", f"<= {_OPENING:g} s"
    return Row("size_opening", what, figure, "an empty store", figure, bound, seconds <= _OPENING)


def _row(name: str, call: Call, small: _Sandbox, large: _Sandbox) -> Row:
    for sandbox in (small, large):
        call(sandbox, 0).raise_for_status()
    taken: tuple[list[float], list[float]] = ([], [])
    for number in range(1, _ROUNDS + 1):
        for sandbox, seconds in zip((small, large), taken, strict=True):
            sandbox.write(number)  # what was remembered of the last search is forgotten
            started = time.perf_counter()
            call(sandbox, number)
            seconds.append(time.perf_counter() - started)
    less, more = (statistics.mean(sorted(seconds)[: _ROUNDS // 3]) for seconds in taken)
    yardstick = f"{small.customers:,} customers: {milliseconds(less)}"
    what = f"{name.replace('_', ' ')}, {large.customers:,} customers"
    return at_most(f"size_{name}", what, milliseconds(more), yardstick, more / less, _BOUND)


class _Sandbox:
    """A sandbox, its size and the requests to it."""

    def __init__(self, server: Server, customers: int, client: requests.Session) -> None:
        self.server = server
        self.customers = customers
        self.deep = min(customers, _CAP) // _PAGE - 1
        self._client = client
        client.headers["Authorization"] = f"Bearer {server.token}"

    def one(self, number: int) -> str:
        """The URL of a customer."""
        return self.server.customer_url(customer_id(number * 37 % self.customers))

    def send(self, method: str, url: str, **options: Any) -> requests.Response:
        """Send a request."""
        return self._client.request(method, url, timeout=600, **options)

    def search(self, condition: dict[str, Any] | None = None, **query: Any) -> requests.Response:
        """Search customers."""
        if condition is not None:
            query["query"] = json.dumps({"query": condition})
        return self.send("GET", self.server.customers_url, params={"nodeId": self.server.node_id, **query})

    def events(self, **query: Any) -> requests.Response:
        """Search events."""
        return self.send("GET", self.server.events_url, params={"nodeId": self.server.node_id, **query})

    def write(self, number: int) -> None:
        """Change a customer."""
        self.send("PATCH", self.one(number), json={"extra": f"{uuid4()}"})


def _atomic(attribute: str, operator: str, value: Any = None) -> dict[str, Any]:
    atomic = {"type": "atomic", "attribute": attribute, "operator": operator}
    return atomic if value is None else atomic | {"value": value}


def _are(attribute: str, operator: str, value: Any = None) -> dict[str, Any]:
    return {"type": "simple", "are": {"condition": _atomic(attribute, operator, value)}}


def _both(*conditions: dict[str, Any]) -> dict[str, Any]:
    condition = {"type": "composite", "conjunction": "and", "conditions": conditions}
    return {"type": "simple", "are": {"condition": condition}}


def _did(attribute: str, value: str) -> dict[str, Any]:
    timeframe = _atomic("date", "GTE", "2020-01-01T00:00:00Z")
    condition = _atomic(attribute, "EQUALS", value)
    return {
        "type": "simple",
        "did": {"event": {"name": "viewedPage"}, "condition": condition, "timeframe": timeframe},
    }


def _created(sandbox: _Sandbox) -> requests.Response:
    contacts = {"email": f"{uuid4()}@example.com"}
    body = {"nodeId": sandbox.server.node_id, "base": {"contacts": contacts}}
    return sandbox.send("POST", sandbox.server.customers_url, json=body)


_OPERATIONS: Final[dict[str, Call]] = {
    "get": lambda sandbox, number: sandbox.send("GET", sandbox.one(number)),
    "patch": lambda sandbox, number: sandbox.send(
        "PATCH", sandbox.one(number), json={"base": {"lastName": f"Name {number}"}}
    ),
    "post": lambda sandbox, _: _created(sandbox),
    "page": lambda sandbox, _: sandbox.search(),
    "deep_page": lambda sandbox, _: sandbox.search(page=sandbox.deep),
    "external_id": lambda sandbox, number: sandbox.search(externalId=f"{number}"),
    "name": lambda sandbox, number: sandbox.search(_are("base.firstName", "EQUALS", f"Name {number}")),
    "two_names": lambda sandbox, number: sandbox.search(
        _are("base.firstName", "IN", [f"Name {number}", f"Name {number + 1}"])
    ),
    "one_in_ten": lambda sandbox, _: sandbox.search(_are("base.address.city", "EQUALS", "C")),
    "one_in_ten_deep": lambda sandbox, _: sandbox.search(
        _are("base.address.city", "EQUALS", "C"), page=min(sandbox.customers // 10, _CAP) // _PAGE - 1
    ),
    "date_of_birth": lambda sandbox, number: sandbox.search(
        _are("base.dob", "BETWEEN", [f"{1900 + number}-01-01", f"{1900 + number}-01-05"])
    ),
    "extended": lambda sandbox, number: sandbox.search(_are("extended.code", "EQUALS", f"C{number}")),
    "extended_range": lambda sandbox, number: sandbox.search(
        _are("extended.points", "BETWEEN", [number * 20, number * 20 + 20])
    ),
    "half": lambda sandbox, _: sandbox.search(_are("extended.points", "GT", sandbox.customers // 2)),
    "not_equal": lambda sandbox, _: sandbox.search(_are("base.firstName", "NOT_EQUALS", "Name 3")),
    "tag": lambda sandbox, number: sandbox.search(_are("tags.manual", "IN", f"tag {number}")),
    "school": lambda sandbox, number: sandbox.search(
        _are("base.educations.schoolName", "EQUALS", f"School {number}")
    ),
    "tagged": lambda sandbox, _: sandbox.search(_are("tags.manual", "IS_NOT_NULL")),
    "not_tagged": lambda sandbox, _: sandbox.search(_are("tags.manual", "NOT_IN", "tag 3")),
    "tagged_and_named": lambda sandbox, number: sandbox.search(
        _both(_atomic("tags.manual", "IS_NOT_NULL"), _atomic("base.firstName", "EQUALS", f"Name {number}"))
    ),
    "sorted_by_name": lambda sandbox, _: sandbox.search(sort="base.lastName,asc"),
    "sorted_by_email": lambda sandbox, _: sandbox.search(sort="base.contacts.email,desc"),
    "sorted_deep": lambda sandbox, _: sandbox.search(sort="extended.points,desc", page=sandbox.deep),
    "did": lambda sandbox, number: sandbox.search(_did("properties.title", f"Title {number}")),
    "events_of_customer": lambda sandbox, number: sandbox.events(customerId=customer_id(number)),
    "events": lambda sandbox, _: sandbox.events(),
    "events_deep": lambda sandbox, _: sandbox.events(page=sandbox.deep),
    "events_of_type": lambda sandbox, _: sandbox.events(type="completedOrder"),
}
