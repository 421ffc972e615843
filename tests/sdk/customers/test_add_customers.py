"""The manual's chapter "Create and add a new customer": by the node, by the object, and what both are made of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import requests

from contacthub_orm import APIError, Customer, InvalidRequestError, Properties, ValidationError
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server


def filled(value: Any) -> Any:
    """A document without what is null or empty in it."""
    if isinstance(value, dict):
        kept = {key: filled(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item not in (None, [], {})}
    return [filled(item) for item in value] if isinstance(value, list) else value


def only(server: Server) -> dict[str, Any]:
    """The one customer of the node, as far as it is filled."""
    [stored] = server.customers()
    document: dict[str, Any] = filled(stored)
    return document


def body(sandbox: Sandbox) -> Any:
    """The body of the one request there was, which was a POST of a customer."""
    [request] = sandbox.requests
    assert (request.method, request.path.rsplit("/", 1)[1]) == ("POST", "customers")
    return request.body


# -- by the node ------------------------------------------------------------------------------------------------------


def test_a_dictionary_is_the_structure_of_the_new_customer(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    node = contacthub_sandbox.node
    customer_structure: dict[str, Any] = {
        "externalId": "01",
        "extra": "extra",
        "base": {
            "timezone": "Europe/Rome",
            "firstName": "Bruce",
            "lastName": "Wayne",
            "contacts": {"email": "email@email.com"},
        },
    }

    my_customer = node.add_customer(**customer_structure)

    stored = server.get(f"customers/{my_customer.id}")
    assert my_customer.to_dict() == stored
    assert {key: filled(stored[key]) for key in customer_structure} == customer_structure


def test_adding_a_customer_sends_what_was_given_and_the_node_once(contacthub_sandbox: Sandbox) -> None:
    structure: dict[str, Any] = {"externalId": "01", "base": {"contacts": {"email": "email@email.com"}}}

    contacthub_sandbox.node.add_customer(**structure)

    assert body(contacthub_sandbox) == structure | {"nodeId": contacthub_sandbox.node_id}


def test_adding_a_customer_leaves_the_dictionary_as_it_is(contacthub_sandbox: Sandbox) -> None:
    structure: dict[str, Any] = {"externalId": "01", "base": {"contacts": {"email": "email@email.com"}}}

    my_customer = contacthub_sandbox.node.add_customer(**structure)
    my_customer.base.contacts.email = "another@email.com"

    assert structure == {"externalId": "01", "base": {"contacts": {"email": "email@email.com"}}}


def test_a_customer_object_as_a_dictionary_is_the_structure_of_the_new_customer(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    node = contacthub_sandbox.node

    post_customer = Customer(node=node)
    post_customer.base.firstName = "Bruce"
    post_customer.base.lastName = "Wayne"
    post_customer.base.contacts.email = "email@example.com"
    post_customer.extra = "extra"
    post_customer.extended.my_string = "my new extended property string"
    post_customer.consents = {  # type: ignore[assignment]
        "marketing": {"automatic": {"email": {"status": True, "limitation": False, "objection": False}}}
    }

    new_customer = node.add_customer(**post_customer.to_dict())

    stored = server.get(f"customers/{new_customer.id}")
    assert new_customer.to_dict() == stored
    assert filled(stored["base"]) == {
        "firstName": "Bruce",
        "lastName": "Wayne",
        "contacts": {"email": "email@example.com"},
    }
    assert stored["extra"] == "extra"
    assert stored["extended"] == {"my_string": "my new extended property string"}
    assert filled(stored["consents"]) == {
        "marketing": {"automatic": {"email": {"status": True, "limitation": False, "objection": False}}}
    }


def test_the_object_that_was_made_a_dictionary_stays_a_new_one(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    node = contacthub_sandbox.node
    post_customer = Customer(node=node)
    post_customer.externalId = "01"

    new_customer = node.add_customer(**post_customer.to_dict())

    assert new_customer is not post_customer
    assert post_customer.id is None
    assert [one["id"] for one in server.customers()] == [new_customer.id]


def test_consents_are_read_from_the_new_customer_by_name(contacthub_sandbox: Sandbox, server: Server) -> None:
    node = contacthub_sandbox.node

    new_customer = node.add_customer(externalId="01", consents={"softSpam": {"email": {"status": True}}})

    assert new_customer.consents.softSpam.email.status is True
    assert only(server)["consents"] == {"softSpam": {"email": {"status": True}}}


def test_what_only_the_service_sets_is_left_out(contacthub_sandbox: Sandbox, server: Server) -> None:
    node = contacthub_sandbox.node

    my_customer = node.add_customer(
        id="mine",
        intId=7,
        registeredAt="2001-01-01T00:00:00.000+0000",
        updatedAt="2001-01-01T00:00:00.000+0000",
        version=9,
        deleted=1,
        sourceInfo={"registeredBy": "me"},
        externalId="01",
        enabled=False,
    )

    assert body(contacthub_sandbox) == {
        "nodeId": contacthub_sandbox.node_id,
        "externalId": "01",
        "enabled": False,
    }
    stored = only(server)
    assert (stored["id"], stored["version"], stored["enabled"]) == (my_customer.id, 1, False)
    assert stored["id"] != "mine"


def test_a_customer_that_was_loaded_is_the_structure_of_another(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    node = contacthub_sandbox.node
    [identity] = contacthub_sandbox.seed(
        [{"base": {"firstName": "Bruce", "contacts": {"email": "a@b.it"}}, "tags": {"manual": ["vip"]}}]
    )
    structure = node.get_customer(id=identity).to_dict()
    structure["base"]["contacts"]["email"] = "another@b.it"

    twin = node.add_customer(**structure)

    stored = server.get(f"customers/{twin.id}")
    assert twin.id != identity
    assert filled(stored["base"]) == {"firstName": "Bruce", "contacts": {"email": "another@b.it"}}
    assert filled(stored["tags"]) == {"manual": ["vip"]}
    assert server.get(f"customers/{identity}")["base"]["contacts"]["email"] == "a@b.it"


# -- the template of a new customer -----------------------------------------------------------------------------------


def test_a_new_customer_starts_with_the_template_of_the_manual(contacthub_sandbox: Sandbox) -> None:
    customer = Customer(node=contacthub_sandbox.node)

    assert customer.to_dict() == {
        "base": {"contacts": {}},
        "extended": {},
        "consents": {},
        "tags": {"manual": [], "auto": []},
    }


def test_what_is_empty_in_the_template_is_not_sent(contacthub_sandbox: Sandbox) -> None:
    customer = Customer(node=contacthub_sandbox.node)
    customer.externalId = "01"

    customer.post()

    assert body(contacthub_sandbox) == {"nodeId": contacthub_sandbox.node_id, "externalId": "01"}


def test_two_new_customers_share_nothing_of_the_template(contacthub_sandbox: Sandbox) -> None:
    first, second = Customer(node=contacthub_sandbox.node), Customer(node=contacthub_sandbox.node)

    first.base.contacts.email = "first@example.com"
    first.tags.manual.append("vip")

    assert second.to_dict() == Customer(node=contacthub_sandbox.node).to_dict()
    assert second.base.contacts.email is None


def test_simple_attributes_of_the_template_are_set_directly(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    customer = Customer(node=contacthub_sandbox.node)

    customer.externalId = "01"
    customer.base.firstName = "Bruce"
    customer.base.contacts.phone = "555"
    customer.extended.points = 3
    customer.tags.manual += ["vip"]
    customer.post()

    stored = only(server)
    assert stored["externalId"] == "01"
    assert stored["base"] == {"firstName": "Bruce", "contacts": {"phone": "555"}}
    assert stored["extended"] == {"points": 3}
    assert stored["tags"] == {"manual": ["vip"]}


def test_default_attributes_replace_the_template(contacthub_sandbox: Sandbox) -> None:
    node = contacthub_sandbox.node

    c = Customer(node=node, default_attributes={"base": {}})

    assert c.to_dict() == {"base": {}}


def test_with_default_attributes_base_is_set_directly(contacthub_sandbox: Sandbox, server: Server) -> None:
    c = Customer(node=contacthub_sandbox.node, default_attributes={"base": {}})

    c.base.firstName = "Bruce"
    c.post()

    assert only(server)["base"] == {"firstName": "Bruce"}


def test_values_of_default_attributes_are_stored(contacthub_sandbox: Sandbox, server: Server) -> None:
    defaults = {
        "base": {"contacts": {"fax": "0"}},
        "extended": {"origin": "shop"},
        "tags": {"manual": ["new"]},
    }
    c = Customer(node=contacthub_sandbox.node, default_attributes=defaults)

    c.base.contacts.email = "bruce@wayne.com"
    c.post()

    stored = only(server)
    assert stored["base"] == {"contacts": {"fax": "0", "email": "bruce@wayne.com"}}
    assert (stored["extended"], stored["tags"]) == ({"origin": "shop"}, {"manual": ["new"]})


def test_default_attributes_are_not_changed_by_the_customer_made_of_them(contacthub_sandbox: Sandbox) -> None:
    defaults: dict[str, Any] = {"base": {"contacts": {}}, "tags": {"manual": []}}
    c = Customer(node=contacthub_sandbox.node, default_attributes=defaults)

    c.base.contacts.email = "bruce@wayne.com"
    c.tags.manual.append("vip")

    assert defaults == {"base": {"contacts": {}}, "tags": {"manual": []}}


def test_what_default_attributes_leave_out_is_defined_by_hand(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    c = Customer(node=contacthub_sandbox.node, default_attributes={"base": {}})

    c.base.contacts = Properties(email="bruce@wayne.com")  # type: ignore[assignment]
    c.extended = Properties(my_string="string")
    c.post()

    stored = only(server)
    assert stored["base"] == {"contacts": {"email": "bruce@wayne.com"}}
    assert stored["extended"] == {"my_string": "string"}


# -- the Properties class ---------------------------------------------------------------------------------------------


def test_properties_declare_contacts_and_address(contacthub_sandbox: Sandbox, server: Server) -> None:
    node = contacthub_sandbox.node

    my_customer = Customer(node=node)
    my_customer.base.contacts = Properties(  # type: ignore[assignment]
        email="bruce.wayne@darkknight.it",
        fax="fax",
        otherContacts=[Properties(value="123", name="phone", type="MOBILE")],
    )
    my_customer.base.address = Properties(  # type: ignore[assignment]
        city="city", province="province", geo=Properties(lat=40, lon=100)
    )

    my_customer.post()

    assert only(server)["base"] == {
        "contacts": {
            "email": "bruce.wayne@darkknight.it",
            "fax": "fax",
            "otherContacts": [{"value": "123", "name": "phone", "type": "MOBILE"}],
        },
        "address": {"city": "city", "province": "province", "geo": {"lat": 40, "lon": 100}},
    }


def test_properties_that_were_posted_are_read_by_name(contacthub_sandbox: Sandbox) -> None:
    my_customer = Customer(node=contacthub_sandbox.node)
    my_customer.base.contacts = Properties(otherContacts=[Properties(value="123", name="phone")])  # type: ignore[assignment]
    my_customer.base.address = Properties(geo=Properties(lat=40, lon=100))  # type: ignore[assignment]

    my_customer.post()

    assert my_customer.base.contacts.otherContacts[0].value == "123"
    assert my_customer.base.address.geo.lat == 40


Given = Callable[[], dict[str, Any]]

PLACES: dict[str, tuple[Given, dict[str, Any]]] = {
    "base": (
        lambda: {"base": Properties(firstName="Bruce", contacts=Properties(email="bruce@wayne.com"))},
        {"base": {"firstName": "Bruce", "contacts": {"email": "bruce@wayne.com"}}},
    ),
    "in base": (
        lambda: {"base": {"address": Properties(city="city", geo=Properties(lat=40, lon=100))}},
        {"base": {"address": {"city": "city", "geo": {"lat": 40, "lon": 100}}}},
    ),
    "a list in base": (
        lambda: {"base": {"jobs": [Properties(id="1", jobTitle="hero"), {"id": "2"}]}},
        {"base": {"jobs": [{"id": "1", "jobTitle": "hero"}, {"id": "2"}]}},
    ),
    "consents": (
        lambda: {"consents": Properties(softSpam=Properties(email=Properties(status=False)))},
        {"consents": {"softSpam": {"email": {"status": False}}}},
    ),
    "extended": (
        lambda: {"extended": Properties(a=Properties(b=Properties(c=[1, "2", Properties(d=True)])))},
        {"extended": {"a": {"b": {"c": [1, "2", {"d": True}]}}}},
    ),
    "tags": (lambda: {"tags": Properties(manual=["vip"])}, {"tags": {"manual": ["vip"]}}),
}


@pytest.mark.parametrize(("given", "expected"), PLACES.values(), ids=list(PLACES))
def test_properties_are_given_to_the_node_in_every_place(
    contacthub_sandbox: Sandbox, server: Server, given: Given, expected: dict[str, Any]
) -> None:
    node = contacthub_sandbox.node

    node.add_customer(externalId="01", **given())

    assert {key: only(server)[key] for key in expected} == expected


@pytest.mark.parametrize(("given", "expected"), PLACES.values(), ids=list(PLACES))
def test_properties_are_given_to_the_constructor_in_every_place(
    contacthub_sandbox: Sandbox, server: Server, given: Given, expected: dict[str, Any]
) -> None:
    node = contacthub_sandbox.node

    Customer(node=node, externalId="01", **given()).post()

    assert {key: only(server)[key] for key in expected} == expected


@pytest.mark.parametrize(("given", "expected"), PLACES.values(), ids=list(PLACES))
def test_properties_are_assigned_in_every_place(
    contacthub_sandbox: Sandbox, server: Server, given: Given, expected: dict[str, Any]
) -> None:
    customer = Customer(node=contacthub_sandbox.node, externalId="01")

    for name, value in given().items():
        setattr(customer, name, value)
    customer.post()

    assert {key: only(server)[key] for key in expected} == expected


@pytest.mark.parametrize(("given", "expected"), PLACES.values(), ids=list(PLACES))
def test_properties_stand_in_default_attributes_in_every_place(
    contacthub_sandbox: Sandbox, server: Server, given: Given, expected: dict[str, Any]
) -> None:
    node = contacthub_sandbox.node

    Customer(node=node, default_attributes={"externalId": "01", **given()}).post()

    assert {key: only(server)[key] for key in expected} == expected


def test_a_list_of_a_new_customer_is_extended_by_properties(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    customer = Customer(node=contacthub_sandbox.node)

    customer.base.subscriptions += [
        Properties(  # type: ignore[list-item]
            id="id", name="name", type="type", kind=Customer.SUBSCRIPTION_KINDS.SERVICE, subscribed=True
        )
    ]
    customer.post()

    assert only(server)["base"]["subscriptions"] == [
        {"id": "id", "name": "name", "type": "type", "kind": "SERVICE", "subscribed": True}
    ]


def test_the_same_properties_serve_two_customers(contacthub_sandbox: Sandbox, server: Server) -> None:
    node = contacthub_sandbox.node
    address = Properties(city="Gotham", geo=Properties(lat=40, lon=100))
    first, second = Customer(node=node, externalId="1"), Customer(node=node, externalId="2")

    first.base.address = address  # type: ignore[assignment]
    second.base.address = address  # type: ignore[assignment]
    first.base.address.city = "Metropolis"
    first.post()
    second.post()

    assert [one["base"]["address"]["city"] for one in server.customers()] == ["Metropolis", "Gotham"]


# -- extended properties ----------------------------------------------------------------------------------------------


def test_extended_properties_take_integers_strings_and_properties(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = Customer(node=contacthub_sandbox.node)

    my_customer.extended.my_extended_int = 1
    my_customer.extended.my_extended_string = "string"
    my_customer.extended.my_extended_object = Properties(key="value", k="v")
    my_customer.post()

    assert only(server)["extended"] == {
        "my_extended_int": 1,
        "my_extended_string": "string",
        "my_extended_object": {"key": "value", "k": "v"},
    }


@pytest.mark.parametrize("value", [0, False, "", 1.5, True, -3, "naïve ☃"], ids=repr)
def test_an_extended_property_keeps_its_value_and_kind(
    contacthub_sandbox: Sandbox, server: Server, value: Any
) -> None:
    my_customer = Customer(node=contacthub_sandbox.node, externalId="01")

    my_customer.extended.mine = value
    my_customer.post()

    [stored] = server.customers()
    assert repr(stored["extended"]["mine"]) == repr(value)


def test_extended_properties_hold_lists_of_all_kinds(contacthub_sandbox: Sandbox, server: Server) -> None:
    my_customer = Customer(node=contacthub_sandbox.node)

    my_customer.extended.mine = [1, "two", Properties(three=[Properties(four=4)])]
    my_customer.post()

    assert only(server)["extended"] == {"mine": [1, "two", {"three": [{"four": 4}]}]}


def test_an_extended_property_that_the_node_does_not_declare_is_refused_by_it(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    contacthub_sandbox.configure(extended_schema={"points": {"type": "integer"}})
    my_customer = Customer(node=contacthub_sandbox.node, externalId="01")
    my_customer.extended.pints = 1

    with pytest.raises(APIError, match="Status code: 400") as refusal:
        my_customer.post()

    assert refusal.value.status_code == 400
    assert server.customers() == []


# -- dates ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dob", [datetime(1994, 6, 10), date(1994, 6, 10), "1994-06-10"], ids=repr)
def test_a_day_is_stored_as_a_day(contacthub_sandbox: Sandbox, server: Server, dob: Any) -> None:
    my_customer = Customer(node=contacthub_sandbox.node)

    my_customer.base.dob = dob
    my_customer.post()

    assert only(server)["base"] == {"dob": "1994-06-10"}
    assert my_customer.base.dob == date(1994, 6, 10)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (datetime(2018, 5, 25, 10, 30), "2018-05-25T10:30:00.000Z"),
        (datetime(2018, 5, 25, 10, 30, tzinfo=UTC), "2018-05-25T10:30:00.000Z"),
        (datetime(2018, 5, 25, 10, 30, tzinfo=timezone(timedelta(hours=2))), "2018-05-25T08:30:00.000Z"),
        (datetime(2018, 5, 25, 10, 30, 1, 234_000), "2018-05-25T10:30:01.234Z"),
    ],
    ids=str,
)
def test_a_moment_is_sent_in_utc(contacthub_sandbox: Sandbox, moment: datetime, expected: str) -> None:
    node = contacthub_sandbox.node

    node.add_customer(
        externalId="01",
        base={"likes": [Properties(id="1", createdTime=moment)]},
        consents={"disclaimer": {"date": moment, "version": "1"}},
        extended=Properties(when=moment, list=[moment]),
    )

    sent = body(contacthub_sandbox)
    assert sent["base"]["likes"][0]["createdTime"] == expected
    assert sent["consents"]["disclaimer"]["date"] == expected
    assert sent["extended"] == {"when": expected, "list": [expected]}


def test_a_moment_comes_back_as_the_same_moment(contacthub_sandbox: Sandbox, server: Server) -> None:
    moment = datetime(2018, 5, 25, 10, 30, tzinfo=timezone(timedelta(hours=2)))
    my_customer = Customer(node=contacthub_sandbox.node, externalId="01")

    my_customer.consents.disclaimer.date = moment
    my_customer.post()

    assert my_customer.consents.disclaimer.date == moment
    stored = only(server)["consents"]["disclaimer"]["date"]
    assert datetime.strptime(stored.replace("Z", "+0000"), "%Y-%m-%dT%H:%M:%S.%f%z") == moment


# -- by the object ----------------------------------------------------------------------------------------------------


def test_posting_gives_the_object_its_id_and_all_that_the_service_sets(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = Customer(node=contacthub_sandbox.node)
    my_customer.base.firstName = "Bruce"

    my_customer.post()

    [stored] = server.customers()
    assert my_customer.id == stored["id"]
    assert my_customer.to_dict() == stored
    assert (my_customer.version, my_customer.enabled) == (1, True)
    assert my_customer.registeredAt is not None


def test_posting_gives_the_object_back(contacthub_sandbox: Sandbox) -> None:
    my_customer = Customer(node=contacthub_sandbox.node, externalId="01")

    assert my_customer.post() is my_customer


def test_posting_sends_one_request(contacthub_sandbox: Sandbox) -> None:
    my_customer = Customer(node=contacthub_sandbox.node, externalId="01")
    my_customer.extra = "extra"

    my_customer.post()

    assert body(contacthub_sandbox) == {
        "nodeId": contacthub_sandbox.node_id,
        "externalId": "01",
        "extra": "extra",
    }


def test_a_customer_without_a_node_is_refused_before_a_request(contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(InvalidRequestError, match="belongs to no node"):
        Customer(externalId="01").post()
    assert contacthub_sandbox.requests == []


# -- what is refused --------------------------------------------------------------------------------------------------


def test_nothing_given_is_refused_before_a_request(contacthub_sandbox: Sandbox) -> None:
    node = contacthub_sandbox.node

    with pytest.raises(ValidationError, match="needs at least one of externalId, base and extended"):
        node.add_customer()
    assert contacthub_sandbox.requests == []


def test_a_customer_with_nothing_but_the_template_is_refused_before_a_request(
    contacthub_sandbox: Sandbox,
) -> None:
    node = contacthub_sandbox.node

    with pytest.raises(ValidationError, match="needs at least one of externalId, base and extended"):
        Customer(node=node).post()
    with pytest.raises(ValidationError, match="needs at least one of externalId, base and extended"):
        node.add_customer(**Customer(node=node).to_dict())
    assert contacthub_sandbox.requests == []


def test_a_missing_mandatory_property_is_refused_by_the_service(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    contacthub_sandbox.configure(mandatory=("base.lastName",))

    with pytest.raises(APIError, match="source customer is not valid") as refusal:
        contacthub_sandbox.node.add_customer(base={"firstName": "Bruce"})

    assert isinstance(refusal.value, requests.exceptions.HTTPError)
    assert refusal.value.status_code == 400
    assert [error["path"] for error in refusal.value.errors] == ["/base/lastName"]
    assert server.customers() == []


def test_a_refused_customer_is_completed_and_posted_again(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    contacthub_sandbox.configure(mandatory=("base.lastName",))
    my_customer = Customer(node=contacthub_sandbox.node)
    my_customer.base.firstName = "Bruce"
    with pytest.raises(APIError):
        my_customer.post()

    my_customer.base.lastName = "Wayne"
    my_customer.post()

    assert only(server)["base"] == {"firstName": "Bruce", "lastName": "Wayne"}
    assert only(server)["id"] == my_customer.id


def test_a_property_that_the_schema_does_not_have_is_refused_by_the_service(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    node = contacthub_sandbox.node

    with pytest.raises(APIError, match="fistName") as refusal:
        node.add_customer(base={"fistName": "Bruce"})  # so it stands in the README

    assert refusal.value.status_code == 400
    assert server.customers() == []


def test_a_property_that_the_schema_does_not_have_cannot_be_set_on_an_object(
    contacthub_sandbox: Sandbox,
) -> None:
    my_customer = Customer(node=contacthub_sandbox.node)

    with pytest.raises(AttributeError, match="did you mean 'firstName'"):
        my_customer.base.fistName = "Bruce"  # type: ignore[attr-defined]


def test_a_value_that_breaks_the_schema_is_refused_before_a_request(contacthub_sandbox: Sandbox) -> None:
    node = contacthub_sandbox.node

    with pytest.raises(ValidationError, match=r"Customer\.base\.timezone"):
        node.add_customer(base={"timezone": "Europe/Gotham"})
    assert contacthub_sandbox.requests == []
