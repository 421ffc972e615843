"""`contacthub-orm forget`."""

from __future__ import annotations

import json

import pytest

from contacthub_orm import Customer, Session
from contacthub_orm.sandbox import people


@pytest.fixture
def ids(contacthub_sandbox):
    return contacthub_sandbox.seed(people(5))


@pytest.fixture
def left(contacthub_sandbox):
    def left():
        with Session(contacthub_sandbox.node) as session:
            return [one.externalId for one in session.query(Customer).order_by(Customer.externalId)]

    return left


def test_it_shows_whom_it_found_and_asks(run, ids, left):
    refused = run("forget", ids[0], typed="n\n")
    assert refused.exit_code == 1
    assert "C-000001" in refused.stdout
    assert "Erase 1 customer for good?" in refused.stderr
    assert len(left()) == 5
    assert run("forget", ids[0], typed="y\n").exit_code == 0
    assert left() == [f"C-{number:06}" for number in range(2, 6)]


def test_a_criterion_says_whom(run, ids, left):
    result = run("forget", "--where", "Customer.externalId in ['C-000002', 'C-000003']", "--yes")
    assert result.stderr == "2 customers erased\n"
    assert left() == ["C-000001", "C-000004", "C-000005"]


def test_what_is_held_is_written_first(run, ids, tmp_path, contacthub_sandbox):
    run("forget", ids[0], "--yes", "--export", tmp_path / "exported")
    (file,) = (tmp_path / "exported").iterdir()
    assert file.stat().st_mode & 0o077 == 0
    assert json.loads(file.read_text())["customer"]["externalId"] == "C-000001"


def test_nobody_is_erased_if_the_export_cannot_be_written(run, ids, tmp_path, left):
    (tmp_path / "file").write_text("")
    result = run("forget", ids[0], "--yes", "--export", tmp_path / "file" / "below")
    assert result.exit_code == 1
    assert len(left()) == 5


def test_nobody_is_erased_if_one_id_does_not_exist(run, ids, left):
    result = run("forget", ids[0], "nobody", "--yes")
    assert result.exit_code == 1
    assert result.stderr == "there is no customer nobody\n"
    assert len(left()) == 5


def test_a_dry_run_erases_nobody(run, ids, left):
    assert "C-000001" in run("forget", ids[0], "--dry-run").stdout
    assert len(left()) == 5


@pytest.mark.parametrize(
    "arguments", [[], ["1", "--where", "Customer.externalId == '1'"], ["--where", "Event.type == 'loggedIn'"]]
)
def test_it_wants_to_know_whom(run, ids, left, arguments):
    assert run("forget", *arguments, "--yes").exit_code == 2
    assert len(left()) == 5
