"""The garbage collector, paused where many objects are made that all stay.

Decoding a page of JSON makes thousands of containers, which sets off collections that walk all the documents loaded
before and find nothing to free.
"""

from __future__ import annotations

import gc
import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["paused_gc"]


class _Pause:
    """How many blocks, of all threads together, keep the collector still."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holders = 0
        self._was_enabled = False

    def begin(self) -> None:
        with self._lock:
            if self._holders == 0:
                self._was_enabled = gc.isenabled()
                gc.disable()
            self._holders += 1

    def end(self) -> None:
        with self._lock:
            self._holders -= 1
            if self._holders == 0 and self._was_enabled:
                gc.enable()

    def forget(self) -> None:
        """In a forked child: the threads that held the collector, and perhaps the lock, are not there."""
        if self._holders and self._was_enabled:
            gc.enable()
        self._lock = threading.Lock()
        self._holders = 0


_pause = _Pause()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pause.forget)


@contextmanager
def paused_gc() -> Iterator[None]:
    """Keep the garbage collector still for a block of pure computing.

    Blocks nest and overlap between threads; when the last one ends the collector is as it was before the first. Keep
    them short and free of input and output, since cyclic garbage of every thread waits meanwhile.
    """
    _pause.begin()
    try:
        yield
    finally:
        _pause.end()
