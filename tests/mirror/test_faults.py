"""What may go wrong with a mirror: a full disk, answers that lie, and other processes between any two statements."""

from __future__ import annotations

import json
import sqlite3
import time
from contextlib import closing

import pytest

from contacthub_orm import Customer, MirrorError, TransportError, Workspace
from contacthub_orm.mirror import Mirror, store
from contacthub_orm.sandbox import Fault
from tests.mirror.states import of_mirror, of_server
from tests.mirror.test_pulling import customers, damage, event, remove, rename
from tests.support.disk import no_room_for
from tests.support.lying_proxy import LyingProxy


@pytest.fixture
def changed(sandbox, clock):
    """A function that gives a node whose documents all have other values."""
    with LyingProxy(sandbox.base_url) as proxy:
        forward = proxy.forward

        def node(**values):
            def lie(*request):
                status, headers, content = forward(*request)
                body = json.loads(content)
                shown = [one["entity"]["data"] for one in body.get("updates", ())]
                for document in [*body.get("elements", ()), *shown]:
                    document.update(values)
                return status, headers, json.dumps(body).encode()

            proxy.forward = lie
            workspace = Workspace(sandbox.workspace_id, sandbox.token, base_url=proxy.base_url, clock=clock)
            return workspace.get_node(sandbox.node_id)

        yield node


@pytest.mark.parametrize("values", [{"version": 2**63}, {"id": "\ud800"}, {"customerId": {"a": 1}}], ids=str)
def test_a_value_that_no_row_can_have_is_an_error_of_the_mirror(node, changed, path, values):
    [ann] = customers(node, "Ann")
    event(node, ann)
    with Mirror(changed(**values), path) as mirror, pytest.raises(MirrorError):
        mirror.pull()


def test_a_number_that_no_float_holds_harms_no_query(node, changed, path):
    customers(node, "Ann")
    extended = {"most": float("inf"), "least": float("-inf"), "text": 'Infinity "NaN"'}
    with Mirror(changed(extended=extended), path) as mirror:
        mirror.pull()
        [ann] = mirror.query(Customer).filter(Customer.base.lastName == "Ann")
        assert ann.to_dict()["extended"] == extended
        [row] = mirror.connect().execute("select extended ->> '$.most' from customers")
        assert row == (float("inf"),)


def test_on_a_full_disk_a_pull_fails_and_a_later_one_goes_on(node, sandbox, mirror, path):
    known = [("customers", one) for one in customers(node, *map(str, range(30)))]
    with no_room_for(path):
        for _ in range(2):
            with pytest.raises(MirrorError):
                mirror.pull()
    mirror.pull()
    known += [("customers", one) for one in customers(node, *map(str, range(30, 60)))]
    with no_room_for(path):
        for _ in range(2):
            with pytest.raises(MirrorError):
                mirror.pull()
    assert mirror.pull().written == 30
    assert of_mirror(path) == of_server(sandbox, *known)


def test_a_transaction_that_cannot_be_ended_does_not_stay_open(node, mirror, path):
    """As on a file system without the memory that SQLite's log needs, where a reader is in the way of a write."""
    customers(node, "Ann")
    mirror._store.connection.execute("pragma journal_mode = delete")
    mirror._store.connection.execute("pragma busy_timeout = 10")
    with closing(sqlite3.connect(path)) as reader:
        rows = reader.execute("select * from meta")
        rows.fetchone()
        with pytest.raises(MirrorError, match="locked"):
            mirror.pull()
        rows.close()
    assert mirror.pull().written == 1


def test_a_reader_does_not_hold_up_a_pull_that_has_something_to_overwrite(node, mirror, monkeypatch):
    [ann] = customers(node, "Ann")
    mirror.pull()
    remove(node, ann, forget=True)
    monkeypatch.setattr(store, "_PATIENCE", 0.01)
    with closing(mirror.connect()) as reader:
        rows = reader.execute("select * from customers union all select * from customers")
        rows.fetchone()
        began = time.monotonic()
        mirror.pull()
        rows.close()
    assert time.monotonic() - began < 20  # of the 30 seconds that a write waits for another
    assert mirror._store.rows("pragma busy_timeout") == [(30_000,)]


