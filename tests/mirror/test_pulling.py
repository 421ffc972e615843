"""`Mirror.pull`, `follow` and `verify`: the file holds what the node holds."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

import pytest

from contacthub_orm import Customer, Event, Session, TransportError
from contacthub_orm.mirror import Mirror
from contacthub_orm.sandbox import Fault
from tests.mirror.states import of_mirror, of_server


def customers(node, *names):
    with Session(node) as session:
        made = [Customer(externalId=name, base={"lastName": name}) for name in names]
        session.add_all(made)
        session.commit()
        return [one.id for one in made]


def event(node, customer):
    with Session(node) as session:
        made = Event(customerId=customer, type="viewedPage", context="WEB", properties={"title": "t"})
        session.add(made)
        session.commit()
        return made.id


def rename(node, identity, name):
    with Session(node) as session:
        session.get(Customer, identity).externalId = name
        session.commit()


def remove(node, identity, *, forget=False):
    with Session(node) as session:
        held = session.get(Customer, identity)
        (session.forget if forget else session.delete)(held)
        session.commit()


def test_the_first_pull_reads_the_node_and_the_next_what_is_new(node, sandbox, mirror, path):
    sandbox.seed([{"externalId": str(number)} for number in range(120)])
    [ann] = customers(node, "Ann")
    seen = event(node, ann)
    first = mirror.pull()
    assert first.scanned
    assert len(of_mirror(path)) == 122
    sandbox.clear_requests()
    rename(node, ann, "Anna")
    sandbox.clear_requests()
    second = mirror.pull()
    assert (second.scanned, second.written) == (False, 1)
    assert {request.path.split("/")[-1] for request in sandbox.requests} == {"updates"}
    known = [("customers", ann), ("events", seen)]
    held = of_mirror(path)
    assert {identity: held[identity] for _, identity in known} == of_server(sandbox, *known)


def test_deletions_arrive_with_the_customers_events(node, mirror, path):
    ann, bob = customers(node, "Ann", "Bob")
    event(node, ann)
    mirror.pull()
    remove(node, ann)
    assert mirror.pull().deleted == 2
    assert list(of_mirror(path)) == [bob]


def test_of_a_forgotten_person_no_byte_is_left(node, mirror, path):
    [ann] = customers(node, "Zwiebelfisch")
    event(node, ann)
    mirror.pull()
    files = [path, path.with_name(path.name + "-wal")]
    assert any(b"Zwiebelfisch" in file.read_bytes() for file in files if file.exists())
    remove(node, ann, forget=True)
    mirror.pull()
    assert not any(b"Zwiebelfisch" in file.read_bytes() for file in files if file.exists())
    assert of_mirror(path) == {}


def test_a_reader_delays_the_overwriting_until_a_later_pull(node, mirror, path):
    [ann] = customers(node, "Zwiebelfisch")
    mirror.pull()
    with mirror.connect() as reader:
        rows = reader.execute("select * from customers union all select * from customers")
        rows.fetchone()
        remove(node, ann, forget=True)
        mirror.connect().close()
        mirror.pull()
        rows.close()
    reader.close()
    mirror.pull()
    files = [path, path.with_name(path.name + "-wal")]
    assert not any(b"Zwiebelfisch" in file.read_bytes() for file in files if file.exists())


def test_the_same_updates_twice_or_out_of_order_change_nothing(node, mirror, path):
    ann, bob = customers(node, "Ann", "Bob")
    seen = event(node, ann)
    begin = node.update_offset(overlap=1000)
    rename(node, ann, "Anna")
    rename(node, ann, "Annabel")
    remove(node, bob)
    [page] = node.updates(since=begin).pages()
    mirror.pull()
    before = of_mirror(path)
    assert set(before) == {ann, seen}
    puller, done = mirror._puller, mirror.pull()
    for updates in (page.updates, page.updates[::-1]):
        puller._take_in(type(page)(updates, page.offset), done)
    assert (done.written, of_mirror(path)) == (0, before)


def test_an_event_that_is_told_after_its_customer_was_deleted_stays_away(node, mirror, path):
    ann, bob = customers(node, "Ann", "Bob")
    begin = node.update_offset(overlap=1000)
    event(node, ann)
    kept = event(node, bob)
    [page] = node.updates(since=begin).pages()
    remove(node, ann, forget=True)
    done = mirror.pull()
    with mirror._store.transaction():
        mirror._store.connection.execute("delete from event_documents")  # as if they had not come yet
        mirror._store.connection.execute("delete from tombstones where kind = 'events'")
    mirror._puller._take_in(page, done)
    assert set(of_mirror(path)) == {bob, kept}


def test_what_the_search_does_not_show_yet_comes_by_the_stream(node, sandbox, clock, mirror, path):
    sandbox.configure(search_delay=30)
    ann, bob = customers(node, "Ann", "Bob")
    clock.advance(31)
    rename(node, ann, "Anna")
    remove(node, bob)
    [cid] = customers(node, "Cid")
    mirror.pull()
    known = [("customers", one) for one in (ann, bob, cid)]
    assert of_mirror(path) == of_server(sandbox, *known)
    assert set(of_mirror(path)) == {ann, cid}


def test_an_expired_offset_leads_to_a_new_scan_that_finds_what_is_gone(node, sandbox, clock, mirror, path):
    ann, bob, cid = customers(node, "Ann", "Bob", "Cid")
    mirror.pull()
    rename(node, ann, "Anna")
    remove(node, bob)
    clock.advance(8 * 24 * 3600)
    [dan] = customers(node, "Dan")
    done = mirror.pull()
    assert done.scanned
    assert of_mirror(path) == of_server(sandbox, *(("customers", one) for one in (ann, bob, cid, dan)))
    assert set(of_mirror(path)) == {ann, cid, dan}
    assert not mirror.pull().scanned


def test_a_scan_that_failed_is_done_again(node, sandbox, mirror, path):
    sandbox.seed([{"externalId": str(number)} for number in range(1200)])
    sandbox.faults = [Fault.garbage(path="/events", nth=range(1, 50))]
    with pytest.raises(TransportError):
        mirror.pull()
    sandbox.clear_faults()
    assert mirror.pull().scanned
    assert len(of_mirror(path)) == 1200


def damage(path, sql):
    with sqlite3.connect(path) as connection:
        connection.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "delete from customer_documents",
        "update customer_documents set version = version - 1, document = '{}'",
        "update customer_documents set version = version + 5, document = '{}'",
    ],
)
def test_verify_repairs_what_differs(node, sandbox, clock, mirror, path, sql):
    ann, bob = customers(node, "Ann", "Bob")
    mirror.pull()
    clock.advance(1000)
    damage(path, sql)
    assert mirror.verify().written == 2
    assert of_mirror(path) == of_server(sandbox, ("customers", ann), ("customers", bob))
    assert mirror.verify().written == 0


def test_verify_removes_what_the_node_has_not(node, clock, mirror, path):
    [ann] = customers(node, "Ann")
    mirror.pull()
    clock.advance(1000)
    damage(
        path,
        "insert into customer_documents select 'x', version, 5, 5, generation, document from customer_documents",
    )
    assert mirror.verify().deleted == 1
    assert list(of_mirror(path)) == [ann]


def test_verify_believes_no_search_and_no_404_of_what_is_young(node, sandbox, clock, mirror, path):
    sandbox.configure(search_delay=30)
    [ann] = customers(node, "Ann")
    seen = event(node, ann)
    mirror.pull()
    assert set(of_mirror(path)) == {ann, seen}
    assert mirror.verify().deleted == 0
    assert set(of_mirror(path)) == {ann, seen}
    clock.advance(31)
    assert set(of_mirror(path)) == set(of_server(sandbox, ("customers", ann), ("events", seen)))


def test_an_event_in_doubt_is_asked_for_again(node, sandbox, clock, mirror, path):
    sandbox.configure(search_delay=30)
    [ann] = customers(node, "Ann")
    clock.advance(40)
    seen = event(node, ann)
    mirror.pull()
    damage(
        path,
        "insert into event_documents select 'x', version, updated, date, 'y', generation, document from event_documents",
    )
    assert mirror.verify().deleted == 0
    assert set(of_mirror(path)) == {ann, seen, "x"}
    mirror.pull()
    assert set(of_mirror(path)) == {ann, seen, "x"}
    clock.advance(121)
    assert mirror.pull().deleted == 1
    assert set(of_mirror(path)) == {ann, seen}


def test_ids_of_the_deleted_are_forgotten_after_a_day(node, clock, mirror, path):
    [ann] = customers(node, "Ann")
    mirror.pull()
    remove(node, ann, forget=True)
    mirror.pull()
    assert ann.encode() in path.read_bytes() + path.with_name(path.name + "-wal").read_bytes()
    clock.advance(timedelta(days=1, seconds=1).total_seconds())
    customers(node, "Bob")
    mirror.pull()
    mirror._store.connection.execute("pragma wal_checkpoint(truncate)")
    assert ann.encode() not in path.read_bytes()


def test_follow_goes_on_until_it_is_stopped(node, clock, mirror, path):
    slept, made = clock.sleep, []

    def sleep(seconds):
        slept(seconds)
        if clock.monotonic() > 3 and not made:
            made.extend(customers(node, "Ann"))
        if clock.monotonic() > 20:
            mirror.stop()

    clock.sleep = sleep
    counts = [done.written for done in mirror.follow(poll=5)]
    assert counts[-1] == 1
    assert len(of_mirror(path)) == 1


def test_stop_ends_a_scan_and_the_next_pull_does_it_again(node, sandbox, mirror, path):
    sandbox.seed([{"externalId": str(number)} for number in range(2500)])
    assert list(mirror.follow(progress=lambda done: mirror.stop())) == []
    assert 0 < len(of_mirror(path)) < 2500
    assert mirror.pull().scanned
    assert len(of_mirror(path)) == 2500


def test_stop_before_the_first_step_is_not_lost(node, mirror):
    following = mirror.follow(poll=1000)
    mirror.stop()
    assert len(list(following)) <= 1


def test_two_mirrors_of_one_file_do_not_harm_each_other(node, mirror, path):
    ann, bob = customers(node, "Ann", "Bob")
    mirror.pull()
    with Mirror(node, path) as other:
        rename(node, ann, "Anna")
        other.pull()
        remove(node, bob)
        mirror.pull()
        other.pull()
    assert [one["externalId"] for one in of_mirror(path).values()] == ["Anna"]


def test_progress_is_told(node, mirror):
    customers(node, "Ann")
    told = []
    mirror.pull(progress=lambda done: told.append(done.read))
    assert told[-1] >= 1


def test_only_the_nodes_own_customers_are_held(node, sandbox, mirror, path):
    customers(node.workspace.get_node(sandbox.nodes["Shops"]), "Ann")
    [bob] = customers(node, "Bob")
    mirror.pull()
    customers(node.workspace.get_node(sandbox.nodes["Shops"]), "Cid")
    mirror.pull()
    assert list(of_mirror(path)) == [bob]
