"""A world in which commits die, with a disk that survives."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash import scenario
from tests.crash.crash_world import CrashWorld
from tests.support.world import World


def pytest_ignore_collect(config: pytest.Config) -> bool | None:
    """A run without slow tests does not collect the thousands that are here."""
    return "not slow" in config.option.markexpr or None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here are slow: each of them lets a process die and another recover."""
    for item in items:
        if item.nodeid.startswith("tests/crash/"):
            item.add_marker("slow")


@pytest.fixture
def crash_world(world: World, tmp_path: Path) -> Iterator[CrashWorld]:
    """A world with the scenario's customers and searches that lag."""
    scenario.seed(world.sandbox)
    world.clock.advance(120)
    world.sandbox.configure(search_delay=30)
    made = CrashWorld(world, tmp_path)
    yield made
    made.close()
