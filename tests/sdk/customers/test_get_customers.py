"""The manual's chapters "Get all customers" and "Get a single customer": pages, external ids, fields and ids."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from contacthub_orm import (
    APIError,
    ArgumentError,
    CompileError,
    Customer,
    Event,
    ForbiddenError,
    MultipleResultsFound,
    Node,
    NoResultFound,
    OperationNotPermitted,
    PaginatedList,
    Properties,
    ReadOnlyList,
    UnknownAttributeError,
)
from contacthub_orm.sandbox import Fault, Sandbox
from tests.support.server import Server

BRUCE: dict[str, Any] = {
    "externalId": "01",
    "extra": "note",
    "base": {"firstName": "Bruce", "lastName": "Wayne", "contacts": {"email": "bruce@wayne.com"}},
    "tags": {"manual": ["vip", "rich"], "auto": []},
}


def seed(sandbox: Sandbox, count: int, **values: Any) -> list[str]:
    """The ids of so many customers, the first registered first; their external ids count from 00."""
    return sandbox.seed(
        [
            {"externalId": f"{number:02}", "registeredAt": f"2020-01-01T00:{number:02}:00Z"} | values
            for number in range(count)
        ]
    )


def ids(customers: Any) -> list[str]:
    return [customer.id for customer in customers]


def asked(sandbox: Sandbox) -> list[dict[str, str]]:
    """The parameters of what was sent, without node and order; forgotten then."""
    found = [dict(request.query) for request in sandbox.requests]
    sandbox.clear_requests()
    return [{name: one[name] for name in one if name not in ("nodeId", "sort")} for one in found]


@pytest.fixture
def node(contacthub_sandbox: Sandbox) -> Node:
    return contacthub_sandbox.node


@pytest.fixture
def fifty(contacthub_sandbox: Sandbox) -> list[str]:
    """The ids of the manual's 50 customers, the first registered first."""
    return seed(contacthub_sandbox, 50)


# -- all customers ----------------------------------------------------------------------------------------------------


def test_the_customers_of_a_node_are_those_of_the_server(
    node: Node, contacthub_sandbox: Sandbox, server: Server
) -> None:
    seed(contacthub_sandbox, 3)

    customers = node.get_customers()

    assert [one.to_dict() for one in customers] == server.customers()


def test_a_node_without_customers_gives_an_empty_list(node: Node) -> None:
    assert node.get_customers() == []


def test_every_attribute_of_a_customer_is_accessed_by_name(
    node: Node, contacthub_sandbox: Sandbox, capsys: pytest.CaptureFixture[str]
) -> None:
    contacthub_sandbox.seed([BRUCE])
    [my_customer] = node.get_customers()

    print(my_customer.base.contacts.email)

    for tag in my_customer.tags.manual:
        print(tag)

    assert capsys.readouterr().out.split() == ["bruce@wayne.com", "vip", "rich"]


