"""A Redis server of our own on loopback."""

from __future__ import annotations

import importlib.util
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["lacking", "redis_server"]


def lacking() -> str | None:
    """What a budget on Redis needs and is not here, None if everything is."""
    if not all(map(importlib.util.find_spec, ("redis", "pyrate_limiter"))):
        return "the extra redis"
    return None if shutil.which("redis-server") else "the program redis-server"


@contextmanager
def redis_server() -> Iterator[str]:
    """The URL of a server that runs during a block."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL) as server:
        try:
            _wait(port)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.terminate()


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("redis-server does not listen")
