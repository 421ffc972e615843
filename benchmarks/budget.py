"""Four processes that share one budget: what each gets of it, what all get, and the fullest window that the server sees.

A budget on a Redis server is measured if the extra `redis` and the program `redis-server` are there.
"""

from __future__ import annotations

import multiprocessing
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.harness import Row, at_least, at_most
from benchmarks.redis_server import lacking, redis_server
from contacthub_orm import RedisBudget, SQLiteBudget, Workspace
from contacthub_orm.sandbox import Sandbox

if TYPE_CHECKING:
    from contacthub_orm import Budget

__all__ = ["arrivals", "rows", "spend"]

_PROCESSES: Final = 4
_WINDOW: Final = 20.0
_SLOTS: Final = 200
_PER_MINUTE: Final = _SLOTS * 60 / _WINDOW
_WINDOWS: Final = 2
_UNFAIR: Final = 1.5
_LOSS: Final = 0.98


def rows() -> list[Row]:
    """Each budget that can be had here."""
    with tempfile.TemporaryDirectory() as folder:
        found = _measured("SQLite", SQLiteBudget(Path(folder) / "budget", _PER_MINUTE, _WINDOW))
    if lacking() is None:
        with redis_server() as url:
            found += _measured("Redis", RedisBudget(url, _PER_MINUTE, _WINDOW))
    return found


def _measured(name: str, budget: Budget) -> list[Row]:
    until = _WINDOW * (_WINDOWS - 0.5)
    with Sandbox() as sandbox:
        shares = spend(sandbox, [budget] * _PROCESSES, until)
        times = arrivals(sandbox)
    fullest = max(sum(start <= at < start + _WINDOW for at in times) for start in times)
    label, told = name.lower(), f"{_SLOTS} in {_WINDOW:g} s"
    total = _SLOTS * _WINDOWS
    return [
        at_most(f"budget_{label}_fair", f"{name}: largest share to smallest", str(max(shares)), str(min(shares)),
                max(shares) / min(shares), _UNFAIR),
        at_least(f"budget_{label}_total", f"{name}: requests of {_PROCESSES} processes", str(len(times)),
                 f"allowed: {total}", len(times) / total, _LOSS),
        at_most(f"budget_{label}_window", f"{name}: fullest window at the server", str(fullest), told,
                fullest / _SLOTS, 1.0),
    ]  # fmt: skip


def spend(sandbox: Sandbox, budgets: list[Budget], seconds: float) -> list[int]:
    """Let a process for each budget send as much as it may, for so many seconds; returns how much each has sent."""
    spawn = multiprocessing.get_context("spawn")
    counts, ready = spawn.Queue(), spawn.Barrier(len(budgets))
    place = (sandbox.base_url, sandbox.workspace_id, sandbox.node_id, sandbox.token)
    arguments = [(place, budget, seconds, ready, counts) for budget in budgets]
    processes = [spawn.Process(target=_worker, args=one) for one in arguments]
    for process in processes:
        process.start()
    found = [counts.get(timeout=seconds + 120) for _ in processes]
    for process in processes:
        process.join()
    return found


def _worker(place, budget, seconds, ready, counts) -> None:  # type: ignore[no-untyped-def]  # of another process
    base_url, workspace_id, node_id, token = place
    sent = 0
    with Workspace(workspace_id, token, base_url, budget=budget) as workspace:
        ready.wait()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            workspace.transport.send(
                "GET", f"workspaces/{workspace_id}/customers", params={"nodeId": node_id}
            )
            sent += 1
    counts.put(sent)


def arrivals(sandbox: Sandbox) -> list[float]:
    """When requests arrived."""
    return sorted(request.time.timestamp() for request in sandbox.requests)
