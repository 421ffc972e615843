"""`load_only`: what was not asked for loads on touch; partial and full rows of one customer."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm import Customer, InvalidRequestError, Session, ValidationError, inspect, load_only
from contacthub_orm.orm.wire.documents import apply_patch
from contacthub_orm.orm.wire.partial import lacks_path, overlaid, pruned
from tests.orm.query.partial_loads import partial, reads, sent, stored
from tests.support.world import World

# -- what is asked for ------------------------------------------------------------------------------------------------


def test_only_the_chosen_paths_are_asked_for_and_what_the_session_needs(session: Session) -> None:
    query = session.query(Customer).options(load_only("base.firstName", Customer.externalId))

    assert query.compile()["fields"] == "id,version,updatedAt,registeredAt,base.firstName,externalId"


def test_what_rows_are_sorted_or_filtered_by_here_is_asked_for_too(session: Session) -> None:
    query = session.query(Customer).options(load_only("base.firstName"))
    query = query.order_by(Customer.extra, Customer.externalId).filter_locally(Customer.base.lastName != "x")

    assert query.compile()["fields"].endswith("base.firstName,base.lastName,extra,externalId")


def test_several_options_are_one(session: Session) -> None:
    query = session.query(Customer).options(load_only("extra")).options(load_only("externalId"))

    assert query.compile()["fields"].endswith("extra,externalId")


def test_a_chosen_path_costs_no_further_request(session: Session, world: World) -> None:
    customer = partial(session, "base.firstName", Customer.externalId, Customer.base.address)
    sent(world)

    assert (customer.externalId, customer.base.firstName) == ("1", "Ada")
    assert customer.base.address.city == "London"
    assert not sent(world)


def test_a_partial_load_shows_what_was_loaded(session: Session) -> None:
    document = partial(session, "base.firstName").to_dict()

    assert document["base"] == {"firstName": "Ada"}
    assert "externalId" not in document


# -- what may not be changed ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [None, "elsewhere"])
@pytest.mark.parametrize("paths", [("externalId",), ("externalId", "nodeId"), ()])
def test_a_partial_load_refuses_what_a_whole_one_refuses(
    session: Session, world: World, paths: tuple[str, ...], value: str | None
) -> None:
    customer = partial(session, *paths) if paths else session.query(Customer).one()
    customer.nodeId = value
    sent(world)

    for refused in (session.plan, session.flush):
        with pytest.raises(ValidationError, match="Customer.nodeId: is set when the entity is created"):
            refused()
    assert not sent(world)


# -- touching the rest ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (lambda one: one.externalId, "1"),
        (lambda one: one.base.lastName, "Lovelace"),
        (lambda one: one.base.contacts.phone, "1"),
        (lambda one: one.tags.manual, ["vip", "old"]),
        (lambda one: one.extended.points, 7),
        (lambda one: one.extended["shop"].town, "Bath"),
        (lambda one: "lastName" in one.base, True),
        (lambda one: [element.id for element in one.base.educations], ["e1"]),
        (lambda one: [element.id for element in one.educations], ["e1"]),
        (lambda one: (Customer.externalId == "1").matches(one), True),
        (lambda one: bool(one.base.address), True),
    ],
)
def test_another_attribute_loads_the_rest_with_one_request(
    session: Session, world: World, read: Any, value: Any
) -> None:
    customer = partial(session)
    sent(world)

    assert read(customer) == value
    assert customer.extra == "note"
    assert reads(world) == 1


def test_loading_the_rest_keeps_edits(session: Session, world: World) -> None:
    customer = partial(session)
    customer.base.firstName = "Augusta"
    customer.externalId = "2"

    assert customer.base.lastName == "Lovelace"
    assert (customer.base.firstName, customer.externalId) == ("Augusta", "2")
    sent(world)
    session.commit()
    assert sent(world) == [("PATCH", {"externalId": "2", "base": {"firstName": "Augusta"}})]


def test_loading_the_rest_keeps_a_none_written_before(session: Session, world: World, identity: str) -> None:
    customer = partial(session)
    customer.externalId = None
    customer.base.lastName = None

    assert customer.extra == "note"
    assert (customer.externalId, customer.base.lastName) == (None, None)
    session.commit()
    assert stored(world, identity)["externalId"] is None
    assert stored(world, identity)["base"]["lastName"] is None


def test_a_customer_without_the_object_asked_into_may_still_have_others(world: World) -> None:
    world.sandbox.seed([{"externalId": "9", "base": {"lastName": "Babbage"}}])
    with Session(world.node()) as session:
        query = session.query(Customer).filter(Customer.externalId == "9")
        customer = query.options(load_only("base.contacts.email")).one()

        assert customer.base.contacts.email is None
        assert customer.base.lastName == "Babbage"


def test_a_path_into_a_list_is_not_taken_for_the_list(world: World) -> None:
    world.sandbox.seed([{"externalId": "9", "extended": {"cars": [{"plate": "A", "colour": "red"}]}}])
    with Session(world.node()) as session:
        query = session.query(Customer).filter(Customer.externalId == "9")
        customer = query.options(load_only("extended.cars.plate")).one()

        assert customer.extended.cars[0]["colour"] == "red"


@pytest.mark.parametrize("answer", [{}, {"base": None}, {"base": {}}, {"base": {"contacts": None}}])
def test_an_object_that_an_answer_leaves_out_may_hold_other_paths(answer: dict[str, Any]) -> None:
    taken = pruned(answer, [("base", "contacts", "email")])

    assert taken == {"base": {"contacts": {"email": None}}}
    assert not lacks_path(taken, ("base", "contacts", "email"))
    assert lacks_path(taken, ("base", "contacts", "phone"))
    assert lacks_path(taken, ("base", "lastName"))


def test_a_list_whose_elements_an_answer_may_have_cut_is_not_taken() -> None:
    taken = pruned({"extended": {"cars": [{"plate": "A"}]}}, [("extended", "cars", "plate")])

    assert lacks_path(taken, ("extended", "cars"))


def test_of_an_object_that_is_known_to_be_missing_nothing_is_left_to_load() -> None:
    merged = overlaid({"id": "1", "base": None}, pruned({}, [("base", "firstName")]))

    assert not lacks_path(merged, ("base", "lastName"))


def test_a_patch_merged_into_what_was_loaded_leaves_the_rest_to_load() -> None:
    merged = apply_patch(pruned({"extra": "note"}, [("extra",)]), {"extra": "new"})

    assert not lacks_path(merged, ("extra",))
    assert lacks_path(merged, ("externalId",))


# -- partial and full rows of one customer ----------------------------------------------------------------------------


def changed_by_another(world: World, identity: str, **values: Any) -> None:
    with Session(world.node()) as other:
        one = other.get(Customer, identity)
        assert one is not None
        one.base.firstName = "Augusta"
        one.base.lastName = "King"
        other.commit()
    world.clock.advance(120)


def test_a_partial_row_takes_only_its_paths_into_a_full_entity(
    session: Session, world: World, identity: str
) -> None:
    customer = session.get(Customer, identity)
    assert customer is not None
    changed_by_another(world, identity)

    assert partial(session) is customer
    sent(world)
    assert (customer.base.firstName, customer.base.lastName) == ("Augusta", "Lovelace")
    assert customer.externalId == "1"
    assert not sent(world)


def test_a_partial_row_keeps_edits(session: Session, world: World, identity: str) -> None:
    customer = session.get(Customer, identity)
    assert customer is not None
    customer.base.firstName = "Mine"
    changed_by_another(world, identity)

    partial(session)

    assert customer.base.firstName == "Mine"
    assert inspect(customer).history("base.firstName").old == "Augusta"


def test_a_full_row_completes_a_partial_entity(session: Session, world: World) -> None:
    customer = partial(session)

    assert session.query(Customer).one() is customer
    sent(world)
    assert (customer.externalId, customer.base.lastName) == ("1", "Lovelace")
    assert not sent(world)


def test_two_partial_rows_add_up(session: Session, world: World) -> None:
    customer = partial(session, "base.firstName")
    partial(session, "base.lastName", "extra")
    sent(world)

    assert (customer.base.firstName, customer.base.lastName, customer.extra) == ("Ada", "Lovelace", "note")
    assert not sent(world)


def test_a_detached_partial_entity_says_why_it_cannot_load(session: Session) -> None:
    customer = partial(session)
    session.expunge(customer)

    assert customer.base.firstName == "Ada"
    with pytest.raises(
        InvalidRequestError, match="was loaded in part, and no session holds it to load the rest"
    ):
        customer.externalId  # noqa: B018


def test_a_partial_row_that_is_not_tracked_says_so_too(session: Session) -> None:
    customer = session.query(Customer).options(load_only("extra")).no_tracking().one()

    assert customer.extra == "note"
    with pytest.raises(InvalidRequestError, match="loaded in part"):
        customer.base.lastName  # noqa: B018


def test_rows_are_filtered_here_by_paths_that_were_not_chosen(session: Session) -> None:
    query = session.query(Customer).options(load_only("extra"))

    assert query.filter_locally(Customer.base.lastName == "Lovelace").count() == 1


def test_a_query_in_memory_loads_what_it_asks_for(session: Session, world: World) -> None:
    customer = partial(session)
    sent(world)

    assert session.query(Customer).filter(Customer.extra == "note").run_on([customer]) == [customer]
    assert reads(world) == 1
