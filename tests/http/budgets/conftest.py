"""The budgets that can be shared, each as a function that makes one more of the same."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from contacthub_orm.http import SQLiteBudget
from contacthub_orm.http.budgets.budget import SharedBudget

_names = count()


@pytest.fixture
def shared(tmp_path: Path) -> Callable[..., SharedBudget]:
    """Makes one more of the same budget: 3 requests in 6 seconds."""

    def make(requests_per_minute: float = 30, window: float = 6.0, **further) -> SharedBudget:
        return SQLiteBudget(tmp_path / "shared.budget", requests_per_minute, window, **further)

    return make


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A Redis server of our own on loopback."""
    pytest.importorskip("redis", reason="needs the extra redis")
    pytest.importorskip("pyrate_limiter", reason="needs the extra redis")
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("needs the program redis-server")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("redis-server does not listen")


@pytest.fixture
def redis_name() -> str:
    """A name that no other test uses."""
    return f"test-{next(_names)}"
