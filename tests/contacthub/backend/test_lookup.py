"""Look-ups of lost creations: which customer or event is ours, whatever else is like it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contacthub_orm import CommitError, ConflictError, Customer, Session
from contacthub_orm.http import Answer
from contacthub_orm.orm import Outcome
from contacthub_orm.orm.wire.conversion import dump_datetime
from tests.support.world import World, customer, lost, viewed

BOTH = ("externalId", "base.contacts.email")
LONG_AGO = "2020-01-01T00:00:00.000+0000"


def lose(session: Session) -> None:
    """A commit of which a write is lost."""
    with pytest.raises(CommitError):
        session.commit()


def outcomes(session: Session) -> list[Outcome]:
    return [entry.outcome for entry in session.commit()]


def seeded(world: World, external_id: str, email: str | None, **values: Any) -> str:
    contacts = {} if email is None else {"contacts": {"email": email}}
    base = {"firstName": external_id, **contacts}
    [identity] = world.sandbox.seed([{"externalId": external_id, "base": base, **values}])
    return identity


@pytest.fixture
def matching_by_both(world: World) -> World:
    world.sandbox.configure(matching=BOTH)
    return world


@pytest.mark.parametrize("theirs", [("bruce", "else@example.com"), ("else", "bruce@example.com")])
def test_a_customer_with_one_of_two_matching_values_is_neither_ours_nor_in_our_way(
    matching_by_both: World, theirs: tuple[str, str]
) -> None:
    world = matching_by_both
    node = world.node(matching=BOTH)
    with Session(node) as session:
        session.add(bruce := customer("bruce"))
        world.fault(node, 0, "before")
        lose(session)
        other = seeded(world, *theirs)
        assert outcomes(session) == [Outcome.DONE]
        assert bruce.id != other
    assert len(world.customers()) == 2


def test_a_customer_that_lacks_one_of_two_matching_values_matches_nothing(matching_by_both: World) -> None:
    world = matching_by_both
    with Session(world.node(matching=BOTH)) as session:
        session.add_all([Customer(externalId="1", extra="a"), Customer(externalId="1", extra="b")])
        assert outcomes(session) == [Outcome.DONE] * 2
    assert sorted(str(one.extra) for one in world.customers()) == ["a", "b"]


@pytest.mark.parametrize("changed", ["externalId", "email"])
def test_customers_that_differ_in_one_of_two_matching_values_claim_two_values(
    matching_by_both: World, changed: str
) -> None:
    first, second = customer("bruce"), customer("bruce")
    if changed == "email":
        second.base.contacts.email = "else@example.com"
    else:
        second.externalId = "else"
    with Session(matching_by_both.node(matching=BOTH)) as session:
        session.add_all([first, second])
        assert outcomes(session) == [Outcome.DONE] * 2
    assert len(matching_by_both.customers()) == 2


def test_a_lost_event_is_found_beyond_the_first_page_of_events_like_it(world: World) -> None:
    node = world.node()
    date = world.clock.now()
    with Session(node) as session:
        bruce = customer("bruce")
        session.add(bruce)
        session.commit()
        like_it = {
            "customerId": bruce.id,
            "type": "viewedPage",
            "context": "WEB",
            "date": date.isoformat(),
            "properties": {"url": "https://example.com"},
            "registeredAt": LONG_AGO,
        }
        for _ in range(2):  # some before and some after ours, whatever the order of the pages
            world.sandbox.seed_events([like_it] * 51)
            session.add(viewed(bruce, date=date))
            world.fault(node, 0, "after")
            lose(session)
            assert outcomes(session) == [Outcome.DONE]
    assert world.writes().count("POST events") == 2


def test_a_lost_customer_without_matching_values_is_found_beyond_the_first_page(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        seeded(world, "early", None)
        for number in range(60):
            seeded(world, f"other{number}", None)
        session.add(Customer(externalId="ours"))
        world.fault(node, 0, "after")
        lose(session)
        for number in range(60, 120):
            seeded(world, f"other{number}", None)
        assert outcomes(session) == [Outcome.DONE]
    assert world.writes() == ["POST customers"]


def answering(node: Any, body: Any) -> None:
    """Replace the body of the next answer to a write."""
    transport = node.workspace.transport
    send = transport.send

    def changed(method: str, path: str, **request: Any) -> Answer:
        answer: Answer = send(method, path, **request)
        if method == "GET":
            return answer
        transport.send = send
        return Answer(answer.status, answer.headers, body)

    transport.send = changed


@pytest.mark.parametrize("body", [None, {}, {"externalId": "bruce"}], ids=str)
def test_a_creation_that_is_answered_without_an_id_is_unknown_and_looked_up(world: World, body: Any) -> None:
    node = world.node()
    with Session(node) as session:
        session.add(customer("bruce"))
        answering(node, body)
        with pytest.raises(CommitError) as caught:
            session.commit()
        assert [entry.outcome for entry in caught.value.account] == [Outcome.UNKNOWN]
        assert outcomes(session) == [Outcome.DONE]
    assert world.writes() == ["POST customers"]


def blocking(world: World) -> Any:
    world.sandbox.configure(uniqueness_policy="BLOCK")
    workspace = world.node().workspace
    return workspace.get_node(world.sandbox.node_id, matching=["base.contacts.email"], policy="BLOCK")


def test_a_creation_that_collides_at_its_first_send_has_failed_though_all_is_there(world: World) -> None:
    seeded(world, "bruce", "bruce@example.com")
    with Session(blocking(world)) as session:
        session.add(customer("bruce"))
        with pytest.raises(CommitError) as caught:
            session.commit()
        [error] = caught.value.exceptions
        assert isinstance(error, ConflictError)
        assert [entry.outcome for entry in caught.value.account] == [Outcome.FAILED]


@pytest.mark.parametrize(("extra", "outcome"), [(None, Outcome.DONE), ("theirs", Outcome.FAILED)])
def test_a_repeated_creation_that_collides_is_done_if_what_is_there_holds_it(
    world: World, extra: str | None, outcome: Outcome
) -> None:
    """The first send took effect after its look-up; the second one collides with it, or with another writer's."""
    node = blocking(world)
    with Session(node, settle=0) as session:
        session.add(customer("bruce", extra="ours"))
        world.fault(node, 0, "before")
        lose(session)
        transport = node.workspace.transport

        def arrive(method: str, _: str) -> None:
            if method == "POST":
                transport.observers.remove(arrive)
                seeded(world, "bruce", "bruce@example.com", extra=extra or "ours")

        transport.observers.append(arrive)
        try:
            account = session.commit()
        except CommitError as error:
            account = error.account
        assert [entry.outcome for entry in account] == [outcome]
    assert len(world.customers()) == 1


