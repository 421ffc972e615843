"""`contacthub-orm tail`."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys

import pytest

from contacthub_orm import Customer, Event, Session


@pytest.fixture
def write(contacthub_sandbox):
    def write(key):
        with Session(contacthub_sandbox.node) as session:
            customer = Customer(externalId=key)
            session.add(customer)
            session.add(Event(customer=customer, type="loggedIn", context="WEB"))
            session.commit()

    return write


def test_it_prints_a_line_for_each_write(run, write):
    write("1")
    result = run("tail", "--since", "start", "--once")
    assert re.findall(r"(CREATE|UPDATE|DELETE) +(\w+) ", result.stdout) == [
        ("CREATE", "customers"),
        ("CREATE", "events"),
    ]
    assert result.stdout.splitlines()[0].endswith("  1")


def test_json_lines_and_one_kind_alone(run, write):
    write("1")
    result = run("tail", "--since", "start", "--once", "--only", "events", "--format", "json")
    (line,) = result.stdout.splitlines()
    assert json.loads(line)["document"]["type"] == "loggedIn"


def test_by_default_it_begins_now(run, write):
    write("1")
    assert run("tail", "--once").stdout == ""


def test_the_offset_that_it_prints_goes_on(run, write):
    write("1")
    told = run("tail", "--since", "start", "--once").stderr
    write("2")
    result = run(
        "tail", "--since", told.removeprefix("go on with --since ").strip(), "--once", "--only", "customers"
    )
    assert result.exit_code == 1  # an offset is of the same entities
    result = run("tail", "--since", told.removeprefix("go on with --since ").strip(), "--once")
    assert [line.split("  ")[-1] for line in result.stdout.splitlines() if "customers" in line] == ["2"]


def test_a_file_keeps_the_place(run, write, tmp_path):
    position = ["--position", tmp_path / "place", "--once"]
    run("tail", *position)
    write("1")
    assert "CREATE" in run("tail", "--since", "start", *position).stdout
    assert run("tail", *position).stdout == ""


def test_an_instant_without_a_zone_is_refused(run):
    assert run("tail", "--since", "2026-11-01T08:00:00").exit_code == 2


@pytest.mark.slow
def test_ctrl_c_ends_it_cleanly(contacthub_sandbox, write):
    program = "from contacthub_orm.cli.main import main; main()"
    command = [sys.executable, "-c", program, "tail", "--since", "start", "--poll", "0.05"]
    environment = {**os.environ, **contacthub_sandbox.environment, "PYTHONUNBUFFERED": "1"}
    write("1")
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert "CREATE" in process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
    assert process.returncode == 0
    assert re.fullmatch(r"go on with --since u1-\S+\n", told)