def test_reading_attributes_sends_nothing(node: Node, contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.seed([BRUCE])
    [my_customer] = node.get_customers()
    contacthub_sandbox.clear_requests()

    read = (my_customer.base.contacts.email, my_customer.tags.auto, my_customer.base.address.city)

    assert read == ("bruce@wayne.com", [], None)
    assert contacthub_sandbox.requests == []


def test_an_object_inside_a_customer_is_a_properties_object(
    node: Node, contacthub_sandbox: Sandbox, server: Server
) -> None:
    [identity] = contacthub_sandbox.seed([BRUCE])
    [my_customer] = node.get_customers()

    base = my_customer.base

    assert isinstance(base, Properties)
    assert base.to_dict() == server.get(f"customers/{identity}")["base"]


# -- pages ------------------------------------------------------------------------------------------------------------


def test_a_paginated_list_holds_the_first_ten_unless_asked_otherwise(node: Node, fifty: list[str]) -> None:
    customers = node.get_customers()

    assert type(customers) is PaginatedList
    assert isinstance(customers, ReadOnlyList)
    assert ids(customers) == fifty[:10]


def test_size_and_page_choose_a_page_counted_from_0(
    node: Node, fifty: list[str], contacthub_sandbox: Sandbox, server: Server
) -> None:
    customers = node.get_customers(size=5, page=2)

    assert asked(contacthub_sandbox) == [{"size": "5", "page": "2"}]
    assert ids(customers) == [one["id"] for one in server.customers()][10:15]
    assert ids(customers) == fifty[10:15]


def test_the_second_page_is_page_1(node: Node, fifty: list[str]) -> None:
    assert ids(node.get_customers(size=5, page=1)) == fifty[5:10]


def test_page_0_is_the_first(node: Node, fifty: list[str]) -> None:
    assert ids(node.get_customers(page=0)) == fifty[:10]


def test_the_largest_page_has_fifty(node: Node, fifty: list[str]) -> None:
    assert ids(node.get_customers(size=50)) == fifty


def test_a_page_tells_what_it_is_a_part_of(node: Node, fifty: list[str]) -> None:
    customers = node.get_customers(size=20, page=2)

    assert len(customers) == 10
    assert customers.size == 20
    assert customers.page_number == 2
    assert customers.total_elements == 50
    assert customers.total_pages == 3
    assert customers.total_unfiltered_elements == 50


def test_a_filtered_page_tells_how_many_there_are_without_the_filter(
    node: Node, fifty: list[str], contacthub_sandbox: Sandbox
) -> None:
    contacthub_sandbox.seed([{"externalId": "07"}])

    customers = node.get_customers(external_id="07")

    assert isinstance(customers, PaginatedList)
    assert (customers.total_elements, customers.total_pages) == (2, 1)
    assert customers.total_unfiltered_elements == 51


def test_an_empty_list_tells_that_nothing_is_there(node: Node) -> None:
    customers = node.get_customers()

    assert customers.size == 10
    assert (customers.page_number, customers.total_pages) == (0, 0)
    assert (customers.total_elements, customers.total_unfiltered_elements) == (0, 0)


def test_next_page_gives_the_page_after(node: Node, fifty: list[str], contacthub_sandbox: Sandbox) -> None:
    customers = node.get_customers(size=5, page=2)
    contacthub_sandbox.clear_requests()

    following = customers.next_page()

    assert ids(following) == fifty[15:20]
    assert (following.page_number, following.size) == (3, 5)
    assert asked(contacthub_sandbox) == [{"size": "5", "page": "3"}]


def test_previous_page_gives_the_page_before(
    node: Node, fifty: list[str], contacthub_sandbox: Sandbox
) -> None:
    customers = node.get_customers(size=5, page=2)
    contacthub_sandbox.clear_requests()

    before = customers.previous_page()

    assert ids(before) == fifty[5:10]
    assert (before.page_number, before.size) == (1, 5)
    assert asked(contacthub_sandbox) == [{"size": "5", "page": "1"}]


def test_turning_a_page_moves_the_list_itself_and_returns_it(node: Node, fifty: list[str]) -> None:
    customers = node.get_customers(size=5, page=2)

    assert customers.next_page() is customers
    assert (customers.page_number, ids(customers)) == (3, fifty[15:20])
    assert customers.previous_page() is customers
    assert (customers.page_number, ids(customers)) == (2, fifty[10:15])


def test_a_list_stays_where_it_is_if_the_page_cannot_be_read(
    node: Node, fifty: list[str], contacthub_sandbox: Sandbox
) -> None:
    customers = node.get_customers(size=5)
    contacthub_sandbox.faults = [Fault.status(403, method="GET")]

    with pytest.raises(ForbiddenError):
        customers.next_page()

    assert (customers.page_number, ids(customers)) == (0, fifty[:5])


def test_turning_pages_to_the_end_gives_every_customer_once(node: Node, fifty: list[str]) -> None:
    customers = node.get_customers(size=20)

    found = ids(customers)
    while customers.page_number + 1 < customers.total_pages:
        customers = customers.next_page()
        found += ids(customers)

    assert found == fifty


def test_turning_back_to_the_start_gives_every_customer_once(node: Node, fifty: list[str]) -> None:
    customers = node.get_customers(size=20, page=2)

    found = ids(customers)
    while customers.page_number:
        customers = customers.previous_page()
        found = ids(customers) + found

    assert found == fifty


def test_there_is_no_page_after_the_last(node: Node, fifty: list[str], contacthub_sandbox: Sandbox) -> None:
    customers = node.get_customers(size=20, page=2)
    contacthub_sandbox.clear_requests()

    with pytest.raises(OperationNotPermitted, match="page 2 is the last of 3"):
        customers.next_page()
    assert contacthub_sandbox.requests == []


def test_there_is_no_page_before_the_first(node: Node, fifty: list[str], contacthub_sandbox: Sandbox) -> None:
    customers = node.get_customers()
    contacthub_sandbox.clear_requests()

    with pytest.raises(OperationNotPermitted, match="page 0 is the first"):
        customers.previous_page()
    assert contacthub_sandbox.requests == []


def test_the_end_of_a_full_last_page_is_an_end(node: Node, fifty: list[str]) -> None:
    customers = node.get_customers(size=25, page=1)

    assert ids(customers) == fifty[25:]
    with pytest.raises(ValueError, match="page 1 is the last of 2"):
        customers.next_page()


def test_an_empty_list_has_no_neighbours(node: Node) -> None:
    customers = node.get_customers()

    with pytest.raises(OperationNotPermitted):
        customers.next_page()
    with pytest.raises(OperationNotPermitted):
        customers.previous_page()


def test_a_page_past_the_last_is_empty_and_knows_its_number(node: Node, fifty: list[str]) -> None:
    customers = node.get_customers(page=7)

    assert customers == []
    assert (customers.page_number, customers.total_elements) == (7, 50)


@pytest.mark.parametrize(
    "wrong",
    [{"size": 0}, {"size": 51}, {"size": -1}, {"size": "5"}, {"page": -1}, {"page": "1"}, {"page": 0.5}],
    ids=str,
)
def test_a_page_that_cannot_be_is_refused_before_a_request(
    node: Node, contacthub_sandbox: Sandbox, wrong: dict[str, Any]
) -> None:
    with pytest.raises(CompileError):
        node.get_customers(**wrong)
    assert contacthub_sandbox.requests == []


# -- read-only --------------------------------------------------------------------------------------------------------

MUTATIONS: dict[str, Any] = {
    "append": lambda customers: customers.append(customers[0]),
    "extend": lambda customers: customers.extend(list(customers)),
    "insert": lambda customers: customers.insert(0, customers[1]),
    "remove": lambda customers: customers.remove(customers[0]),
    "pop": lambda customers: customers.pop(),
    "clear": lambda customers: customers.clear(),
    "sort": lambda customers: customers.sort(key=lambda one: one.externalId, reverse=True),
    "reverse": lambda customers: customers.reverse(),
    "__setitem__": lambda customers: customers.__setitem__(0, customers[1]),
    "__delitem__": lambda customers: customers.__delitem__(0),
    "__iadd__": lambda customers: customers.__iadd__(list(customers)),
    "__imul__": lambda customers: customers.__imul__(2),
}

STATEMENTS = [
    "customers[0] = customers[1]",
    "customers[:] = []",
    "customers[5:] = customers[:5]",
    "customers[::2] = customers[1::2]",
    "del customers[0]",
    "del customers[:]",
    "customers += customers",
    "customers *= 0",
]


def test_every_mutating_method_of_a_list_is_tried() -> None:
    readers = {"copy", "__reversed__"}

    assert set(dir(list)) - set(dir(tuple)) - readers == set(MUTATIONS)


@pytest.mark.parametrize("mutation", MUTATIONS.values(), ids=list(MUTATIONS))
def test_a_paginated_list_is_changed_by_no_method(
    node: Node, fifty: list[str], contacthub_sandbox: Sandbox, mutation: Any
) -> None:
    customers = node.get_customers()
    contacthub_sandbox.clear_requests()

    with pytest.raises(OperationNotPermitted, match="a PaginatedList can only be read"):
        mutation(customers)

    assert ids(customers) == fifty[:10]
    assert contacthub_sandbox.requests == []


@pytest.mark.parametrize("statement", STATEMENTS)
def test_a_paginated_list_is_changed_by_no_statement(node: Node, fifty: list[str], statement: str) -> None:
    customers = node.get_customers()

    with pytest.raises(ValueError, match="can only be read"):
        exec(statement, {"customers": customers})

    assert ids(customers) == fifty[:10]


def test_a_page_that_was_turned_to_is_read_only_too(node: Node, fifty: list[str]) -> None:
    customers = node.get_customers().next_page()

    with pytest.raises(OperationNotPermitted):
        customers.pop()

    assert ids(customers) == fifty[10:20]


def test_a_customer_of_a_page_can_be_changed_and_saved(node: Node, fifty: list[str], server: Server) -> None:
    my_customer = node.get_customers()[3]

    my_customer.extra = "changed"
    my_customer.patch()

    assert [one["id"] for one in server.customers() if one["extra"] == "changed"] == [fifty[3]]


# -- by external id ---------------------------------------------------------------------------------------------------


def test_several_customers_with_an_external_id_come_as_a_list(
    node: Node, contacthub_sandbox: Sandbox, server: Server
) -> None:
    seed(contacthub_sandbox, 2, externalId="01")
    seed(contacthub_sandbox, 1, externalId="02")

    customers = node.get_customers(external_id="01")

    assert isinstance(customers, PaginatedList)
    assert ids(customers) == [one["id"] for one in server.customers() if one["externalId"] == "01"]
    assert len(customers) == 2


def test_the_only_customer_with_an_external_id_comes_by_itself(
    node: Node, contacthub_sandbox: Sandbox, server: Server
) -> None:
    [identity] = contacthub_sandbox.seed([BRUCE])
    seed(contacthub_sandbox, 1)

    customer = node.get_customers(external_id="01")

    assert isinstance(customer, Customer)
    assert customer.to_dict() == server.get(f"customers/{identity}")


def test_no_customer_with_an_external_id_is_an_empty_list(node: Node, fifty: list[str]) -> None:
    customers = node.get_customers(external_id="99")

    assert isinstance(customers, PaginatedList)
    assert customers == []


def test_an_external_id_is_the_services_parameter(
    node: Node, fifty: list[str], contacthub_sandbox: Sandbox
) -> None:
    node.get_customers(external_id="07")

    assert asked(contacthub_sandbox) == [{"externalId": "07"}]


def test_pages_of_customers_with_one_external_id_turn(node: Node, contacthub_sandbox: Sandbox) -> None:
    same = seed(contacthub_sandbox, 5, externalId="01")
    seed(contacthub_sandbox, 3, externalId="02")
    contacthub_sandbox.clear_requests()

    customers = node.get_customers(external_id="01", size=2, page=1)
    assert isinstance(customers, PaginatedList)
    assert ids(customers) == same[2:4]
    assert ids(customers.next_page()) == same[4:]
    assert asked(contacthub_sandbox) == [
        {"externalId": "01", "size": "2", "page": "1"},
        {"externalId": "01", "size": "2", "page": "2"},
    ]


@pytest.mark.parametrize("wrong", ["", 7], ids=repr)
def test_an_external_id_that_is_no_text_is_refused_before_a_request(
    node: Node, contacthub_sandbox: Sandbox, wrong: Any
) -> None:
    with pytest.raises(ArgumentError, match="external_id must be a string that is not empty"):
        node.get_customers(external_id=wrong)
    assert contacthub_sandbox.requests == []


# -- fields -----------------------------------------------------------------------------------------------------------


def test_fields_are_named_by_texts(node: Node, contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.seed([BRUCE])

    [customer] = node.get_customers(fields=["base.firstName", "base.lastName"])

    assert (customer.base.firstName, customer.base.lastName) == ("Bruce", "Wayne")
    [parameters] = asked(contacthub_sandbox)
    assert {"base.firstName", "base.lastName"} <= set(parameters["fields"].split(","))


def test_fields_are_named_by_attributes(node: Node, contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.seed([BRUCE])

    [customer] = node.get_customers(fields=[Customer.base.contacts.email, Customer.base.dob, Customer.extra])

    assert (customer.base.contacts.email, customer.base.dob, customer.extra) == (
        "bruce@wayne.com",
        None,
        "note",
    )
    [parameters] = asked(contacthub_sandbox)
    assert {"base.contacts.email", "base.dob", "extra"} <= set(parameters["fields"].split(","))


def test_what_is_not_among_the_fields_is_not_there(node: Node, contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.seed([BRUCE])

    [customer] = node.get_customers(fields=["base.firstName", "base.lastName"])

    document = customer.to_dict()
    assert document["base"] == {"firstName": "Bruce", "lastName": "Wayne"}
    assert not {"extra", "externalId", "tags"} & set(document)


def test_a_field_that_was_not_asked_for_is_loaded_when_it_is_read(
    node: Node, contacthub_sandbox: Sandbox
) -> None:
    [identity] = contacthub_sandbox.seed([BRUCE])
    [customer] = node.get_customers(fields=["base.firstName"])
    contacthub_sandbox.clear_requests()

    extra = customer.extra

    assert extra == "note"
    assert [request.path.rsplit("/", 1)[1] for request in contacthub_sandbox.requests] == [identity]


def test_saving_a_customer_of_some_fields_erases_none_of_the_others(
    node: Node, contacthub_sandbox: Sandbox, server: Server
) -> None:
    [identity] = contacthub_sandbox.seed([BRUCE])
    [customer] = node.get_customers(fields=["base.firstName"])

    customer.base.firstName = "Robert"
    customer.patch()

    stored = server.get(f"customers/{identity}")
    assert (stored["base"]["firstName"], stored["base"]["lastName"]) == ("Robert", "Wayne")
    assert (stored["extra"], stored["tags"]["manual"]) == ("note", ["vip", "rich"])


def test_external_id_fields_and_page_are_combined(node: Node, contacthub_sandbox: Sandbox) -> None:
    same = seed(contacthub_sandbox, 3, externalId="01", base={"firstName": "Bruce"})
    contacthub_sandbox.clear_requests()

    customers = node.get_customers(external_id="01", size=2, page=1, fields=["base.firstName"])

    assert isinstance(customers, PaginatedList)
    assert [(one.id, one.base.firstName) for one in customers] == [(same[2], "Bruce")]
    [parameters] = asked(contacthub_sandbox)
    assert (parameters["externalId"], parameters["size"], parameters["page"]) == ("01", "2", "1")
    assert "base.firstName" in parameters["fields"].split(",")


def test_fields_stay_chosen_when_the_page_is_turned(node: Node, contacthub_sandbox: Sandbox) -> None:
    seed(contacthub_sandbox, 3, base={"firstName": "Bruce"}, extra="note")

    customers = node.get_customers(size=2, fields=["base.firstName"]).next_page()

    [customer] = customers
    assert customer.to_dict()["base"] == {"firstName": "Bruce"}
    assert "extra" not in customer.to_dict()


@pytest.mark.parametrize("wrong", ["base.fristName", "base.email", "nonsense"])
def test_a_field_that_customers_do_not_have_is_refused_before_a_request(
    node: Node, contacthub_sandbox: Sandbox, wrong: str
) -> None:
    with pytest.raises(UnknownAttributeError, match=rf"^fields: .*{wrong.rsplit('.', 1)[-1]}"):
        node.get_customers(fields=["base.firstName", wrong])
    assert contacthub_sandbox.requests == []


@pytest.mark.parametrize("wrong", [[], [""], [5], [Event.type]])
def test_fields_that_name_no_path_of_customers_are_refused_before_a_request(
    node: Node, contacthub_sandbox: Sandbox, wrong: list[object]
) -> None:
    with pytest.raises(CompileError, match="^fields: "):
        node.get_customers(fields=wrong)
    assert contacthub_sandbox.requests == []


# -- a single customer ------------------------------------------------------------------------------------------------


def test_a_customer_is_got_by_id(node: Node, fifty: list[str], server: Server) -> None:
    my_customer = node.get_customer(id=fifty[1])

    assert isinstance(my_customer, Customer)
    assert my_customer.to_dict() == server.get(f"customers/{fifty[1]}")


def test_a_customer_is_got_by_id_with_one_request_for_it(
    node: Node, fifty: list[str], contacthub_sandbox: Sandbox
) -> None:
    node.get_customer(id=fifty[1])

    [request] = contacthub_sandbox.requests
    assert (request.method, request.path.rsplit("/", 2)[1:]) == ("GET", ["customers", fifty[1]])


def test_a_customer_is_got_by_external_id(node: Node, fifty: list[str], server: Server) -> None:
    my_customer = node.get_customer(external_id="02")

    assert my_customer.to_dict() == server.get(f"customers/{fifty[2]}")


def test_a_customer_is_got_by_external_id_as_the_readme_spells_it(
    node: Node, fifty: list[str], server: Server
) -> None:
    my_customer = node.get_customer(externalId="02")

    assert my_customer.to_dict() == server.get(f"customers/{fifty[2]}")


def test_an_id_comes_first_by_place(node: Node, fifty: list[str]) -> None:
    assert node.get_customer(fifty[4]).externalId == "04"


@pytest.mark.parametrize(
    "both",
    [
        {"id": "1", "external_id": "2"},
        {"id": "1", "externalId": "2"},
        {"external_id": "1", "externalId": "2"},
        {},
        {"id": ""},
        {"external_id": ""},
    ],
    ids=str,
)
def test_not_just_one_of_id_and_external_id_is_refused_before_a_request(
    node: Node, contacthub_sandbox: Sandbox, both: dict[str, str]
) -> None:
    with pytest.raises(ArgumentError):
        node.get_customer(**both)
    assert contacthub_sandbox.requests == []


def test_an_unknown_id_raises_404(node: Node, contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(APIError, match="Status code: 404") as refusal:
        node.get_customer(id="nobody")

    assert isinstance(refusal.value, requests.exceptions.HTTPError)
    assert refusal.value.status_code == 404
    assert [request.status for request in contacthub_sandbox.requests] == [404]


def test_an_id_cannot_lead_to_another_route(node: Node, contacthub_sandbox: Sandbox) -> None:
    [identity] = contacthub_sandbox.seed([BRUCE])

    with pytest.raises(APIError, match="Status code: 404"):
        node.get_customer(id=f"x/../{identity}")


def test_an_unknown_external_id_is_told(node: Node, fifty: list[str]) -> None:
    with pytest.raises(NoResultFound, match="no customer has the external id '99'"):
        node.get_customer(external_id="99")


def test_an_external_id_of_several_customers_is_told(node: Node, contacthub_sandbox: Sandbox) -> None:
    seed(contacthub_sandbox, 2, externalId="02")

    with pytest.raises(MultipleResultsFound, match="2 customers have the external id '02'"):
        node.get_customer(external_id="02")


# -- the README's names -----------------------------------------------------------------------------------------------


def test_customers_of_the_readme_is_the_first_page(
    contacthub_sandbox: Sandbox, fifty: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    my_node = contacthub_sandbox.node

    customers = my_node.customers

    for customer in customers:
        print(customer.externalId)

    assert isinstance(customers, PaginatedList)
    assert capsys.readouterr().out.split() == [f"{number:02}" for number in range(10)]


def test_get_all_customers_of_the_readme_takes_size_and_page(
    node: Node, fifty: list[str], contacthub_sandbox: Sandbox
) -> None:
    customers = node.get_all_customers(size=10, page=2)

    assert isinstance(customers, PaginatedList)
    assert ids(customers) == fifty[20:30]
    assert asked(contacthub_sandbox) == [{"size": "10", "page": "2"}]


def test_get_all_customers_of_the_readme_takes_an_external_id(
    node: Node, fifty: list[str], server: Server
) -> None:
    customers = node.get_all_customers(externalId="01")

    assert isinstance(customers, Customer)
    assert customers.to_dict() == server.get(f"customers/{fifty[1]}")


def test_get_all_customers_of_the_readme_takes_fields(node: Node, contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.seed([BRUCE])

    customers = node.get_all_customers(
        fields=[Customer.base.contacts.email, Customer.base.dob, Customer.extra]
    )

    assert isinstance(customers, PaginatedList)
    assert customers[0].to_dict()["base"] == {"contacts": {"email": "bruce@wayne.com"}, "dob": None}


def test_get_all_customers_of_the_readme_gives_the_first_page_unless_asked_otherwise(
    node: Node, fifty: list[str]
) -> None:
    customers = node.get_all_customers()

    assert isinstance(customers, PaginatedList)
    assert ids(customers) == fifty[:10]


def test_get_customers_takes_the_other_spelling_of_external_id(
    node: Node, contacthub_sandbox: Sandbox
) -> None:
    [identity] = contacthub_sandbox.seed([{"externalId": "7"}])

    found = node.get_customers(externalId="7")

    assert isinstance(found, Customer)
    assert found.id == identity
    with pytest.raises(ArgumentError, match="external_id and externalId are one argument"):
        node.get_customers("7", externalId="8")


@pytest.mark.parametrize(
    "name", ["size", "page_number", "total_elements", "total_pages", "total_unfiltered_elements"]
)
def test_what_a_page_tells_of_itself_cannot_be_assigned(node: Node, name: str) -> None:
    page = node.get_customers()

    with pytest.raises(AttributeError):
        setattr(page, name, 3)
