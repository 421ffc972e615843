"""The nightly import as a user runs it: a process, the CONTACTHUB_* variables, a CSV file, and a kill in the middle."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contacthub_orm.sandbox import Fault, Sandbox
from tests.support.server import Server

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ROWS = 120

BAD = {
    "no email": (["", "Nobody", "Known", "", ""], "it has no email"),
    "birthday": (["odd@example.com", "Odd", "Birthday", "31.12.2001", ""], "Invalid isoformat string"),
    "address": (["no address", "Odd", "Address", "", ""], "Customer.base.contacts.email"),
}
"""Rows that cannot be imported, with the beginning of the reason."""


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file: good rows, and after each tens of them a bad one."""
    with (tmp_path / "customers.csv").open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file)
        lines.writerow(["email", "first_name", "last_name", "birthday", "city"])
        bad = [cells for cells, _ in BAD.values()]
        for number in range(ROWS):
            lines.writerow([f"c{number}@example.com", f"First {number}", "Élan", "1990-12-12", "Zürich"])
            if number % 40 == 39:
                lines.writerow(bad.pop(0))
    return tmp_path


def start(sandbox: Sandbox, folder: Path) -> subprocess.Popen[str]:
    options = ["--journal", "import.journal", "--rejects", "rejects.csv", "--chunk", "50", "--settle", "0.5"]
    return subprocess.Popen(
        [sys.executable, str(ROOT / "examples" / "nightly_import.py"), "customers.csv", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **sandbox.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> str:
    """What a run prints, which imports what it can."""
    printed, _ = process.communicate(timeout=60)
    assert process.returncode == 1, printed
    return printed


def wait_until(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.002)


def writes(sandbox: Sandbox) -> int:
    return sum(one.method != "GET" for one in sandbox.requests)


def rejected(folder: Path) -> list[dict[str, str]]:
    with (folder / "rejects.csv").open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def check(sandbox: Sandbox, folder: Path) -> None:
    """Every good row is one customer with its values, and every bad one is in the file of rejects."""
    found = {one["base"]["contacts"]["email"]: one["base"] for one in Server(sandbox).customers()}
    assert len(Server(sandbox).customers()) == ROWS
    assert {
        email: (base["firstName"], base["lastName"], base["dob"], base["address"]["city"])
        for email, base in found.items()
    } == {
        f"c{number}@example.com": (f"First {number}", "Élan", "1990-12-12", "Zürich")
        for number in range(ROWS)
    }
    rejects = rejected(folder)
    assert {(one["line"], one["email"]) for one in rejects} == {
        (str(42 + 41 * place), cells[0]) for place, (cells, _) in enumerate(BAD.values())
    }
    reasons = {one["email"]: one["reason"] for one in rejects}
    assert {email: reasons[email][: len(rule)] for (email, *_), rule in BAD.values()} == {
        email: rule for (email, *_), rule in BAD.values()
    }


def test_a_second_run_writes_nothing(sandbox: Sandbox, folder: Path) -> None:
    finish(start(sandbox, folder))
    check(sandbox, folder)
    sandbox.clear_requests()
    assert f"{ROWS} rows imported, 3 rejected" in finish(start(sandbox, folder))
    assert writes(sandbox) == 0
    check(sandbox, folder)


def test_customers_that_are_known_keep_what_the_file_does_not_say(sandbox: Sandbox, folder: Path) -> None:
    sandbox.seed(
        [
            {
                "externalId": str(number),
                "base": {"contacts": {"email": f"C{number}@example.com", "phone": "1"}},
            }
            for number in range(10)
        ]
    )
    finish(start(sandbox, folder))
    check(sandbox, folder)
    kept = [
        one["externalId"] for one in Server(sandbox).customers() if one["base"]["contacts"]["phone"] == "1"
    ]
    assert sorted(kept) == [str(number) for number in range(10)]


def test_a_row_that_the_service_refuses_stops_no_other_and_is_imported_by_the_next_run(
    sandbox: Sandbox, folder: Path
) -> None:
    sandbox.faults = [Fault.status(403, method="POST", path="/customers", nth=60)]
    finish(start(sandbox, folder))
    (refused,) = (one for one in rejected(folder) if "403" in one["reason"])
    stored = {one["base"]["contacts"]["email"] for one in Server(sandbox).customers()}
    assert (len(stored), refused["email"] in stored) == (ROWS - 1, False)
    sandbox.clear_faults()
    finish(start(sandbox, folder))
    check(sandbox, folder)


def test_a_row_that_two_customers_match_is_rejected_alone_with_both_ids(
    sandbox: Sandbox, folder: Path
) -> None:
    sandbox.configure(case_sensitive=True)
    ids = sandbox.seed(
        [{"base": {"contacts": {"email": one}}} for one in ("C7@EXAMPLE.COM", "C7@example.com")]
    )
    finish(start(sandbox, folder))
    (refused,) = (one for one in rejected(folder) if one["email"] == "c7@example.com")
    assert all(identity in refused["reason"] for identity in ids)
    assert len(Server(sandbox).customers()) == ROWS - 1 + 2


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
@pytest.mark.parametrize("point", [20, 70])
def test_a_run_that_was_killed_is_finished_by_the_next(sandbox: Sandbox, folder: Path, point: int) -> None:
    process = start(sandbox, folder)
    wait_until(lambda: writes(sandbox) >= point)
    process.kill()
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert writes(sandbox) < ROWS
    finish(start(sandbox, folder))
    check(sandbox, folder)
