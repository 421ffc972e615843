"""Changes of a customer whose version the session does not know, since it wrote one of its elements, and of elements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from contacthub_orm import CommitError, Customer, Education, Session, StaleDataError
from contacthub_orm.contacthub.node.node import Node
from tests.support.server import Server
from tests.support.world import World, get, lost, refused, seed, viewed


@pytest.fixture
def node(world: World) -> Node:
    return world.node()


@pytest.fixture
def server(world: World) -> Server:
    return Server(world.sandbox)


@pytest.fixture(params=[False, True], ids=["", "check_version"])
def session(node: Node, request: pytest.FixtureRequest) -> Iterator[Session]:
    with Session(node, check_version=request.param) as session:
        yield session


def with_an_element(world: World, session: Session) -> Customer:
    """A customer that the session holds, and one of whose elements it has written since."""
    (identity,) = seed(world, "bruce")
    bruce = get(session, identity)
    session.add(Education(customer=bruce, id="s1", schoolName="one"))
    session.commit()
    return bruce


def fail(session: Session) -> CommitError:
    with pytest.raises(CommitError) as caught:
        session.commit()
    return caught.value


def stored(server: Server, one: Customer) -> Any:
    return server.get(f"customers/{one.id}")


def test_a_block_undoes_a_change_that_took_effect_though_its_answer_was_lost(
    world: World, node: Node, server: Server, session: Session
) -> None:
    bruce = with_an_element(world, session)
    world.fault(node, 0, "after", lost("PATCH"))
    with pytest.raises(CommitError) as caught, session.begin(atomic=True):
        bruce.extra = "ours"
    assert [one.reason for one in caught.value.undone] == [None]
    assert (stored(server, bruce)["extra"], bruce.extra) == (None, None)


def test_a_change_that_took_effect_is_not_sent_again(
    world: World, node: Node, server: Server, session: Session
) -> None:
    bruce = with_an_element(world, session)
    bruce.extra = "ours"
    world.fault(node, 0, "after", lost("PATCH"))
    fail(session)
    world.sandbox.clear_requests()
    assert [entry.outcome for entry in session.commit()] == ["done"]
    assert world.writes() == []


def test_a_change_that_did_not_arrive_is_sent_again(
    world: World, node: Node, server: Server, session: Session
) -> None:
    bruce = with_an_element(world, session)
    bruce.extra = "ours"
    world.fault(node, 0, "before", lost("PATCH"))
    fail(session)
    session.commit()
    assert stored(server, bruce)["extra"] == "ours"


def test_a_change_that_did_not_arrive_does_not_replace_another_writers(
    world: World, node: Node, server: Server, session: Session
) -> None:
    bruce = with_an_element(world, session)
    bruce.extra = "ours"
    world.fault(node, 0, "before", lost("PATCH"))
    fail(session)
    server.patch(f"customers/{bruce.id}", {"extra": "theirs"})
    (error,) = fail(session).exceptions
    assert isinstance(error, StaleDataError)
    assert stored(server, bruce)["extra"] == "theirs"


def test_a_lost_change_of_an_element_does_not_replace_another_writers(
    world: World, node: Node, server: Server, session: Session
) -> None:
    bruce = with_an_element(world, session)
    element = bruce.base.educations[0]
    element.schoolName = "ours"
    world.fault(node, 0, "before", lost("PUT"))
    fail(session)
    other = {"base": {"educations": [{"id": "s1", "schoolName": "theirs"}]}}
    server.patch(f"customers/{bruce.id}", other)
    (error,) = fail(session).exceptions
    assert isinstance(error, StaleDataError)
    assert stored(server, bruce)["base"]["educations"][0]["schoolName"] == "theirs"


def test_check_version_sees_another_writer_after_an_element_of_ours(
    world: World, node: Node, server: Server
) -> None:
    with Session(node, check_version=True) as session:
        bruce = with_an_element(world, session)
        server.patch(f"customers/{bruce.id}", {"base": {"lastName": "theirs"}})
        bruce.extra = "ours"
        (error,) = fail(session).exceptions
    assert isinstance(error, StaleDataError)
    assert stored(server, bruce)["extra"] is None


def test_a_block_undoes_a_change_of_an_element(
    world: World, node: Node, server: Server, session: Session
) -> None:
    bruce = with_an_element(world, session)
    world.fault(node, 1, "before", refused())
    with pytest.raises(CommitError) as caught, session.begin(atomic=True):
        bruce.base.educations[0].schoolName = "two"
        bruce.base.educations[0].startYear = 1990
        session.flush()
        bruce.extra = "refused"
    assert [one.reason for one in caught.value.undone] == [None]
    (element,) = stored(server, bruce)["base"]["educations"]
    assert (element["schoolName"], element["startYear"]) == ("one", None)
    assert bruce.base.educations[0].schoolName == "one"


def test_a_block_leaves_an_element_that_another_writer_has_changed_since(
    world: World, node: Node, server: Server, session: Session
) -> None:
    bruce = with_an_element(world, session)
    world.fault(node, 1, "before", refused())
    with pytest.raises(CommitError) as caught, session.begin(atomic=True):
        bruce.base.educations[0].schoolName = "two"
        session.flush()
        other = {"base": {"educations": [{"id": "s1", "schoolName": "theirs"}]}}
        server.patch(f"customers/{bruce.id}", other)
        session.add(viewed(bruce))
    assert [one.reason for one in caught.value.undone] == ["it was changed since by another writer"]
    assert stored(server, bruce)["base"]["educations"][0]["schoolName"] == "theirs"
