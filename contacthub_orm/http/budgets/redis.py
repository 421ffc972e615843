"""A budget for any number of machines, on a Redis server, by pyrate-limiter."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from contacthub_orm.errors import BudgetError, ConfigurationError
from contacthub_orm.http.budgets.budget import Handed, SharedBudget, State
from contacthub_orm.http.redaction import hidden

if TYPE_CHECKING:
    from collections.abc import Callable

    from contacthub_orm.http.clock import Clock

__all__ = ["RedisBudget"]

_TIMEOUT: Final = 5.0
_MILLISECONDS: Final = 1000
_TIDY_AFTER: Final = 64


class RedisBudget(SharedBudget):
    """One budget for all processes, on all machines, that name the same server and name. Needs the extra `redis`.

    The times are the server's, so that the machines' clocks do not matter. It can be pickled, and both sides of a fork
    may use it.

    Args:
        url: the server, such as `redis://:password@host:6379/0`. It appears in no message and no repr.
        requests_per_minute: the budget; the same for all who share it.
        window: the seconds that the budget is counted in: the service's, a minute by default.
        name: what the keys on the server begin with: one for each workspace.
        clock: the clock that waits; for tests.

    Raises:
        ConfigurationError: if an argument is invalid, the extra is not installed, the server cannot be reached, or others
            share the name with another budget.
    """

    def __init__(
        self,
        url: str,
        requests_per_minute: float,
        window: float = 60.0,
        name: str = "contacthub",
        clock: Clock | None = None,
    ) -> None:
        super().__init__(requests_per_minute, window, clock)
        if not isinstance(url, str) or not url.startswith(("redis://", "rediss://", "unix://")):
            raise ConfigurationError("url must be a Redis URL, such as redis://localhost:6379/0")
        self.name = name
        self._reveal = hidden(url)
        del url
        self._stores: dict[int, _Store] = {}
        try:
            found = self._store().agree(f"{self.slots} requests in {self._span:g} seconds")
        except BudgetError as error:
            raise ConfigurationError(error.text) from error
        except ImportError as error:
            raise ConfigurationError(
                "RedisBudget needs the extra redis: pip install 'contacthub_orm[redis]'"
            ) from error
        if found is not None:
            raise ConfigurationError(f"{name} is the budget of {found} on this server")

    def __reduce__(self) -> tuple[Any, ...]:
        return RedisBudget, (self._reveal(), self.requests_per_minute, self.window, self.name)

    def __repr__(self) -> str:
        return f"RedisBudget({self.name!r})"

    def pause(self, seconds: float) -> None:
        """Delay the requests of all who share the budget. A longer pause that is under way stays.

        Raises:
            BudgetError: if the server cannot be reached.
        """
        self._store().pause(seconds)

    def _hand_out(self) -> Handed:
        return self._store().hand_out()

    def _look(self) -> State:
        return self._store().look()

    def _store(self) -> _Store:
        """The connections of this process: a fork must not share a socket."""
        pid = os.getpid()
        found = self._stores.get(pid)
        return found or self._stores.setdefault(
            pid, _Store(self._reveal(), self.name, self.slots, self._span)
        )


class _Store:
    """The slots on the server, in a bucket of pyrate-limiter.

    The bucket counts what lies in the window before a time, and says when the next place in it is free. Asked for that
    time in turn, it keeps the place. So places are kept ahead, and nobody polls for one, which would be a race.
    """

    def __init__(self, url: str, name: str, slots: int, span: float) -> None:
        from pyrate_limiter import Rate, RateItem, RedisBucket  # pyright: ignore[reportMissingImports]
        from redis import Redis  # pyright: ignore[reportAttributeAccessIssue]  # the server's, not this module
        from redis.exceptions import NoScriptError, RedisError  # pyright: ignore[reportMissingImports]

        self._error, self._no_script = RedisError, NoScriptError
        self._item = RateItem
        self._keys = {key: f"{name}:{key}" for key in ("slots", "until", "pauses", "rate")}
        self._keep = int(span * 10) + 3600
        self._handed = 0
        try:
            self._redis = Redis.from_url(
                url, socket_timeout=_TIMEOUT, socket_connect_timeout=_TIMEOUT, decode_responses=True
            )
            self._new_bucket: Callable[[], Any] = lambda: RedisBucket.init(
                [Rate(slots, round(span * _MILLISECONDS))], self._redis, self._keys["slots"]
            )
            self._bucket = self._new_bucket()
        except (RedisError, ValueError) as error:
            raise _unreachable(error) from None

    def agree(self, rate: str) -> str | None:
        """State the budget; returns that of the others if it is another."""
        try:
            if self._redis.set(self._keys["rate"], rate, nx=True, ex=self._keep):
                return None
            found = self._redis.get(self._keys["rate"])
        except self._error as error:
            raise _unreachable(error) from None
        return None if found in (None, rate) else str(found)

    def hand_out(self) -> Handed:
        """Take the next free place, not before the end of a pause."""
        try:
            state, until = self._state()
            at = max(round(state.now * _MILLISECONDS), until)
            while (wait := self._wait(at)) is not None:
                at += max(wait, 1)
            self._tidy(state)
        except self._error as error:
            raise _unreachable(error) from None
        return Handed(at / _MILLISECONDS, state)

    def _wait(self, at: int) -> int | None:
        """Take the place at a time; returns the milliseconds after which the next is free if there is none, else None."""
        item = self._item(uuid4().hex, at)  # the name is new each time, since the bucket is a set of names
        try:
            decision = self._bucket.put_decision(item)
        except self._no_script:  # the server was started again
            self._bucket = self._new_bucket()
            decision = self._bucket.put_decision(item)
        return None if decision.allowed else decision.retry_after_ms or 1

    def _tidy(self, state: State) -> None:
        """Drop what lies before the window, and let the keys go once nobody uses them; now and then is enough."""
        if self._handed % _TIDY_AFTER == 0:
            self._bucket.leak(round(state.now * _MILLISECONDS))
            for key in self._keys.values():
                self._redis.expire(key, self._keep)
        self._handed += 1

    def look(self) -> State:
        """The server's time, and how many pauses there were."""
        try:
            return self._state()[0]
        except self._error as error:
            raise _unreachable(error) from None

    def pause(self, seconds: float) -> None:
        """Let nobody have a place until then, and take back the places that are kept ahead."""
        try:
            state, before = self._state()
            now = round(state.now * _MILLISECONDS)
            until = max(before, now + round(seconds * _MILLISECONDS))
            pipeline = self._redis.pipeline(transaction=True)
            pipeline.set(self._keys["until"], until, ex=self._keep + round(seconds))
            pipeline.incr(self._keys["pauses"])
            pipeline.zremrangebyscore(self._keys["slots"], f"({now}", "+inf")
            pipeline.execute()
        except self._error as error:
            raise _unreachable(error) from None

    def _state(self) -> tuple[State, int]:
        """The state, and the end of the pause in milliseconds, 0 without one."""
        pipeline = self._redis.pipeline(transaction=True)
        pipeline.time()
        pipeline.get(self._keys["until"])
        pipeline.get(self._keys["pauses"])
        (seconds, micros), until, pauses = pipeline.execute()
        return State(seconds + micros / 1_000_000, int(pauses or 0)), int(until or 0)


def _unreachable(error: Exception) -> BudgetError:
    """The error, without its cause: those of redis may quote the URL."""
    return BudgetError(f"the Redis server of the budget cannot be used ({type(error).__name__})")
