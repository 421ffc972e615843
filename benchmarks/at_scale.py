"""Scans and loads by many tasks, simulated, and the simulation compared with runs at small scale.

`python -m benchmarks.at_scale` prints the table of `docs/distributed.md`: 100 million customers under some budgets. The
runs read 5,000 customers and write 200, by two processes with and without a shared budget, against a server that answers
after 100 ms.
"""

from __future__ import annotations

import heapq
import math
import multiprocessing
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from benchmarks.harness import Row, at_most
from benchmarks.server import Server, serving
from contacthub_orm import Customer, select
from contacthub_orm.distributed.access import Access
from contacthub_orm.distributed.loading import Job, load
from contacthub_orm.distributed.partitions import Partition, cut
from contacthub_orm.http import SQLiteBudget
from contacthub_orm.sandbox import Sandbox
from contacthub_orm.signals import after_response

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Plan", "rows", "seconds", "seeded", "settings", "table"]

_LATENCY: Final = 0.1
_CUSTOMERS: Final = 5_000
_LOADED: Final = 200
_SOME_ROWS: Final = 500
_SOME_LOADED: Final = 15
_TASKS: Final = 2
_IN_FLIGHT: Final = 1  # so small a scan has no more under way, whatever the setting
_WINDOW: Final = 2.0
_BUDGET: Final = 900  # per minute: fewer than the tasks could send
_BOUND: Final = 1.3

_BEGINNING: Final = datetime(2019, 1, 1, tzinfo=UTC)
_MINUTE: Final = timedelta(minutes=1)
_DAYS_FROM: Final = 2
_PAGE: Final = 50
_OVERLAP: Final = 1  # of each page, the row that the page before ended with
_JOB_ROWS: Final = 2_000


@dataclass(frozen=True)
class Plan:
    """What is to be sent, and what bounds it.

    Attributes:
        requests: how many requests.
        tasks: how many tasks are under way.
        in_flight: how many requests each has under way.
        latency: the seconds from a request to its answer.
        per_minute: the workspace's budget, 0 without one.
        window: the seconds that it is counted in.
    """

    requests: int
    tasks: int
    in_flight: int
    latency: float
    per_minute: float = 0
    window: float = 60.0

    @classmethod
    def scan(cls, customers: int, **bounds: float) -> Plan:
        """The pages of a scan."""
        return cls(math.ceil(customers / (_PAGE - _OVERLAP)), **bounds)  # type: ignore[arg-type]

    @classmethod
    def load(cls, customers: int, **bounds: float) -> Plan:
        """A request for each customer."""
        return cls(customers, **bounds)  # type: ignore[arg-type]

    @classmethod
    def bulk(cls, customers: int, polls: int, **bounds: float) -> Plan:
        """Jobs of 2,000 rows: an upload, so many looks whether it has ended, and its result."""
        return cls(math.ceil(customers / _JOB_ROWS) * (2 + polls), **bounds)  # type: ignore[arg-type]


def seconds(plan: Plan) -> float:
    """Simulate a plan, request by request: each waits for a free place of its task, and for a slot of the budget.

    A slot returns a window after it was used, as the shared budgets have it.
    """
    slots = int(plan.per_minute * plan.window / 60)
    used = [-math.inf] * slots
    free = [0.0] * (plan.tasks * plan.in_flight)
    end = 0.0
    for number in range(plan.requests):
        at = heapq.heappop(free)
        if slots:
            at = max(at, used[number % slots] + plan.window * 1.01)
            used[number % slots] = at
        end = max(end, at + plan.latency)
        heapq.heappush(free, at + plan.latency)
    return end


# -- the table --------------------------------------------------------------------------------------------------------


def table(customers: int = 100_000_000) -> str:
    """How long it takes, in hours, by budget and by number of tasks."""
    lines = ["| budget | tasks | scan | load by jobs | load by requests |", "|---|---|---|---|---|"]
    for per_minute, tasks in ((600, 1), (600, 20), (6_000, 20), (60_000, 20), (0, 1), (0, 20)):
        told = f"{per_minute:,}/min" if per_minute else "none"
        plans = (
            Plan.scan(customers, tasks=tasks, in_flight=16, latency=0.05, per_minute=per_minute),
            Plan.bulk(customers, 4, tasks=min(tasks, 10), in_flight=1, latency=0.05, per_minute=per_minute),
            Plan.load(customers, tasks=tasks, in_flight=16, latency=0.05, per_minute=per_minute),
        )
        lines.append(f"| {told} | {tasks} | {' | '.join(_told(_long(one)) for one in plans)} |")
    return "\n".join(lines)


