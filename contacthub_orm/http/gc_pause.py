"""A pause of the garbage collector for code that makes many lasting objects.

Decoding a page of JSON makes thousands of containers. They trigger collections that walk through all documents loaded
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
    """Counts the blocks, in all threads, that pause the collector."""

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
        """Start anew in a forked child, where the threads that paused the collector, or held the lock, do not exist."""
        if self._holders and self._was_enabled:
            gc.enable()
        self._lock = threading.Lock()
        self._holders = 0


_pause = _Pause()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_pause.forget)


@contextmanager
def paused_gc() -> Iterator[None]:
    """Pause the garbage collector during a block that only computes.

    Blocks may nest, and overlap between threads. When the last one ends, the collector is as it was before the first. Keep
    the blocks short and free of input and output, because cyclic garbage of every thread is kept meanwhile.
    """
    _pause.begin()
    try:
        yield
    finally:
        _pause.end()
