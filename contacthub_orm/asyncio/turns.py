"""Turns: the verbs of one session run in worker threads, one after the other, and none is left half done."""

from __future__ import annotations

import threading
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

import anyio
from anyio import to_thread

from contacthub_orm.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import ThreadPoolExecutor

__all__ = ["Turns"]

P = ParamSpec("P")
T = TypeVar("T")

_LOOK: Final = 0.005
"""How often a task that was cancelled looks whether its verb has ended, in seconds."""


class _WithdrawnError(Exception):
    """Nobody waits for the verb any more, so it does not begin."""


class Turns:
    """Gives each verb its turn in a worker thread.

    A verb that has begun ends, whatever becomes of its task: nobody else could tell which of its requests were sent, and
    two threads would be at work on one session. The task is cancelled then.

    Args:
        limiter: gives the limiter that is shared with other sessions.
        thread: the one thread that all verbs run in, for what belongs to a thread.

    Attributes:
        left: what the next verb lets go of first: that may wait for requests, or belong to the thread.
    """

    def __init__(
        self, limiter: Callable[[], anyio.CapacityLimiter], thread: ThreadPoolExecutor | None = None
    ) -> None:
        self.left: list[object] = []
        self._shared = limiter
        self._thread = thread
        self._own = anyio.CapacityLimiter(1)
        self._lock = anyio.Lock()

    @property
    def limiter(self) -> anyio.CapacityLimiter:
        """What is shared with other sessions."""
        return self._shared()

    @property
    def taken(self) -> bool:
        """Whether a verb is under way."""
        return self._own.borrowed_tokens > 0

    def refuse_meanwhile(self, verb: str) -> None:
        """Make sure that no verb is under way.

        Raises:
            InvalidRequestError: if one is.
        """
        if self.taken:
            raise InvalidRequestError(
                f"{verb}(): the session is at work for another task; give each task a session of its own"
            )

    async def run(self, verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a verb in a worker thread when it is its turn. Cancelled before, it does not begin."""
        return await self._in_turn(partial(verb, *args, **kwargs), None)

    async def _in_turn(self, verb: Callable[[], T], stop: Callable[[], None] | None) -> T:
        shared = self.limiter
        async with self._lock:
            await shared.acquire_on_behalf_of(self)
            try:
                return await self._ended(verb, stop)
            finally:
                shared.release_on_behalf_of(self)

    async def run_until_cancelled(
        self, stop: Callable[[], None], verb: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a verb that may take long, as `run` does. If the task is cancelled, `stop` is called, and its end awaited."""
        return await self._in_turn(partial(verb, *args, **kwargs), stop)

    async def finish(self, verb: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
        """Run a verb that must not be left out, even if the task is cancelled, such as the end of a block."""
        with anyio.CancelScope(shield=True):
            await self.run(verb, *args, **kwargs)

    async def _ended(self, verb: Callable[[], T], stop: Callable[[], None] | None) -> T:
        ended = False
        claim = (
            threading.Lock()
        )  # whose it is: the thread's, which begins, or the task's, which was cancelled before

        def step() -> T:
            self.left.clear()
            return verb()

        def run() -> T:
            nonlocal ended
            if not claim.acquire(blocking=False):
                raise _WithdrawnError
            try:
                return step() if self._thread is None else self._thread.submit(step).result()
            finally:
                ended = True

        try:
            return await to_thread.run_sync(run, limiter=self._own, abandon_on_cancel=stop is not None)
        except anyio.get_cancelled_exc_class():
            if claim.acquire(blocking=False):
                raise
            # Without `stop` it is asyncio's own `Task.cancel()`, which goes through the shield of `run_sync`.
            if stop is not None:
                stop()
            with anyio.CancelScope(shield=True):
                while not ended:
                    with suppress(anyio.get_cancelled_exc_class()):
                        await anyio.sleep(_LOOK)
            raise
