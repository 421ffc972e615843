"""The plain path, compared with the same in an earlier commit: loading, reading, writing and flushing plain customers.

Each version runs in a process of its own, and both are measured alternately. New processes are started several times,
since the layout of one process's memory can make it faster or slower than another of the same code.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks.harness import Row, at_most, interleaved

__all__ = ["rows"]

_PROCESSES: Final = 4
_ROUNDS: Final = 50
_BOUND: Final = 1.02
_REPOSITORY: Final = Path(__file__).parents[1]
_NAMES: Final = ("page_load", "reads_first", "reads_again", "writes", "flush")


def rows(commit: str) -> list[Row]:
    """A row for each part of the path; the fastest rounds of all processes are compared.

    Args:
        commit: what Git calls the earlier commit.

    Raises:
        subprocess.CalledProcessError: if there is no such commit.
    """
    ours: dict[str, float] = {}
    theirs: dict[str, float] = {}
    with TemporaryDirectory(prefix="plain-path-") as folder:
        packed = ["git", "archive", commit, "contacthub_orm"]
        archive = subprocess.run(packed, check=True, capture_output=True, cwd=_REPOSITORY).stdout
        with tarfile.open(fileobj=BytesIO(archive)) as files:
            files.extractall(folder, filter="data")
        for _ in range(_PROCESSES):
            with _Version(_REPOSITORY) as now, _Version(Path(folder)) as before:
                for name in _NAMES:
                    times = interleaved(_ROUNDS, lambda: now.seconds(name), lambda: before.seconds(name))  # noqa: B023
                    for found, best in zip(times, (ours, theirs), strict=True):
                        best[name] = min(*found, best.get(name, found[0]))
    return [
        at_most(
            f"plain_{name}",
            f"{name} of this version",
            f"{ours[name] * 1e6:,.2f} us",
            f"{name} of {commit}: {theirs[name] * 1e6:,.2f} us",
            ours[name] / theirs[name],
            _BOUND,
        )
        for name in _NAMES
    ]


class _Version(ExitStack):
    """A process that measures the package of one folder."""

    def __init__(self, package: Path) -> None:
        super().__init__()
        environment = {
            **os.environ,
            "PYTHONPATH": f"{package}{os.pathsep}{_REPOSITORY}",
            "PYTHONHASHSEED": "0",
        }
        command = [sys.executable, "-P", "-m", "benchmarks.plain_rounds", str(package)]
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._process = self.enter_context(process)

    def seconds(self, name: str) -> float:
        """The seconds of one round."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(name, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())
