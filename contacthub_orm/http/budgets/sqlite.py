"""A budget for the processes of one machine, in a SQLite file."""

from __future__ import annotations

import os
import sqlite3
import threading
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.errors import BudgetError, ConfigurationError
from contacthub_orm.http.budgets.budget import Handed, SharedBudget, State

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.http.clock import Clock

__all__ = ["SQLiteBudget"]

_APPLICATION_ID: Final = 0x63486267  # "cHbg"
_SCHEMA: Final = """
create table if not exists slot (number integer primary key, at real not null);
create table if not exists pause (
    id integer primary key check (id = 1), until real not null, pauses integer not null,
    slots integer not null, span real not null
);
"""
_BUSY: Final = 30.0
"""Seconds to wait for other processes; each holds the file for less than a millisecond."""

_FURTHEST: Final = 3600.0
"""Seconds that a slot or the end of a pause lies ahead; what is further ahead is of before the clock was set back."""


class SQLiteBudget(SharedBudget):
    """One budget for all processes of a machine that name the same file, in the order in which they ask.

    It can be pickled, and both sides of a fork may use it. The file holds times alone. It must be on a local disk.

    Args:
        path: the file; it is made if it does not exist.
        requests_per_minute: the budget; the same for all who share the file.
        window: the seconds that the budget is counted in: the service's, a minute by default.
        clock: the clock that tells the time and waits; for tests.

    Raises:
        ConfigurationError: if an argument is invalid, the file is another program's, cannot be made, or has another budget.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        requests_per_minute: float,
        window: float = 60.0,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(requests_per_minute, window, clock)
        self.path = Path(os.fsdecode(path)).absolute()
        self._locks: dict[int, threading.Lock] = {}
        try:
            with self._open() as execute:
                _prepare(execute, self.path)
                execute("insert or ignore into pause values (1, 0, 0, ?, ?)", (self.slots, self._span))
                found = execute("select slots, span from pause").fetchone()
        except BudgetError as error:
            raise ConfigurationError(error.text) from error
        if found != (self.slots, self._span):
            raise ConfigurationError(
                f"{self.path} is the budget of {found[0]} requests in {found[1]:g} seconds"
            )

    def __reduce__(self) -> tuple[Any, ...]:
        return SQLiteBudget, (str(self.path), self.requests_per_minute, self.window)

    def pause(self, seconds: float) -> None:
        """Delay the requests of all processes, for at most an hour. A longer pause that is under way stays.

        Raises:
            BudgetError: if the file cannot be written.
        """
        with self._open() as execute:
            now = self._now()
            execute(
                "update pause set until = max(until, ?), pauses = pauses + 1",
                (now + min(seconds, _FURTHEST),),
            )
            execute("delete from slot where at > ?", (now,))  # those who wait for one take another

    def _hand_out(self) -> Handed:
        with self._open() as execute:
            now = self._now()
            until, pauses = execute("select until, pauses from pause").fetchone()
            last, newest = execute("select number, at from slot order by number desc limit 1").fetchone() or (
                0,
                now,
            )
            if newest > now + _FURTHEST:
                execute("delete from slot")
            until = until if until <= now + _FURTHEST else 0.0
            before = execute("select at from slot where number = ?", (last + 1 - self.slots,)).fetchone()
            at = max(now, until, *() if before is None else (before[0] + self._span,))
            execute("insert into slot values (?, ?)", (last + 1, at))
            # By time, too: once a pause takes back the slots ahead, those before them count again.
            over = (last + 1 - self.slots, now - self._span)
            execute("delete from slot where number <= ? and at < ?", over)
        return Handed(at, State(now, pauses))

    def _look(self) -> State:
        with self._open() as execute:
            (pauses,) = execute("select pauses from pause").fetchone()
        return State(self._now(), pauses)

    def _now(self) -> float:
        """The machine's time: unlike a monotonic clock's it means the same to all processes."""
        return self._clock.now().timestamp()

    @contextmanager
    def _open(self) -> Iterator[Any]:
        """A transaction of its own connection, since a fork must not share one, and no lock that a fork may inherit.

        Raises:
            BudgetError: if the file cannot be read or written.
        """
        lock = self._locks.setdefault(os.getpid(), threading.Lock())
        try:
            with lock, closing(sqlite3.connect(self.path, timeout=_BUSY, isolation_level=None)) as connection:
                # A slot that is lost with the machine does no harm, and a sync would take longer than a request.
                connection.execute("pragma synchronous = off")
                connection.execute("begin immediate")
                yield connection.execute
                connection.execute("commit")
        except (sqlite3.Error, TypeError) as error:
            raise BudgetError(f"{self.path} cannot be used as a budget ({error})") from error


def _prepare(execute: Any, path: Path) -> None:
    """Make the tables.

    Raises:
        BudgetError: if the file is another program's database.
    """
    (mark,) = execute("pragma application_id").fetchone()
    (tables,) = execute("select count(*) from sqlite_master").fetchone()
    if mark != _APPLICATION_ID and (mark or tables):
        raise BudgetError(f"{path} is another program's database")
    execute(f"pragma application_id = {_APPLICATION_ID}")
    for statement in _SCHEMA.split(";"):
        execute(statement)
