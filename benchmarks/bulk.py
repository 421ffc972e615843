"""A bulk save of new customers over HTTP, compared with single requests, and its peak memory by the number of rows.

The server answers after 20 ms, in a process of its own; so is each load whose memory is measured. Single requests are sent
one after another; some of them are measured, since each takes as long as the others.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any, Final

import requests

from benchmarks.harness import Row, at_least, at_most
from benchmarks.server import Server, serving

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["full_rows", "rows"]

_LATENCY: Final = 0.02
_SINGLE: Final = 300
_SPEED_BOUND: Final = 10
_MEMORY_BOUND: Final = 1.2
_FEW: Final = 20_000
_MANY: Final = 100_000


def rows() -> list[Row]:
    """A small size, whose memory says nothing."""
    with serving(_LATENCY) as server:
        return [_speed(server, 10_000, _load(server, 10_000)[0])]


def full_rows() -> list[Row]:
    """100,000 customers, and the memory that they take beside 20,000."""
    with serving(_LATENCY) as server:
        _, few = _load(server, _FEW)
    with serving(_LATENCY) as server:
        seconds, many = _load(server, _MANY)
        speed = _speed(server, _MANY, seconds)
    what = f"peak memory of a bulk save of {_MANY:,} customers"
    told = f"of {_FEW:,}: {few / 1024:.0f} MiB"
    return [speed, at_most("bulk_memory", what, f"{many / 1024:.0f} MiB", told, many / few, _MEMORY_BOUND)]


def _speed(server: Server, number: int, seconds: float) -> Row:
    single = _single(server)
    return at_least(
        "bulk_speed",
        f"bulk save of {number:,} new customers at {_LATENCY * 1_000:g} ms",
        f"{number / seconds:.0f}/s",
        f"a loop of requests.post: {1 / single:.0f}/s",
        number / seconds * single,
        _SPEED_BOUND,
    )


def _single(server: Server) -> float:
    """How many seconds a single request takes."""
    with requests.Session() as http:
        http.headers["Authorization"] = f"Bearer {server.token}"
        started = time.perf_counter()
        for row in customers(_SINGLE, "single"):
            body: dict[str, Any] = {
                "nodeId": server.node_id,
                "externalId": row["externalId"],
                "base": {
                    "firstName": row["base.firstName"],
                    "contacts": {"email": row["base.contacts.email"]},
                },
            }
            http.post(server.customers_url, json=body, timeout=60).raise_for_status()
        return (time.perf_counter() - started) / _SINGLE


def _load(server: Server, number: int) -> tuple[float, int]:
    """The seconds that a load takes, and the largest memory of its process in KiB."""
    arguments = [server.workspace_id, server.token, server.base_url, server.node_id, str(number)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.bulk", *arguments], stdout=subprocess.PIPE, text=True, check=True
    )
    seconds, peak = done.stdout.split()
    return float(seconds), int(peak)


def customers(number: int, prefix: str) -> Iterator[dict[str, str]]:
    """New customers, made one by one."""
    for place in range(number):
        email = f"{prefix}{place}@example.com"
        yield {"externalId": f"{prefix}{place}", "base.firstName": "Giulia", "base.contacts.email": email}


def _main(workspace_id: str, token: str, base_url: str, node_id: str, number: int) -> None:
    import resource

    from contacthub_orm import Workspace

    with Workspace(workspace_id, token, base_url) as workspace:
        started = time.perf_counter()
        account = workspace.get_node(node_id).bulk_save(customers(number, "bulk"))
        seconds = time.perf_counter() - started
    assert account.created == number, account
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


if __name__ == "__main__":
    _main(*sys.argv[1:5], number=int(sys.argv[5]))
