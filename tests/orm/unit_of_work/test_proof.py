"""An undo deletes only what an answer proves to be ours, and what nobody else has touched since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import CommitError, Customer, Education, Event, Session, Workspace, recover
from contacthub_orm.http import ManualClock
from contacthub_orm.orm import Outcome
from contacthub_orm.orm.unit_of_work.journal import read_journal
from tests.support.world import Crash, World, abandon, customer, refused, viewed

FOUND = "the answer was lost, and what was found may be another writer's"
TOUCHED = "it was changed since by another writer"
LONG_AGO = "2020-01-01T00:00:00.000+0000"


def reasons(error: CommitError) -> list[tuple[str, str | None]]:
    return [(f"{one.entry.request.method} {one.entry.request.path[0]}", one.reason) for one in error.undone]


def seeded(world: World, name: str, **values: Any) -> str:
    document = {
        "externalId": name,
        "base": {"firstName": name, "contacts": {"email": f"{name}@example.com"}},
        "registeredAt": LONG_AGO,
        "updatedAt": LONG_AGO,
    }
    [identity] = world.sandbox.seed([document | values])
    return identity


def once(world: World, node: Any, method: str, act: Callable[[], object]) -> None:
    """Let another writer act just before the next request with a method."""
    transport = node.workspace.transport

    def observe(asked: str, _: str) -> None:
        if asked == method:
            transport.observers.remove(observe)
            act()

    transport.observers.append(observe)


def test_a_customer_that_was_there_before_is_not_deleted_if_the_request_never_arrived(world: World) -> None:
    identity = seeded(world, "ann")
    node = world.node()
    with Session(node) as session:
        world.fault(node, 0, "before")
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            session.add(customer("ann"))
    assert reasons(caught.value) == [("POST customers", FOUND)]
    assert [one.id for one in world.customers()] == [identity]


def test_a_customer_that_another_process_creates_before_the_look_up_stays(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        world.fault(node, 0, "before")
        once(world, node, "GET", lambda: seeded(world, "ann", registeredAt=None, updatedAt=None))
        with pytest.raises(CommitError), session.begin(atomic=True):
            session.add(customer("ann"))
    assert [one.externalId for one in world.customers()] == ["ann"]


def test_an_element_that_was_there_before_stays(world: World) -> None:
    base = {"firstName": "ann", "educations": [{"id": "e1", "schoolName": "S"}]}
    identity = seeded(world, "ann", base=base)
    node = world.node()
    with Session(node) as session:
        held = session.get(Customer, identity)
        assert held is not None
        world.fault(node, 0, "before")
        with pytest.raises(CommitError) as caught, session.begin(atomic=True):
            session.add(Education(customer=held, id="e1", schoolName="S"))
        assert [one.reason for one in caught.value.undone] == [FOUND]
    assert [one.id for one in world.customers()[0].base.educations] == ["e1"]


def test_an_equal_event_of_another_writer_stays(world: World) -> None:
    identity = seeded(world, "ann")
    date = world.clock.now()
    event = {"customerId": identity, "type": "viewedPage", "context": "WEB", "date": date.isoformat()}
    node = world.node()
    with Session(node) as session:
        world.fault(node, 0, "before")
        properties = {"url": "https://example.com"}
        once(world, node, "GET", lambda: world.sandbox.seed_events([event | {"properties": properties}]))
        held = session.get(Customer, identity)
        assert held is not None
        with pytest.raises(CommitError), session.begin(atomic=True):
            session.add(viewed(held, date=date))
    assert len(world.events()) == 1


def failing(world: World, node: Any, session: Session, fill: Callable[[], object]) -> CommitError:
    """An atomic block of which the last write is refused."""
    with pytest.raises(CommitError) as caught, session.begin(atomic=True):
        fill()
    return caught.value


def test_a_creation_that_another_writer_has_changed_since_stays(world: World) -> None:
    node = world.node()

    def change() -> None:
        with Session(world.node()) as other:
            same = other.query(Customer).filter_by(externalId="a").one()
            same.extra = "theirs"
            other.commit()

    with Session(node) as session:
        world.fault(node, 1, "before", refused())
        once(world, node, "GET", change)
        error = failing(world, node, session, lambda: session.add_all([customer("a"), customer("b")]))
    assert reasons(error) == [("POST customers", TOUCHED)]
    assert [one.extra for one in world.customers()] == ["theirs"]


def test_a_creation_with_elements_of_ours_is_undone_with_them(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        world.fault(node, 2, "before", refused())

        def fill() -> None:
            ann = customer("ann")
            session.add(ann)
            session.flush()
            session.add_all([Education(customer=ann, id="e1", schoolName="S"), customer("b")])

        error = failing(world, node, session, fill)
    assert {reason for _, reason in reasons(error)} == {None}
    assert world.customers() == []


def test_a_creation_with_elements_of_ours_stays_if_another_writer_has_changed_it(world: World) -> None:
    node = world.node()

    def change() -> None:
        with Session(world.node()) as other:
            same = other.query(Customer).filter_by(externalId="ann").one()
            same.base.lastName = "theirs"
            other.commit()

    with Session(node) as session:
        world.fault(node, 2, "before", refused())

        def fill() -> None:
            ann = customer("ann")
            session.add(ann)
            session.flush()
            session.add_all([Education(customer=ann, id="e1", schoolName="S"), customer("b")])
            once(world, node, "DELETE", change)

        error = failing(world, node, session, fill)
    assert ("POST customers", TOUCHED) in reasons(error)
    assert [one.base.lastName for one in world.customers()] == ["theirs"]


def test_an_event_that_another_writer_has_changed_since_stays(world: World) -> None:
    identity = seeded(world, "ann")
    node = world.node()

    def change() -> None:
        with Session(world.node()) as other:
            event = other.query(Event).one()
            event.properties.title = "theirs"
            other.commit()

    with Session(node) as session:
        held = session.get(Customer, identity)
        assert held is not None
        world.fault(node, 1, "before", refused())
        once(world, node, "GET", change)
        error = failing(world, node, session, lambda: session.add_all([viewed(held), viewed(held, "x:y")]))
    assert reasons(error) == [("POST events", TOUCHED)]
    assert [one.properties["title"] for one in world.events()] == ["theirs"]


def test_a_customer_to_whom_another_writer_added_an_event_stays(world: World) -> None:
    node = world.node()

    def add() -> None:
        with Session(world.node()) as other:
            other.add(viewed(other.query(Customer).filter_by(externalId="a").one()))
            other.commit()

    with Session(node) as session:
        world.fault(node, 1, "before", refused())
        once(world, node, "GET", add)
        error = failing(world, node, session, lambda: session.add_all([customer("a"), customer("b")]))
    assert reasons(error) == [
        ("POST customers", "what refers to it stays, and the service would delete that too")
    ]
    assert len(world.events()) == 1


def test_a_merge_that_changed_nothing_is_no_creation(world: World) -> None:
    """A service may answer a merge without a change with the old dates."""
    identity = seeded(world, "ann")
    node = world.node()
    old = node.get_customer(identity).to_dict()
    transport = node.workspace.transport
    send = transport.send

    def answer_with_old_dates(method: str, path: str, **request: Any) -> Any:
        answer = send(method, path, **request)
        if method == "POST" and answer.body.get("id") == identity:
            answer.body.update(registeredAt=old["registeredAt"], updatedAt=old["updatedAt"])
        return answer

    transport.send = answer_with_old_dates  # type: ignore[method-assign]
    with Session(node) as session:
        world.fault(node, 1, "before", refused())
        error = failing(world, node, session, lambda: session.add_all([customer("ann"), customer("b")]))
    assert reasons(error) == [("POST customers", "the service merged it into an entity that existed before")]
    assert [one.id for one in world.customers()] == [identity]


def put_without_an_answer(world: World, identity: str) -> CommitError:
    """An atomic block whose PUT loses its answer, and another writer who adds a property before the look-up."""
    node = world.node()

    def add() -> None:
        with Session(world.node()) as other:
            same = other.get(Customer, identity)
            assert same is not None
            same.extended["theirs"] = 1
            other.commit()

    with Session(node) as session:
        held = session.get(Customer, identity)
        assert held is not None
        world.fault(node, 0, "after")
        once(world, node, "GET", add)

        def fill() -> None:
            held.extra = "new"
            session.put(held)

        return failing(world, node, session, fill)


def test_a_put_without_an_answer_is_not_undone_over_what_another_writer_added(world: World) -> None:
    error = put_without_an_answer(world, seeded(world, "ann"))
    [(_, reason)] = reasons(error)
    assert reason is not None
    assert reason.endswith("was changed by another writer since it was read")
    [there] = world.customers()
    assert (there.extra, there.extended["theirs"]) == ("new", 1)


def test_a_put_that_a_look_up_found_is_undone_without_what_another_writer_has_added(world: World) -> None:
    error = put_without_an_answer(world, seeded(world, "ann", extended={"ours": 1}))
    assert reasons(error) == [("PUT customers", None)]
    [there] = world.customers()
    assert (there.extra, dict(there.extended)) == (None, {"ours": 1, "theirs": 1})


def test_what_refers_to_a_creation_keeps_it_though_the_search_does_not_show_it_yet(world: World) -> None:
    node = world.node()
    node.backend.referring = lambda *_: ()  # type: ignore[method-assign]
    with Session(node) as session:
        world.fault(node, 1, "after")

        def fill() -> None:
            ann = customer("ann")
            session.add_all([ann, viewed(ann)])

        error = failing(world, node, session, fill)
    assert reasons(error) == [
        ("POST events", FOUND),
        ("POST customers", "what refers to it stays, and the service would delete that too"),
    ]
    assert len(world.events()) == 1


def test_a_repeated_creation_that_collided_with_what_is_there_is_not_undone(world: World) -> None:
    """Its first send may have created it, or another writer."""
    world.sandbox.configure(uniqueness_policy="BLOCK")
    node = world.node().workspace.get_node(
        world.sandbox.node_id, matching=["base.contacts.email"], policy="BLOCK"
    )
    with Session(node, settle=0) as session:
        session.add(customer("ann"))
        world.fault(node, 0, "before")
        with pytest.raises(CommitError):
            session.commit()
        once(world, node, "POST", lambda: seeded(world, "ann"))
        world.fault(node, 1, "before", refused())
        error = failing(world, node, session, lambda: session.add(customer("b")))
    assert reasons(error) == [("POST customers", FOUND)]
    assert [one.externalId for one in world.customers()] == ["ann"]


def test_the_journal_keeps_what_an_answer_proves(world: World, tmp_path: Path) -> None:
    node = world.node()
    session = Session(node, journal=tmp_path / "journal")
    world.fault(node, 1, "before", Crash())
    with pytest.raises(Crash), session.begin(atomic=True):
        session.add_all([customer("a"), customer("b")])
    abandon(session)
    _, _, [first, second] = read_journal(tmp_path / "journal")
    assert (first.outcome, first.evidence) == (Outcome.DONE, "answer")
    assert (second.outcome, second.evidence) == (Outcome.UNKNOWN, None)
    report = recover(world.node(), tmp_path / "journal")
    assert report.complete
    assert world.customers() == []


def test_a_recovery_on_a_machine_with_another_clock_knows_when_the_send_was(
    world: World, tmp_path: Path
) -> None:
    """The clock of the machine that died was an hour ahead: what it created was registered after its send all the same."""
    sandbox = world.sandbox
    node = world.node()
    clock = node.workspace.transport.clock

    class Ahead(ManualClock):
        def now(self) -> datetime:
            return clock.now() + timedelta(hours=1)

    dying = Workspace(sandbox.workspace_id, sandbox.token, sandbox.base_url, clock=Ahead())
    ahead = dying.get_node(sandbox.node_id, matching=["base.contacts.email"])
    ahead.get_customers()
    session = Session(ahead, journal=tmp_path / "journal")
    nameless = Customer(externalId="nameless")
    session.add(nameless)
    send = dying.transport.send

    def die(method: str, path: str, **request: Any) -> Any:
        send(method, path, **request)
        raise Crash

    dying.transport.send = die  # type: ignore[method-assign]
    with pytest.raises(Crash):
        session.commit()
    abandon(session)
    dying.close()
    report = recover(node, tmp_path / "journal")
    assert len(report.adopted) == 1
    assert len(world.customers()) == 1