def _long(plan: Plan) -> float:
    """The seconds of a plan of which a part is enough: after the first windows every one is as the one before."""
    part = min(plan.requests, 400_000)
    if part == plan.requests:
        return seconds(plan)
    half = seconds(replace(plan, requests=part // 2))
    return half + (seconds(replace(plan, requests=part)) - half) / (part - part // 2) * (
        plan.requests - part // 2
    )


def _told(taken: float) -> str:
    days = taken / 86_400
    return f"{days:.1f} days" if days > _DAYS_FROM else f"{days * 24:.1f} h"


# -- the runs ---------------------------------------------------------------------------------------------------------


def rows() -> list[Row]:
    """A scan and a load, each with and without a budget that bounds it."""
    found = []
    for per_minute in (0, _BUDGET):
        with TemporaryDirectory() as folder, serving(_LATENCY, seeded(Path(folder), _CUSTOMERS)) as server:
            ini = settings(Path(folder), server, per_minute, _IN_FLIGHT)
            bounds = {"tasks": _TASKS, "in_flight": _IN_FLIGHT, "per_minute": per_minute, "window": _WINDOW}
            access = Access(str(ini), server.node_id)
            parts = cut(access, select(Customer), _TASKS)
            alone = _run([(_scan, Partition(access, select(Customer), limit=_SOME_ROWS))])
            scanned = _run([(_scan, part) for part in parts])
            plan = Plan.scan(_CUSTOMERS, latency=alone.latency, **bounds)
            found.append(_row("scan", per_minute, scanned, plan))
            job = Job.begin(Path(folder) / "job")
            alone = _run([(_load, (access, job, _TASKS, _SOME_LOADED))])
            loaded = _run([(_load, (access, job, part, _LOADED // _TASKS)) for part in range(_TASKS)])
            plan = Plan.load(_LOADED, latency=alone.latency, **bounds)
            found.append(_row("load", per_minute, loaded, plan))
    return found


def _row(name: str, per_minute: int, run: _Run, plan: Plan) -> Row:
    simulated = seconds(plan)
    ratio = max(run.seconds / simulated, simulated / run.seconds)
    what = f"{name} by {_TASKS} tasks, {f'{per_minute}/min' if per_minute else 'no budget'}"
    label = f"scale_{name}{'_budget' if per_minute else ''}"
    return at_most(
        label,
        what,
        f"{run.seconds:.1f} s, {run.requests} requests",
        f"simulated: {simulated:.1f} s, {plan.requests}",
        ratio,
        _BOUND,
    )


def settings(folder: Path, server: Server, per_minute: int = 0, in_flight: int = 16) -> Path:
    """A settings file, with a budget unless it is 0."""
    path = folder / "settings.ini"
    lines = [
        "[contacthub]",
        f"workspace_id = {server.workspace_id}",
        f"token = {server.token}",
        f"base_url = {server.base_url}",
        "[settings]",
        f"max_in_flight = {in_flight}",
    ]
    if per_minute:
        budget = folder / "budget"
        SQLiteBudget(budget, per_minute, _WINDOW)
        lines += [
            "[budget]",
            f"path = {budget}",
            f"requests_per_minute = {per_minute}",
            f"window = {_WINDOW}",
        ]
    path.write_text("\n".join(lines))
    return path


def seeded(folder: Path, customers: int) -> Path:
    """A data file with customers, each registered a minute after the one before."""
    data = folder / "customers.sqlite"
    sandbox = Sandbox(data)
    sandbox.seed(
        {"externalId": f"s{number}", "registeredAt": (_BEGINNING + number * _MINUTE).isoformat()}
        for number in range(customers)
    )
    sandbox.stop()
    return data


@dataclass(frozen=True)
class _Run:
    """What a run took: all of it, and its requests."""

    seconds: float
    requests: int

    @property
    def latency(self) -> float:
        """What a request takes with all the work for it, if one process ran that no budget held up."""
        return self.seconds / self.requests


def _run(jobs: list[tuple[Callable[..., None], object]]) -> _Run:
    """Run processes together, and measure from when all are there."""
    spawn = multiprocessing.get_context("spawn")
    ready, done = spawn.Barrier(len(jobs) + 1), spawn.Queue()
    processes = [spawn.Process(target=_worker, args=(*job, ready, done)) for job in jobs]
    for process in processes:
        process.start()
    ready.wait()
    started = time.perf_counter()
    requests = sum(done.get(timeout=300) for _ in processes)
    taken = time.perf_counter() - started
    for process in processes:
        process.join()
    return _Run(taken, requests)


def _worker(work, given, ready, done) -> None:  # type: ignore[no-untyped-def]  # of another process
    answers = []

    def note(*_, **__):  # type: ignore[no-untyped-def]
        answers.append(True)

    after_response.connect(note)
    ready.wait()
    work(given)
    done.put(len(answers))


def _scan(part: Partition) -> None:
    for _ in part.documents():
        pass


def _load(given: tuple[Access, Job, int, int]) -> None:
    access, job, part, number = given
    people = [{"externalId": f"l{part}-{one}", "base.lastName": "Lane"} for one in range(number)]
    load(access.node(), people, job, part, strategy="requests")


if __name__ == "__main__":
    print(table())
