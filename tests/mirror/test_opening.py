"""Opening a mirror's file, and reading it with SQL."""

from __future__ import annotations

import sqlite3
import stat

import pytest

from contacthub_orm import Attr, Customer, Embedded, Event, MirrorError, Properties, Session, attr, embedded
from contacthub_orm.mirror import Mirror


class Points(Properties):
    points: Attr[int | None] = attr(default=None)
    POINTS: Attr[int | None] = attr(default=None)


class Member(Customer):
    extended: Embedded[Points] = embedded(default=None)


def test_a_mirror_of_another_node_is_refused(node, sandbox, mirror, path):
    other = node.workspace.get_node(sandbox.nodes["Shops"])
    with pytest.raises(MirrorError, match="is a mirror of .*, not of"):
        Mirror(other, path)


@pytest.mark.parametrize("layout", ["0", "2"])
def test_a_mirror_of_an_older_or_a_newer_layout_is_refused(node, mirror, path, layout):
    with sqlite3.connect(path) as connection:
        connection.execute("update meta set value = ? where key = 'layout'", (layout,))
    with pytest.raises(MirrorError, match=f"has the layout {layout}"):
        Mirror(node, path)


def test_another_programs_file_is_left_as_it_is(node, path):
    with sqlite3.connect(path) as connection:
        connection.execute("create table notes (text)")
    before = path.read_bytes()
    with pytest.raises(MirrorError, match="is not a mirror"):
        Mirror(node, path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("path", [None, 5, "/nowhere/at/all", "/"])
def test_what_is_no_place_for_a_file_is_refused(node, path):
    with pytest.raises(MirrorError):
        Mirror(node, path)


def test_a_damaged_file_is_refused(node, sandbox, path):
    sandbox.seed([{"externalId": str(number)} for number in range(100)])
    with Mirror(node, path) as mirror:
        mirror.pull()
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"x" * (len(content) - 4096))
    with pytest.raises(MirrorError), Mirror(node, path) as mirror:
        mirror.query(Customer).all()


def test_the_owner_alone_can_read_it(mirror, path):
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_closed_mirror_says_so(node, path):
    mirror = Mirror(node, path)
    mirror.close()
    with pytest.raises(MirrorError, match="closed"):
        mirror.query(Customer).all()


def test_a_mirror_killed_while_it_was_made_is_made_anew(node, path):
    path.touch()
    with Mirror(node, path) as mirror:
        assert mirror.query(Customer).count() == 0


def test_views_have_a_column_for_each_declared_value(node, sandbox, path):
    [ann] = sandbox.seed(
        [
            {
                "externalId": "1",
                "base": {"firstName": "Ann", "contacts": {"email": "a@b.it"}},
                "extended": {"points": 5},
            }
        ]
    )
    with Session(node) as session:
        session.add(Event(customerId=ann, type="viewedPage", context="WEB", properties={"title": "t"}))
        session.commit()
    with Mirror(node, path, entities=[Member]) as mirror:
        mirror.pull()
        connection = mirror.connect()
        row = connection.execute(
            "select id, base_firstName, base_contacts_email, extended_points from customers"
        ).fetchone()
        assert row == (ann, "Ann", "a@b.it", 5)
        joined = connection.execute(
            "select c.base_firstName, e.type from events e join customers c on c.id = e.customerId"
        )
        assert joined.fetchall() == [("Ann", "viewedPage")]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("delete from customer_documents")
        connection.close()
    with Mirror(node, path) as mirror:
        connection = mirror.connect()
        assert connection.execute("select extended ->> '$.points' from customers").fetchone() == (5,)
        connection.close()


def test_duckdb_reads_the_views(node, sandbox, path):
    duckdb = pytest.importorskip("duckdb")
    sandbox.seed([{"externalId": "1"}, {"externalId": "2"}])
    with Mirror(node, path) as mirror:
        mirror.pull()
    try:
        found = duckdb.sql(f"select count(*) from sqlite_scan('{path}', 'customers')").fetchone()
    except duckdb.Error as error:
        pytest.skip(f"DuckDB has no extension for SQLite here: {error}")
    assert found == (2,)
