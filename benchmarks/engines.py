"""Spark with two tasks beside one process, which reads the same customers as an Arrow table; the JVM is up before.

The server answers after 20 ms, in a process of its own. Without the extra `spark`, and Java, nothing is measured.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from benchmarks.at_scale import seeded, settings
from benchmarks.harness import Row, at_least, interleaved, stopwatch
from benchmarks.server import serving
from contacthub_orm import Customer, Session, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["rows"]

_CUSTOMERS: Final = 10_000
_LATENCY: Final = 0.02
_TASKS: Final = 2
_ROUNDS: Final = 3
_BOUND: Final = 0.5
"""Two tasks, the JVM and the server share the machine; Spark is for more machines than one."""


def rows() -> list[Row]:
    """Rows per second of both."""
    if importlib.util.find_spec("pyspark") is None or shutil.which("java") is None:
        return []
    with TemporaryDirectory() as folder, serving(_LATENCY, seeded(Path(folder), _CUSTOMERS)) as server:
        ini = settings(Path(folder), server)
        with (
            Workspace.from_ini_file(ini) as workspace,
            Session(workspace.get_node(server.node_id)) as session,
        ):
            spark = _spark()
            frame = spark.read.format("contacthub").options(
                ini=str(ini), node_id=server.node_id, partitions=str(_TASKS)
            )
            by_spark = _timed(lambda: len(frame.load().toArrow()))
            alone = _timed(lambda: len(session.query(Customer).to_arrow()))
            ours, yardstick = interleaved(_ROUNDS, by_spark, alone)
            spark.stop()
    rate, single = _CUSTOMERS / min(ours), _CUSTOMERS / min(yardstick)
    what = f"Spark with {_TASKS} tasks, {_CUSTOMERS:,} customers at {_LATENCY * 1_000:g} ms"
    told = f"one process, to_arrow: {single:.0f}/s"
    return [at_least("spark_tasks", what, f"{rate:.0f}/s", told, rate / single, _BOUND)]


def _timed(action: Callable[[], int]) -> Callable[[], float]:
    def run() -> float:
        return stopwatch(lambda: _check(action()))

    return run


def _check(number: int) -> None:
    assert number == _CUSTOMERS


def _spark() -> Any:
    from pyspark.sql import SparkSession

    from contacthub_orm.distributed.spark import ContacthubSource

    os.environ["PYSPARK_PYTHON"] = sys.executable
    options = {"spark.ui.enabled": "false", "spark.driver.memory": "1g", "spark.driver.bindAddress": "127.0.0.1",
               "spark.driver.host": "127.0.0.1", "spark.sql.python.filterPushdown.enabled": "true"}  # fmt: skip
    builder = SparkSession.builder.master(f"local[{_TASKS}]")
    for name, value in options.items():
        builder = builder.config(name, value)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel("OFF")
    spark.dataSource.register(ContacthubSource)
    return spark
