"""`contacthub-orm mirror`."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from contacthub_orm import Customer, Session
from contacthub_orm.cli.main import main


@pytest.fixture
def path(tmp_path):
    return tmp_path / "mirror"


def names(path):
    with sqlite3.connect(path) as connection:
        return [name for (name,) in connection.execute("select externalId from customers order by 1")]


def run(sandbox, *arguments):
    return CliRunner().invoke(main, ["mirror", *map(str, arguments)], env=sandbox.environment)


def test_the_mirror_is_filled_and_brought_up_to_date(contacthub_sandbox, path):
    contacthub_sandbox.seed([{"externalId": "1"}])
    first = run(contacthub_sandbox, path)
    assert first.exit_code == 0, first.output
    assert "1 read, 1 written, 0 deleted" in first.output
    with Session(contacthub_sandbox.node) as session:
        session.add(Customer(externalId="2"))
        session.commit()
    assert run(contacthub_sandbox, path).exit_code == 0
    assert names(path) == ["1", "2"]


def test_verify_repairs(contacthub_sandbox, path):
    contacthub_sandbox.seed([{"externalId": "1"}])
    run(contacthub_sandbox, path)
    with sqlite3.connect(path) as connection:
        connection.execute("delete from customer_documents")
    result = run(contacthub_sandbox, path, "--verify")
    assert "verified: 1 read, 1 written, 0 deleted" in result.output
    assert names(path) == ["1"]


def test_a_file_that_is_no_mirror_is_refused(contacthub_sandbox, path):
    path.write_text("notes")
    result = run(contacthub_sandbox, path)
    assert result.exit_code == 1
    assert "is not a mirror" in result.output
    assert path.read_text() == "notes"


def test_follow_ends_with_a_signal_and_leaves_a_good_mirror(contacthub_sandbox, path):
    environment = {**os.environ, **contacthub_sandbox.environment}
    command = [
        sys.executable,
        "-m",
        "contacthub_orm.cli.main",
        "mirror",
        str(path),
        "--follow",
        "--poll",
        "0.1",
    ]
    program = "from contacthub_orm.cli.main import main; main()"
    command = [sys.executable, "-c", program, *command[3:]]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        wait_for(lambda: path.exists() and has_scanned(path))
        with Session(contacthub_sandbox.node) as session:
            session.add(Customer(externalId="2"))
            session.commit()
        wait_for(lambda: names(path) == ["2"])
        process.send_signal(signal.SIGTERM)
        out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert b"1 written" in out


def has_scanned(path):
    try:
        with sqlite3.connect(path) as connection:
            return connection.execute("select 1 from meta where key = 'scan' and value = 'done'").fetchone()
    except sqlite3.Error:
        return False


def wait_for(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)
