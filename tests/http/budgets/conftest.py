"""The budgets that can be shared, each as a function that makes one more of the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from benchmarks.redis_server import lacking, redis_server
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
    if (missing := lacking()) is not None:
        pytest.skip(f"needs {missing}")
    with redis_server() as url:
        yield url


@pytest.fixture
def redis_name() -> str:
    """A name that no other test uses."""
    return f"test-{next(_names)}"
