"""`contacthub-orm dedupe`."""

from __future__ import annotations

import json

import pytest

from contacthub_orm import Customer, Event, Session

ORDER = {"type": "completedOrder", "context": "ECOMMERCE", "properties": {"orderId": "O-1"}}


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