def test_offsets_that_expire_again_and_again_end_no_following(node, clock, mirror, path):
    slept, days, known = clock.sleep, [], []

    def sleep(seconds):
        slept(seconds)
        if len(days) == 5:
            mirror.stop()
            return
        days.append(1)
        known.extend(customers(node, f"a{len(days)}", f"b{len(days)}"))
        clock.advance(8 * 24 * 3600)
        known.extend(customers(node, f"c{len(days)}"))

    clock.sleep = sleep
    list(mirror.follow(poll=5))
    assert set(of_mirror(path)) == set(known)


def test_an_event_in_doubt_is_asked_for_again_by_the_following_that_doubts_it(
    node, sandbox, clock, mirror, path
):
    sandbox.configure(search_delay=30)
    [ann] = customers(node, "Ann")
    seen = event(node, ann)
    mirror.pull()
    clock.advance(40)
    damage(
        path,
        f"insert into event_documents select 'x', version, updated + 40000000, date, 'y', generation, document "
        f"from event_documents where id = '{seen}'",
    )
    mirror.verify()
    assert "x" in of_mirror(path)
    slept, made = clock.sleep, []

    def sleep(seconds):
        slept(max(seconds, 130))
        if made:
            mirror.stop()
        else:
            made.extend(customers(node, "Bob"))

    clock.sleep = sleep
    held = [set(of_mirror(path)) for _ in mirror.follow(poll=5)]
    assert held[-1] == {ann, seen, *made}


def test_a_scan_does_not_answer_for_one_that_another_process_began_later(node, sandbox, clock, path):
    ann, bob = customers(node, "Ann", "Bob")
    steps = []

    def meanwhile(_):
        if steps:
            return
        steps.append("another process begins a scan, and dies")
        rename(node, ann, "Anna")
        rename(node, bob, "Bobby")
        clock.advance(8 * 24 * 3600)
        customers(node, "Cid")
        with Mirror(node, path) as other:
            other._store.connection.execute("update meta set value = 'done' where key = 'scan'")
            sandbox.faults = [Fault.garbage(path="/customers", nth=range(1, 50))]
            with pytest.raises(TransportError):
                other.pull()
            sandbox.clear_faults()

    with Mirror(node, path) as mirror:
        mirror.pull(progress=meanwhile)
    held = {one["externalId"] for one in of_mirror(path).values()}
    assert held == {"Anna", "Bobby", "Cid"}


def test_what_another_process_deleted_during_the_overwriting_is_overwritten_too(node, mirror, path):
    ann, bob = customers(node, "Ann", "Zwiebelfisch")
    mirror.pull()
    steps = []

    def meanwhile(statement):
        if statement.startswith("pragma wal_checkpoint"):
            steps.append("overwriting")
        elif steps == ["overwriting"]:
            steps.append("another process deletes, and dies")
            remove(node, bob, forget=True)
            with Mirror(node, path) as other:
                other._store.scrub = lambda: None
                other.pull()

    remove(node, ann)
    mirror._store.connection.set_trace_callback(meanwhile)
    mirror.pull()
    mirror.pull()
    files = [path, path.with_name(path.name + "-wal")]
    assert not any(b"Zwiebelfisch" in file.read_bytes() for file in files if file.exists())


def test_a_watch_sees_one_state_of_the_file_whatever_another_process_writes(node, mirror, path):
    [ann] = customers(node, "Ann")
    query = mirror.query(Customer)
    mirror.pull()
    told, steps = [], []

    def meanwhile(statement):
        if statement.startswith("select id from tombstones") and not steps:
            steps.append("another process pulls")
            remove(node, ann)
            with Mirror(node, path) as other:
                other.pull()

    rename(node, ann, "Anna")
    mirror._store.connection.set_trace_callback(meanwhile)
    for sighting in mirror.watch(query):
        told.append((sighting.kind, sighting.entity and sighting.entity.externalId))
        if sighting.kind == "leaves":
            mirror.stop()
    assert told == [("changes", "Anna"), ("leaves", None)]
