"""`node.updates`: an iterator over what everybody writes, with an offset that can be kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from contacthub_orm import ArgumentError, Customer, Event, OffsetExpired, Session, TransportError, Workspace
from contacthub_orm.http import ManualClock
from contacthub_orm.sandbox import Fault, Sandbox
from contacthub_orm.sandbox.storage import updates as stream


class Time:
    """The sandbox's clock."""

    def __init__(self) -> None:
        self.now = datetime(2024, 5, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def sandbox(time):
    with Sandbox(clock=time, nodes=["Shops"]) as sandbox:
        yield sandbox


@pytest.fixture
def node(sandbox):
    workspace = Workspace(sandbox.workspace_id, sandbox.token, base_url=sandbox.base_url, clock=ManualClock())
    return workspace.get_node(sandbox.node_id)


def create(node, *names):
    with Session(node) as session:
        made = [Customer(externalId=name) for name in names]
        session.add_all(made)
        session.commit()
        return [one.id for one in made]


def change(node, identity, name):
    with Session(node) as session:
        session.get(Customer, identity).externalId = name
        session.commit()


def told(updates):
    return [(update.change, update.document.get("externalId")) for update in updates]


def test_an_offset_goes_on_where_it_was_kept(node):
    create(node, "1", "2")
    updates = node.updates()
    assert sorted(told(updates)) == [("CREATE", "1"), ("CREATE", "2")]
    [third] = create(node, "3")
    change(node, third, "4")
    assert told(node.updates(since=updates.offset)) == [("CREATE", "3"), ("UPDATE", "4")]


def test_an_update_that_repeats_the_one_before_is_left_out(node):
    create(node, "1")
    updates = node.updates()
    list(updates)
    assert told(node.updates(since=updates.offset)) == []
    assert told(updates) == []
    create(node, "2")
    assert told(updates) == [("CREATE", "2")]  # the same iterator goes on


def test_the_offset_before_the_end_of_a_page_tells_its_updates_again(node):
    create(node, *map(str, range(5)))
    updates = node.updates()
    first = next(updates)
    again = list(node.updates(since=updates.offset))
    assert again[0] == first
    assert len(again) == 5


def test_an_offset_of_now_tells_nothing_of_what_was(node):
    create(node, "1")
    offset = node.update_offset()
    create(node, "2")
    assert told(node.updates(since=offset)) == [("CREATE", "2")]


def test_an_offset_with_an_overlap_tells_what_came_shortly_before(node, time):
    create(node, "1")
    time.now += timedelta(seconds=100)
    create(node, "2")
    offset = node.update_offset(overlap=60)
    create(node, "3")
    assert told(node.updates(since=offset)) == [("CREATE", "2"), ("CREATE", "3")]


def test_a_time_is_a_beginning(node, time):
    create(node, "1")
    time.now += timedelta(seconds=10)
    create(node, "2")
    assert told(node.updates(since=time.now)) == [("CREATE", "2")]


@pytest.mark.parametrize("entity", [Event, "EVENT"])
def test_one_kind_of_entity_is_followed_alone(node, entity):
    [ann] = create(node, "1")
    with Session(node) as session:
        session.add(Event(customerId=ann, type="viewedPage", context="WEB", properties={}))
        session.commit()
    [update] = node.updates(entity=entity)
    assert (update.entity, update.change) == (Event, "CREATE")


def test_an_offset_of_another_node_or_of_other_entities_is_refused(node, sandbox):
    offset = node.update_offset()
    other = node.workspace.get_node(sandbox.nodes["Shops"])
    with pytest.raises(ArgumentError, match="another node"):
        other.updates(since=offset)
    with pytest.raises(ArgumentError, match="other entities"):
        node.updates(since=offset, entity=Event)


@pytest.mark.parametrize("since", ["odd", "u1-a-b-c-d", 5, datetime(2024, 1, 1)])
def test_what_is_no_offset_is_refused(node, since):
    with pytest.raises(ArgumentError, match="since"):
        node.updates(since=since)


@pytest.mark.parametrize("poll", [0, -1, True, "1", float("nan")])
def test_what_is_no_wait_is_refused(node, poll):
    with pytest.raises(ArgumentError, match="poll"):
        node.updates(poll=poll)


def test_an_offset_that_the_service_keeps_no_more_has_expired(node, time):
    create(node, "1")
    offset = node.update_offset()
    create(node, "2", "3")
    time.now += timedelta(days=8)
    create(node, "4")
    with pytest.raises(OffsetExpired, match="has expired"):
        list(node.updates(since=offset))


def test_an_old_offset_after_which_nothing_happened_is_good(node, time):
    create(node, "1", "2")
    updates = node.updates()
    list(updates)
    time.now += timedelta(days=30)
    assert list(node.updates(since=updates.offset)) == []
    create(node, "3")
    assert told(node.updates(since=updates.offset)) == [("CREATE", "3")]


def test_updates_of_the_node_that_are_gone_are_missed_behind_those_of_another(node, sandbox, time):
    updates = node.updates()
    create(node, "1")
    list(updates)
    create(node, "2")
    time.now += timedelta(days=8)
    create(node.workspace.get_node(sandbox.nodes["Shops"]), "3")
    with pytest.raises(OffsetExpired):
        list(node.updates(since=updates.offset))


def test_an_offset_of_a_stream_that_began_anew_has_expired(node, sandbox):
    create(node, "1", "2", "3")
    updates = node.updates()
    list(updates)
    sandbox.reset()
    create(node, "4")
    with pytest.raises(OffsetExpired, match="began anew"):
        list(node.updates(since=updates.offset))
    create(node, "5", "6", "7", "8")
    with pytest.raises(OffsetExpired, match="began anew"):
        list(node.updates(since=updates.offset))


def test_an_iterator_that_slept_longer_than_updates_are_kept_says_so(node, time):
    create(node, "1")
    updates = node.updates()
    list(updates)
    create(node, "2")
    time.now += timedelta(days=8)
    node.workspace.transport.clock.advance(8 * 24 * 3600)
    create(node, "3")
    with pytest.raises(OffsetExpired):
        list(updates)


def test_a_wait_ends_with_the_next_update(node):
    updates = node.updates(poll=5)
    clock = node.workspace.transport.clock
    create(node, "1")
    assert told([next(updates)]) == [("CREATE", "1")]
    slept = clock.sleep

    def sleep(seconds):
        slept(seconds)
        if clock.monotonic() > 12 and clock.monotonic() < 12.2:
            create(node, "2")

    clock.sleep = sleep
    assert told([next(updates)]) == [("CREATE", "2")]
    assert 12 < clock.monotonic() < 16


def test_stop_ends_a_wait(node):
    updates = node.updates(poll=1000)
    clock = node.workspace.transport.clock
    slept = clock.sleep

    def sleep(seconds):
        slept(seconds)
        if clock.monotonic() > 3:
            updates.stop()

    clock.sleep = sleep
    assert list(updates) == []
    assert clock.monotonic() < 3.5


def test_updates_lost_while_the_machine_was_suspended_are_an_error(node, time, monkeypatch):
    """The monotonic clock of Linux stands still then."""
    create(node, "1")
    updates, clock = node.updates(), node.workspace.transport.clock
    list(updates)
    create(node, "2", "3")
    time.now += timedelta(days=8)
    create(node, "4")
    woken = clock.now() + timedelta(days=8)
    monkeypatch.setattr(clock, "now", lambda: woken)
    with pytest.raises(OffsetExpired, match="has expired"):
        list(updates)


def test_stop_between_updates_leaves_those_that_were_not_given_to_the_offset(node):
    create(node, "1", "2", "3")
    updates = node.updates()
    given = [next(updates)]
    updates.stop()
    given += updates
    assert len(given) == 1
    assert len(list(node.updates(since=updates.offset))) == 3


def test_an_error_leaves_the_iterator_as_it_was(node, sandbox):
    create(node, "1")
    updates = node.updates()
    sandbox.faults = [Fault.garbage(path="updates", nth=range(1, 50))]
    with pytest.raises(TransportError):
        next(updates)
    sandbox.clear_faults()
    assert told([next(updates)]) == [("CREATE", "1")]


def test_more_updates_than_a_page_holds_come_once_each(node, monkeypatch):
    monkeypatch.setattr("contacthub_orm.contacthub.node.updates._PAGE_SIZE", 2)
    create(node, *map(str, range(7)))
    assert sorted(name for _, name in told(node.updates())) == sorted(map(str, range(7)))


def test_a_person_who_was_forgotten_is_told_without_data(node):
    [ann] = create(node, "Ann")
    with Session(node) as session:
        session.forget(session.get(Customer, ann))
        session.commit()
    [update] = node.updates()
    assert (update.change, update.id, update.document) == ("DELETE", ann, {"id": ann})


def test_the_updates_of_a_quiet_node_cost_two_requests(node, sandbox):
    create(node, "1")
    updates = node.updates()
    list(updates)
    sandbox.clear_requests()
    list(node.updates(since=updates.offset))
    assert len(sandbox.requests) == 2


def test_the_sandbox_keeps_updates_for_less_than_an_iterator_trusts(node):
    assert stream.RETENTION > 3600 * 1000
