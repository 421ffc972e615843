"""A sandbox whose credentials are in a settings file, and one Spark session for all tests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import Workspace
from contacthub_orm.distributed.access import Access
from contacthub_orm.sandbox import Sandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def settings(sandbox: Sandbox, tmp_path: Path) -> Path:
    """The settings file of the sandbox's workspace."""
    path = tmp_path / "contacthub.ini"
    path.write_text(
        f"[contacthub]\nworkspace_id = {sandbox.workspace_id}\ntoken = {sandbox.token}\nbase_url = {sandbox.base_url}\n"
    )
    return path


@pytest.fixture
def node(settings: Path, sandbox: Sandbox) -> Iterator[Any]:
    """The node, by the settings file."""
    with Workspace.from_ini_file(settings) as workspace:
        yield workspace.get_node(sandbox.node_id)


@pytest.fixture
def access(node: Any) -> Access:
    return Access.of(node)


@pytest.fixture
def people(sandbox: Sandbox) -> Callable[..., list[str]]:
    """Stores so many customers, each registered a second after the one before."""

    def make(number: int, **further: Any) -> list[str]:
        return sandbox.seed(
            [
                {
                    "externalId": str(one),
                    "registeredAt": f"2024-01-01T{one // 3600:02}:{one // 60 % 60:02}:{one % 60:02}.000Z",
                    "base": {
                        "lastName": "Kent" if one % 2 else "Wayne",
                        "contacts": {"email": f"p{one}@x.it"},
                    },
                    **further,
                }
                for one in range(number)
            ]
        )

    return make


@pytest.fixture(scope="session")
def spark() -> Iterator[Any]:
    """One JVM for all tests: two tasks at once, a task may be tried three times."""
    sql = pytest.importorskip("pyspark.sql", reason="needs the extra spark")
    pytest.importorskip("pyarrow", reason="needs the extra spark")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["PYTHONPATH"] = str(ROOT)
    options = {
        "spark.ui.enabled": "false",
        "spark.driver.memory": "1g",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.sql.shuffle.partitions": "2",
        "spark.sql.python.filterPushdown.enabled": "true",
        "spark.sql.session.timeZone": "UTC",
    }
    builder = sql.SparkSession.builder.master("local[2,3]")
    for name, value in options.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    yield session
    session.stop()
