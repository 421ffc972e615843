"""Two customers made one: values, elements, sessions and events of both, in one commit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from contacthub_orm import (
    CommitError,
    Customer,
    CustomerSession,
    Event,
    InvalidRequestError,
    Session,
    ViewedPage,
    merge_customers,
)
from contacthub_orm.sandbox import Fault, Sandbox

KEPT: dict[str, Any] = {
    "externalId": "1",
    "base": {"firstName": "Ann", "contacts": {"email": "a@example.com"}, "jobs": [{"id": "j1"}]},
    "tags": {"manual": ["x"]},
    "extended": {"points": 1},
}
GIVEN: dict[str, Any] = {
    "externalId": "2",
    "extra": "more",
    "base": {
        "firstName": "Anna",
        "lastName": "Lee",
        "contacts": {"phone": "1"},
        "jobs": [{"id": "j1", "jobTitle": "other"}, {"id": "j2"}],
    },
    "tags": {"manual": ["x", "y"]},
    "extended": {"points": 2, "shoe": {"size": 42}},
}


@pytest.fixture(params=["object", "null"])
def sandbox(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    """A service that shows unset objects in either form."""
    with Sandbox(matching=["base.contacts.email"], unset=request.param) as sandbox:
        yield sandbox


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with Session(sandbox.node) as session:
        yield session


def viewed(identity: str, url: str) -> dict[str, Any]:
    return {
        "customerId": identity,
        "type": "viewedPage",
        "context": "WEB",
        "properties": {"url": url},
        "date": "2020-01-01T00:00:00Z",
    }


@pytest.fixture
def two(sandbox: Sandbox, session: Session) -> tuple[Customer, Customer]:
    """The customer to keep and the one to give up, which has an event and a session."""
    identities = sandbox.seed([KEPT, GIVEN])
    sandbox.seed_events([viewed(identities[1], "https://example.com/theirs")])
    keep, give_up = session.get_many(Customer, identities)
    assert keep is not None
    assert give_up is not None
    session.add(CustomerSession(customer=give_up, value="browser-1"))
    session.commit()
    return keep, give_up


def get(sandbox: Sandbox, path: str, **params: str) -> Any:
    """What the service holds, by plain HTTP."""
    url = f"{sandbox.base_url}/workspaces/{sandbox.workspace_id}/{path}"
    answer = requests.get(
        url,
        params={"nodeId": sandbox.node_id, **params},
        headers={"Authorization": f"Bearer {sandbox.token}"},
    )
    assert answer.status_code == 200
    return answer.json()


def test_the_kept_customer_gets_what_it_lacks_and_keeps_what_it_has(
    sandbox: Sandbox, session: Session, two: tuple[Customer, Customer]
) -> None:
    keep, give_up = two
    merge_customers(keep, give_up)
    session.commit()
    [one] = get(sandbox, "customers")["elements"]
    base = one["base"]
    assert (one["id"], one["externalId"], one["extra"]) == (keep.id, "1", "more")
    assert (base["firstName"], base["lastName"]) == ("Ann", "Lee")
    assert (base["contacts"]["email"], base["contacts"]["phone"]) == ("a@example.com", "1")
    assert [(job["id"], job["jobTitle"]) for job in base["jobs"]] == [("j1", None), ("j2", None)]
    assert one["tags"]["manual"] == ["x", "y"]
    assert one["extended"] == {"points": 1, "shoe": {"size": 42}}


def test_events_and_sessions_become_those_of_the_kept_customer(
    sandbox: Sandbox, session: Session, two: tuple[Customer, Customer]
) -> None:
    keep, give_up = two
    [copy] = merge_customers(keep, give_up)
    session.commit()
    [event] = get(sandbox, "events")["elements"]
    assert (event["id"], event["customerId"]) == (copy.id, keep.id)
    assert event["date"] == "2020-01-01T00:00:00.000+0000"
    assert event["properties"] == {"url": "https://example.com/theirs"}
    assert isinstance(copy, ViewedPage)
    linked = get(sandbox, f"customers/{keep.id}/sessions")["elements"]
    assert [one["value"] for one in linked] == ["browser-1"]


def test_events_that_are_not_saved_yet_go_to_the_kept_customer_too(
    sandbox: Sandbox, session: Session, two: tuple[Customer, Customer]
) -> None:
    keep, give_up = two
    session.add(
        Event(
            customer=give_up, type="viewedPage", context="WEB", properties={"url": "https://example.com/new"}
        )
    )
    merge_customers(keep, give_up)
    session.commit()
    events = get(sandbox, "events")["elements"]
    assert {one["customerId"] for one in events} == {keep.id}
    assert len(events) == 2


def test_nothing_is_sent_before_the_commit_and_a_rollback_undoes_it(
    sandbox: Sandbox, session: Session, two: tuple[Customer, Customer]
) -> None:
    sandbox.clear_requests()
    merge_customers(*two)
    assert {request.method for request in sandbox.requests} == {"GET"}
    session.rollback()
    assert not session.plan()


def test_the_customer_is_deleted_last(session: Session, two: tuple[Customer, Customer]) -> None:
    merge_customers(*two)
    [*_, last] = session.plan()
    assert (last.verb, last.entity) == ("DELETE", two[1])


def test_if_an_event_is_refused_the_customer_stays(
    sandbox: Sandbox, session: Session, two: tuple[Customer, Customer]
) -> None:
    sandbox.faults = [Fault.status(400, method="POST", path="events")]
    merge_customers(*two)
    with pytest.raises(CommitError):
        session.commit()
    assert len(get(sandbox, "customers")["elements"]) == 2
    sandbox.clear_faults()
    session.commit()
    assert len(get(sandbox, "customers")["elements"]) == 1
    assert len(get(sandbox, "events")["elements"]) == 1


def test_an_email_that_the_kept_customer_lacks_is_freed_first(sandbox: Sandbox, session: Session) -> None:
    identities = sandbox.seed(
        [{"externalId": "1"}, {"externalId": "2", "base": {"contacts": {"email": "b@example.com"}}}]
    )
    keep, give_up = session.get_many(Customer, identities)
    assert keep is not None
    assert give_up is not None
    merge_customers(keep, give_up)
    assert [one.verb for one in session.plan()] == ["DELETE", "PATCH"]
    session.commit()
    [one] = get(sandbox, "customers")["elements"]
    assert one["base"]["contacts"]["email"] == "b@example.com"


def test_two_customers_of_one_session_are_needed(
    sandbox: Sandbox, session: Session, two: tuple[Customer, Customer]
) -> None:
    keep, give_up = two
    with Session(sandbox.node) as another:
        elsewhere = another.get(Customer, str(give_up.id))
        assert elsewhere is not None
        for one, other in ((keep, keep), (keep, elsewhere), (keep, Customer(externalId="new"))):
            with pytest.raises(InvalidRequestError, match="merge_customers takes two"):
                merge_customers(one, other)
    session.delete(give_up)
    with pytest.raises(InvalidRequestError, match="is to be deleted"):
        merge_customers(keep, give_up)
