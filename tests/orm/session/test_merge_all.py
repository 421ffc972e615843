"""Upserts by a natural key, one and many at a time: what is found, what is refused, and how often the service is asked."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from contacthub_orm import (
    Customer,
    InvalidRequestError,
    MultipleResultsFound,
    Session,
    Tags,
    ValidationError,
    inspect,
    load_only,
)
from tests.support.server import Server
from tests.support.world import World, customer, get, seed

EMAIL = "base.contacts.email"


@pytest.fixture
def server(world: World) -> Server:
    return Server(world.sandbox)


@pytest.fixture
def lagging(world: World) -> Iterator[World]:
    """A world whose search shows nothing that is younger than 45 seconds."""
    world.clock.advance(120)
    world.sandbox.configure(search_delay=45)
    yield world
    world.sandbox.configure(search_delay=0)


@pytest.fixture
def sensitive(world: World) -> Iterator[World]:
    """A world whose node tells customers apart by the case of their e-mails."""
    world.sandbox.configure(case_sensitive=True)
    yield world
    world.sandbox.configure(case_sensitive=False)


def row(email: str | None, **values: Any) -> Customer:
    return Customer(base={"contacts": {"email": email}}, **values)


def named(first: str, last: str, **values: Any) -> Customer:
    return Customer(base={"firstName": first, "lastName": last}, **values)


def reads(world: World) -> list[str]:
    """The last part of the path of every GET since the last time that this was asked."""
    found = [one.path.rpartition("/")[2] for one in world.sandbox.requests if one.method == "GET"]
    world.sandbox.clear_requests()
    return found


def let_go(session: Session) -> None:
    """Make the session hold nothing that the test does not: the next commit drops the report of the last one."""
    session.commit()
    gc.collect()
    assert list(session._context) == []


def extras(server: Server) -> list[str | None]:
    return [one.get("extra") for one in server.customers()]


# -- what a key may be ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "key", [EMAIL, Customer.base.contacts.email, (EMAIL,), ["base.contacts.email", "externalId"]]
)
def test_a_nested_property_finds_the_customer_of_the_service(world: World, server: Server, key: Any) -> None:
    (identity,) = seed(world, "ada")
    with Session(world.node()) as session:
        found = session.merge(row("ada@example.com", externalId="ada", extra="merged"), key=key)
        assert found.id == identity
        session.commit()
    assert extras(server) == ["merged"]


def test_all_properties_of_a_key_must_be_equal(world: World, server: Server) -> None:
    world.sandbox.seed(
        [{"base": {"firstName": first, "lastName": "Wayne"}} for first in ("Thomas", "Martha")]
    )
    rows = [
        named("Martha", "Wayne", extra="1"),
        named("Martha", "Kent", extra="2"),
        named("Thomas", "Wayne", extra="3"),
    ]
    with Session(world.node()) as session:
        merged = session.merge_all(rows, key=("base.firstName", "base.lastName"))
        assert [one is given for one, given in zip(merged, rows, strict=True)] == [False, True, False]
        session.commit()
    stored = {(one["base"]["firstName"], one["base"]["lastName"]): one["extra"] for one in server.customers()}
    assert stored == {("Martha", "Wayne"): "1", ("Martha", "Kent"): "2", ("Thomas", "Wayne"): "3"}


@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("base.contacts.mail", "declares no attribute 'mail'"),
        ("base.contacts", "not a single value"),
        ("tags.manual", "not a single value"),
        ("base.firstName.x", "has no attributes"),
        ("", "expected a path"),
        (7, "expected a path"),
        ((), "names no property"),
    ],
)
def test_a_key_that_names_no_single_value_is_refused_before_any_request(
    world: World, key: Any, message: str
) -> None:
    with Session(world.node()) as session, pytest.raises(InvalidRequestError, match=message):
        session.merge(row("ada@example.com"), key=key)
    assert world.sandbox.requests == []


# -- case -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stored", "given"), [("ada@x.com", "ADA@X.com"), ("Ada@x.com", "aDA@x.com"), ("ADA@X.COM", "ada@x.com")]
)
def test_case_does_not_count_where_the_node_ignores_it(
    world: World, server: Server, stored: str, given: str
) -> None:
    world.sandbox.seed([{"base": {"contacts": {"email": stored}}}])
    with Session(world.node()) as session:
        session.merge_all([row(given, extra="merged")], key=EMAIL)
        session.commit()
    assert extras(server) == ["merged"]


def test_a_spelling_that_the_search_does_not_find_is_merged_by_the_node(world: World, server: Server) -> None:
    world.sandbox.seed([{"base": {"contacts": {"email": "aDa@x.com"}}}])
    with Session(world.node()) as session:
        given = row("ada@x.com", extra="merged")
        assert session.merge(given, key=EMAIL) is given
        session.commit()
    assert extras(server) == ["merged"]


def test_case_counts_where_the_node_says_so(sensitive: World, server: Server) -> None:
    sensitive.sandbox.seed([{"base": {"contacts": {"email": "ada@x.com"}}, "extra": "lower"}])
    with Session(sensitive.node(matching=None)) as session:
        session.merge_all([row("ADA@X.COM", extra="upper")], key=EMAIL)
        session.commit()
    assert sorted(map(str, extras(server))) == ["lower", "upper"]


def test_case_counts_in_a_property_that_the_node_does_not_match_on(world: World) -> None:
    seed(world, "ada")
    with Session(world.node()) as session:
        held = session.query(Customer).one()
        assert session.merge(Customer(externalId="ADA"), key="externalId") is not held


def test_rows_that_differ_in_case_are_one_customer_where_the_node_ignores_it(
    world: World, server: Server
) -> None:
    with Session(world.node()) as session:
        first, second = session.merge_all(
            [row("ada@x.com", extra="1"), row("Ada@X.com", extra="2")], key=EMAIL
        )
        assert first is second
        session.commit()
    assert extras(server) == ["2"]


# -- many rows --------------------------------------------------------------------------------------------------------


def test_a_thousand_rows_take_one_search_for_fifty_of_them(world: World, server: Server) -> None:
    seed(world, *(f"c{number}" for number in range(0, 1000, 2)))
    world.sandbox.clear_requests()
    rows = [row(f"c{number}@example.com", extra=str(number)) for number in range(1000)]
    with Session(world.node()) as session:
        merged = session.merge_all(rows, key=EMAIL)
        assert reads(world) == ["customers"] * 20
        assert [one.base.contacts.email for one in merged] == [
            f"c{number}@example.com" for number in range(1000)
        ]
        assert [len(session.new), len(session.dirty)] == [500, 500]
        assert session.merge_all(merged, key=EMAIL) == merged
        again = session.merge_all([row(f"c{number}@example.com") for number in range(1000)], key=EMAIL)
        assert all(one is other for one, other in zip(again, merged, strict=True))
        assert reads(world) == []


def test_keys_that_are_too_long_for_one_url_are_asked_for_in_smaller_parts(world: World) -> None:
    long = [f"{number:03}" + "é" * 240 for number in range(60)]
    identities = world.sandbox.seed([{"externalId": one} for one in long])
    world.sandbox.clear_requests()
    with Session(world.node()) as session:
        merged = session.merge_all([Customer(externalId=one) for one in long], key="externalId")
        assert [one.id for one in merged] == identities
    assert len(reads(world)) == 3


def test_a_row_may_stand_for_one_that_came_before_it(world: World, server: Server) -> None:
    rows = [row("a@x.com", extra="1", tags=Tags(manual=["one"])), row("b@x.com"), row("a@x.com", extra="2")]
    with Session(world.node()) as session:
        merged = session.merge_all(rows, key=EMAIL)
        assert (merged[0] is merged[2], len(session.new)) == (True, 2)
        session.commit()
    (first,) = (one for one in server.customers() if one["base"]["contacts"]["email"] == "a@x.com")
    assert (first["extra"], first["tags"]["manual"]) == ("2", ["one"])


def test_rows_with_an_id_are_read_by_it(world: World) -> None:
    a, b = seed(world, "a", "b")
    with Session(world.node()) as session:
        theirs = get(session, b)
    world.sandbox.clear_requests()
    with Session(world.node()) as session:
        merged = session.merge_all([theirs, row("a@example.com")], key=EMAIL)
        assert [one.id for one in merged] == [b, a]
        assert reads(world) == [b, "customers"]


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [None, "", "  "])
def test_rows_without_a_key_are_refused_with_their_places_before_any_request(
    world: World, value: str | None
) -> None:
    rows = [row("ada@x.com"), row(value), named("Bob", "Kane")]
    with Session(world.node()) as session:
        with pytest.raises(
            ValidationError, match=r"entities\[1\]\.base\.contacts\.email: a natural key"
        ) as caught:
            session.merge_all(rows, key=EMAIL)
        assert [(one.path, one.entity) for one in caught.value.violations] == [
            (f"entities[{place}].{EMAIL}", rows[place]) for place in (1, 2)
        ]
        assert list(session.new) == []
    assert world.sandbox.requests == []


def test_a_key_of_two_customers_is_an_error_that_names_both(world: World) -> None:
    ids = world.sandbox.seed([{"externalId": "ada"}, {"externalId": "ada"}])
    rows = [Customer(externalId="new"), Customer(externalId="ada", extra="merged")]
    with Session(world.node()) as session:
        with pytest.raises(MultipleResultsFound, match=r"entities\[1\]") as caught:
            session.merge_all(rows, key="externalId")
        assert all(one in str(caught.value) for one in ids)
        assert (list(session.new), list(session.dirty)) == ([], [])
        with pytest.raises(MultipleResultsFound, match=ids[0]):
            session.merge(rows[1], key="externalId")


def test_a_row_that_is_new_in_another_session_is_refused_and_nothing_merged(world: World) -> None:
    with Session(world.node()) as other, Session(world.node()) as session:
        theirs = row("ada@x.com")
        other.add(theirs)
        with pytest.raises(InvalidRequestError, match=r"entities\[1\]: .* belongs to another session"):
            session.merge_all([row("bob@x.com"), theirs], key=EMAIL)
        assert list(session.new) == []


# -- what a search does not show, or shows too late ---------------------------------------------------------------------


def test_what_was_created_lately_and_let_go_of_is_found(lagging: World, server: Server) -> None:
    with Session(lagging.node()) as session:
        for extra in "ab":
            session.merge_all([row(f"{one}@x.com", extra=extra) for one in ("Ada", "bob")], key=EMAIL)
            session.commit()
            let_go(session)
        session.merge(row("ADA@x.com", extra="c"), key=EMAIL)
        session.commit()
    lagging.clock.advance(60)
    assert sorted(map(str, extras(server))) == ["b", "c"]


def test_a_key_that_we_gave_away_lately_is_free_though_the_search_still_shows_it(lagging: World) -> None:
    lagging.sandbox.configure(search_delay=0)
    (identity,) = seed(lagging, "ada")
    lagging.clock.advance(120)
    lagging.sandbox.configure(search_delay=45)
    with Session(lagging.node()) as session:
        get(session, identity).base.contacts.email = "countess@x.com"
        session.commit()
        let_go(session)
        given = row("ada@example.com")
        assert session.merge(given, key=EMAIL) is given
        assert session.merge(row("Countess@x.com"), key=EMAIL).id == identity


def test_a_key_that_another_writer_changed_since_we_wrote_it_is_free(lagging: World, server: Server) -> None:
    with Session(lagging.node()) as session:
        ada = customer("ada")
        session.add(ada)
        session.commit()
        identity = ada.id
        del ada
        let_go(session)
        server.patch(f"customers/{identity}", {"externalId": "theirs"})
        given = Customer(externalId="ada")
        assert session.merge(given, key="externalId") is given


def test_unsaved_changes_of_a_key_count(world: World) -> None:
    (identity,) = seed(world, "ada")
    with Session(world.node()) as session:
        ada = get(session, identity)
        ada.base.contacts.email = "countess@x.com"
        given = row("ada@example.com")
        assert session.merge_all([given, row("countess@x.com")], key=EMAIL) == [given, ada]


@pytest.mark.parametrize("state", ["partial", "expired"])
def test_an_entity_whose_key_is_not_loaded_is_found_by_one_search(world: World, state: str) -> None:
    seed(world, "ada", "bob")
    with Session(world.node()) as session:
        query = session.query(Customer)
        held = (query.options(load_only(Customer.externalId)) if state == "partial" else query).all()
        if state == "expired":
            session.expire_all()
        world.sandbox.clear_requests()
        rows = [row(f"{one.upper()}@example.com", extra="merged") for one in ("ada", "bob")]
        merged = session.merge_all(rows, key=EMAIL)
        assert reads(world) == ["customers"]
        assert set(map(id, merged)) == set(map(id, held))
        assert inspect(merged[0]).changes()["extra"] == "merged"


def test_a_customer_that_is_to_be_deleted_is_no_counterpart(world: World) -> None:
    (identity,) = seed(world, "ada")
    with Session(world.node()) as session:
        session.delete(get(session, identity))
        given = row("ada@example.com")
        assert session.merge_all([given], key=EMAIL) == [given]
