"""`mirror.watch`: what enters, changes and leaves."""

from __future__ import annotations

import pytest

from contacthub_orm import CompileError, Customer, Session
from contacthub_orm.mirror import Mirror
from tests.mirror.test_pulling import customers, remove, rename


def watched(mirror, node, query, *steps):
    """What a watch tells while steps are taken, each during a wait."""
    clock, waiting = node.workspace.transport.clock, list(steps)
    slept = clock.sleep

    def sleep(seconds):
        slept(seconds)
        if len(clock.slept) % 20 == 0:
            (waiting.pop(0) if waiting else mirror.stop)()

    clock.sleep = sleep
    return [(one.kind, one.id, one.entity and one.entity.externalId) for one in mirror.watch(query, poll=1)]


def test_what_enters_changes_and_leaves_is_told(node, mirror):
    ann, bob, cid = customers(node, "a", "x", "x")
    mirror.pull()
    query = mirror.query(Customer).filter(Customer.externalId < "m")
    told = watched(
        mirror,
        node,
        query,
        lambda: rename(node, bob, "b"),
        lambda: rename(node, bob, "c"),
        lambda: rename(node, ann, "z"),
        lambda: rename(node, cid, "y"),
        lambda: remove(node, bob, forget=True),
    )
    assert told == [("enters", bob, "b"), ("changes", bob, "c"), ("leaves", ann, "z"), ("leaves", bob, None)]


def test_what_another_process_pulled_is_told_too(node, mirror, path):
    [ann] = customers(node, "a")
    mirror.pull()

    def by_another():
        rename(node, ann, "b")
        with Mirror(node, path) as other:
            other.pull()

    assert watched(mirror, node, mirror.query(Customer), by_another) == [("changes", ann, "b")]


def test_a_query_with_a_limit_is_not_watched(mirror):
    with pytest.raises(CompileError, match="watch"):
        mirror.watch(mirror.query(Customer).limit(1))


def test_a_session_takes_what_a_watch_gives(node, mirror):
    [ann] = customers(node, "a")
    mirror.pull()
    rename(node, ann, "b")
    [one] = _first(mirror)
    with Session(node) as session:
        session.add(one)
        one.externalId = "c"
        session.commit()


def _first(mirror):
    for sighting in mirror.watch(mirror.query(Customer)):
        mirror.stop()
        yield sighting.entity
