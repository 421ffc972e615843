"""`contacthub-orm dedupe`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from contacthub_orm import Customer, Event, Session
from contacthub_orm.sandbox import Fault
from contacthub_orm.signals import before_request

ORDER = {"type": "completedOrder", "context": "ECOMMERCE", "properties": {"orderId": "O-1"}}


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The working directory, where the journal is kept by default."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def ids(contacthub_sandbox):
    """Ada three times, Bob twice, and Eva."""
    return contacthub_sandbox.seed(
        [
            {
                "externalId": key,
                "registeredAt": f"2026-01-0{place}T00:00:00Z",
                "base": {"firstName": name, "contacts": {"mobilePhone": phone}} | more,
                "events": events,
            }
            for place, (key, name, phone, more, events) in enumerate(
                [
                    ("ada-1", "Ada", "+1 555 0101", {}, []),
                    ("ada-2", "ada", "+1 5550101", {"lastName": "Lovelace"}, [ORDER]),
                    ("ada-3", "ADA", "+15550101", {"locale": "it_IT"}, []),
                    ("bob-1", "Bob", "+15550102", {"lastName": "Ross"}, []),
                    ("bob-2", "Bob", "+15550102", {"lastName": "Ross", "locale": "it_IT"}, []),
                    ("eva-1", "Eva", "+15550103", {}, []),
                    ("old-1", "Old", None, {}, []),
                    ("old-2", "Old", None, {}, []),
                ],
                1,
            )
        ]
    )


@pytest.fixture
def left(contacthub_sandbox):
    def left():
        with Session(contacthub_sandbox.node) as session:
            return {one.externalId: one for one in session.query(Customer).no_tracking()}

    return left


def test_candidates_are_shown_without_being_merged(run, ids, left):
    result = run("dedupe", "--by", "base.contacts.mobilePhone", "--dry-run", "--format", "json")
    found = [(one["group"], one["externalId"]) for one in json.loads(result.stdout)]
    assert found == [(1, "ada-1"), (1, "ada-2"), (1, "ada-3"), (2, "bob-1"), (2, "bob-2")]
    assert len(left()) == 8


def test_a_group_is_merged_into_the_oldest_with_its_events_once_the_plan_was_accepted(
    run, ids, left, contacthub_sandbox
):
    result = run("dedupe", "--by", "base.contacts.mobilePhone", typed="y\nn\n")
    assert result.exit_code == 0, result.output
    assert f"DELETE customers/{ids[1]}" in result.stdout
    assert sorted(left()) == ["ada-1", "bob-1", "bob-2", "eva-1", "old-1", "old-2"]
    ada = left()["ada-1"]
    assert (ada.base.firstName, ada.base.lastName, ada.base.locale) == ("Ada", "Lovelace", "it_IT")
    with Session(contacthub_sandbox.node) as session:
        assert [one.customerId for one in session.query(Event).filter(Event.customerId == ada.id)] == [ada.id]


def test_all_stands_for_the_following_groups_and_quit_ends(run, ids, left):
    run("dedupe", "--by", "base.contacts.mobilePhone", typed="q\n")
    assert len(left()) == 8
    run("dedupe", "--by", "base.contacts.mobilePhone", typed="a\n")
    assert sorted(left()) == ["ada-1", "bob-1", "eva-1", "old-1", "old-2"]


@pytest.mark.parametrize(("keep", "stays"), [("newest", "bob-2"), ("fullest", "bob-2"), ("oldest", "bob-1")])
def test_who_stays_is_a_choice(run, ids, left, keep, stays):
    where = ["--where", "Customer.base.firstName == 'Bob'"]
    run("dedupe", "--by", "base.firstName", "--by", "base.lastName", "--keep", keep, "--yes", *where)
    assert [key for key in left() if key.startswith("bob")] == [stays]
    assert "ada-2" in left()


def test_a_group_that_somebody_changes_while_it_is_asked_about_is_left(
    run, ids, left, contacthub_sandbox, monkeypatch
):
    def answer(*_, **__):
        with Session(contacthub_sandbox.node) as session:
            session.get(Customer, ids[4]).base.firstName = "Robert"
            session.commit()
        return "y"

    monkeypatch.setattr("contacthub_orm.cli.data.deduplicating.click.prompt", answer)
    result = run("dedupe", "--by", "base.lastName", "--where", "Customer.base.lastName == 'Ross'")
    assert result.exit_code == 1
    assert "1 groups were not merged" in result.stderr
    assert left()["bob-2"].base.firstName == "Robert"
    assert left()["bob-1"].base.locale is None


def test_a_group_that_is_no_longer_one_is_left(run, ids, left, contacthub_sandbox):
    def answer(session, identities):
        with Session(contacthub_sandbox.node) as other:
            other.get(Customer, ids[4]).base.lastName = "Rossi"
            other.commit()
        return [session.get(Customer, one) for one in identities]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("contacthub_orm.cli.data.deduplicating._read", answer)
        result = run(
            "dedupe", "--by", "base.lastName", "--where", "Customer.base.lastName == 'Ross'", "--yes"
        )
    assert result.exit_code == 1
    assert "changed in the meantime" in result.stderr
    assert {"bob-1", "bob-2"} <= left().keys()


def test_a_key_that_is_no_path_is_refused(run, contacthub_sandbox):
    contacthub_sandbox.clear_requests()
    assert run("dedupe", "--by", "base.phone").exit_code == 2
    assert contacthub_sandbox.requests == []


def test_without_duplicates_nothing_is_asked(run, contacthub_sandbox):
    contacthub_sandbox.seed([{"externalId": "1"}])
    result = run("dedupe", "--by", "externalId")
    assert (result.exit_code, result.stdout) == (0, "")


KILLED = """
import os, sys
from contacthub_orm import signals
from contacthub_orm.cli.main import main