def test_a_customer_that_was_stored_before_is_not_ours_though_it_matches_nothing(world: World) -> None:
    seeded(world, "nameless", None, registeredAt=LONG_AGO, updatedAt=LONG_AGO)
    node = world.node()
    with Session(node) as session:
        session.add(Customer(externalId="nameless", base={"firstName": "nameless"}))
        world.fault(node, 0, "before")
        lose(session)
        assert outcomes(session) == [Outcome.DONE]
    assert len(world.customers()) == 2


def test_a_customer_registered_within_the_precision_of_the_clock_may_be_ours(world: World) -> None:
    """The service's clock is known to two seconds, so the search must not be narrower than that."""
    node = world.node()
    registered = dump_datetime(world.clock.now() - timedelta(seconds=1.5))
    seeded(world, "nameless", None, registeredAt=registered, updatedAt=registered)
    with Session(node) as session:
        session.add(Customer(externalId="nameless", base={"firstName": "nameless"}))
        world.fault(node, 0, "before")
        lose(session)
        assert outcomes(session) == [Outcome.DONE]
    assert len(world.customers()) == 1


def test_a_matching_customer_that_nobody_has_written_since_is_not_in_the_way(world: World) -> None:
    identity = seeded(world, "bruce", "bruce@example.com", registeredAt=LONG_AGO, updatedAt=LONG_AGO)
    node = world.node()
    with Session(node) as session:
        session.add(customer("bruce", extra="merged"))
        world.fault(node, 0, "before")
        lose(session)
        assert outcomes(session) == [Outcome.DONE]
    assert [(one.id, one.extra) for one in world.customers()] == [(identity, "merged")]


def test_two_lost_customers_of_which_one_holds_the_other_are_two(world: World) -> None:
    node = world.node()
    with Session(node, on_error="continue") as session:
        part, whole = Customer(externalId="n"), Customer(externalId="n", extra="more")
        session.add_all([part, whole])
        world.fault(node, 0, "before", lost())
        world.fault(node, 1, "after", lost())
        lose(session)
        session.commit()
        assert part.id != whole.id
        assert whole.extra == "more"
    assert len(world.customers()) == 2
