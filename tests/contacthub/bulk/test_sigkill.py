"""The same in a process of its own that dies by SIGKILL: no `finally`, no closing of files."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from contacthub_orm import Customer
from contacthub_orm.sandbox import Sandbox
from tests.contacthub.bulk.victim import ROWS

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("method", "path", "phase"),
    [
        ("POST", "bulk-jobs", "before"),
        ("POST", "bulk-jobs", "after"),
        ("GET", "bulk-jobs/", "after"),
        ("GET", "results", "after"),
    ],
    ids=["before the upload", "with the answer lost", "while jobs run", "while results are read"],
)
def test_a_killed_process_leaves_a_load_that_goes_on(
    contacthub_sandbox: Sandbox, tmp_path: Path, method: str, path: str, phase: str
) -> None:
    journal = tmp_path / "load"
    ended = subprocess.run(
        [sys.executable, "-m", "tests.contacthub.bulk.victim", str(journal), method, path, phase],
        cwd=ROOT,
        env={**os.environ, **contacthub_sandbox.environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr or "it came to its end"
    account = contacthub_sandbox.node.bulk_save(ROWS, journal=journal)
    assert (account.rows, account.created, account.updated) == (200, 200, 0)
    jobs = list(contacthub_sandbox.node.api.bulk_jobs.list_bulk_jobs(size=50))
    assert sum(job.totalEntities or 0 for job in jobs) == 200
    versions = [one.version for one in contacthub_sandbox.node.query(Customer)]
    assert versions == [1] * 200