def die(_, method, path, **__):
    if f"{method} {path.split('/')[-1 if method == 'POST' else -2]}" == sys.argv[2]:
        os.kill(os.getpid(), 9)

getattr(signals, sys.argv[1]).connect(die)
main(sys.argv[3:])
"""


@pytest.fixture
def merge(tmp_path):
    return ["dedupe", "--by", "base.contacts.mobilePhone", "--yes", "--journal", tmp_path / "merge.journal"]


@pytest.fixture
def killed(run, contacthub_sandbox, merge, tmp_path):
    """Runs a merge that dies at a signal of a request, and the recovery."""

    def killed(name, request):
        died = subprocess.run(
            [sys.executable, "-c", KILLED, name, request, *map(str, merge)],
            env=os.environ | contacthub_sandbox.environment,
            capture_output=True,
            check=False,
        )
        assert died.returncode == -signal.SIGKILL, died.stderr
        refused = run(*merge)
        assert refused.exit_code == 1
        assert "holds a commit that was cut short: run recover() on it first" in refused.stderr
        return run("recover", tmp_path / "merge.journal", "--settle", "0.1")

    return killed


def events_of(sandbox, customer):
    with Session(sandbox.node) as session:
        return [one.id for one in session.query(Event).filter(Event.customerId == customer)]


def test_a_merge_that_was_killed_is_undone_before_the_next_one(
    run, ids, left, killed, contacthub_sandbox, merge
):
    recovered = killed("before_request", "DELETE customers")
    assert recovered.exit_code == 0, recovered.output
    assert (len(left()), events_of(contacthub_sandbox, ids[0])) == (8, [])
    assert run(*merge).exit_code == 0
    assert len(left()) == 5
    assert len(events_of(contacthub_sandbox, ids[0])) == 1


def test_a_recovery_names_the_copy_whose_answer_was_lost(ids, left, killed, contacthub_sandbox):
    recovered = killed("after_response", "POST events")
    assert recovered.exit_code == 1
    [copy] = events_of(contacthub_sandbox, ids[0])
    assert f"not undone POST events  ({copy}: the answer was lost" in recovered.stdout
    assert len(left()) == 8


def test_a_merge_whose_outcome_is_unknown_ends_the_command(
    run, ids, left, contacthub_sandbox, merge, tmp_path
):
    contacthub_sandbox.faults = [
        Fault.cut_after(method="POST", path="events"),
        Fault.status(500, method="GET", path="events", nth=range(3, 99)),  # two read what is to be copied
    ]
    result = run(*merge)
    assert result.exit_code == 1
    assert "2 of 2" not in result.stdout
    assert "holds a commit that was cut short: run recover() on it first" in result.stderr
    assert len(left()) == 8


def test_a_merge_that_ctrl_c_cuts_short_says_what_undoes_it(run, ids, left, merge, tmp_path):
    def interrupt(_, method, **__):
        if method == "DELETE":
            raise KeyboardInterrupt

    with before_request.connected_to(interrupt):
        result = run(*merge)
    assert result.exit_code == 130
    assert f"contacthub-orm recover {tmp_path / 'merge.journal'} undoes it" in result.stderr
    assert run("recover", tmp_path / "merge.journal", "--settle", "0.1").exit_code == 0
    assert len(left()) == 8


def test_an_empty_file_becomes_the_journal_and_holds_nothing_afterwards(run, ids, left, merge, tmp_path):
    journal = tmp_path / "merge.journal"
    journal.touch()
    assert "nothing to recover" in run("journal", journal).output
    assert run(*merge).exit_code == 0
    assert len(left()) == 5
    assert "nothing to recover" in run("journal", journal).output


def test_in_a_throwaway_sandbox_no_journal_is_kept(run, tmp_path):
    assert run("dedupe", "--by", "base.lastName", "--sandbox", "--yes").exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_second_command_with_the_same_journal_is_refused(run, ids, contacthub_sandbox, merge, tmp_path):
    with Session(contacthub_sandbox.node, journal=tmp_path / "merge.journal"):
        contacthub_sandbox.clear_requests()
        result = run(*merge)
    assert result.exit_code == 1
    assert "is in use" in result.stderr
    assert contacthub_sandbox.requests == []


def test_a_file_that_is_no_journal_is_refused_before_anything_is_read(
    run, ids, contacthub_sandbox, merge, tmp_path
):
    (tmp_path / "merge.journal").write_text("mine")
    contacthub_sandbox.clear_requests()
    assert run(*merge).exit_code == 1
    assert (tmp_path / "merge.journal").read_text() == "mine"
    assert contacthub_sandbox.requests == []
