"""The manual's chapter "Getting started": customers read and added, and the events of a customer.

An example stands as the manual has it, apart from imports and ids.
"""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm import Customer, OperationNotPermitted, UnknownAttributeError, Workspace
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server

BRUCE = {"base": {"firstName": "Bruce", "lastName": "Wayne", "contacts": {"email": "bruce@wayne.com"}}}
JOKER = {"base": {"firstName": "Jack", "lastName": "Napier"}}


def seed_events(sandbox: Sandbox, customer: str, count: int = 2) -> list[str]:
    """The ids of a customer's events, the oldest first."""
    event = {"customerId": customer, "type": "viewedPage", "context": "WEB", "properties": {}}
    return sandbox.seed_events(
        [event | {"date": f"2024-05-01T10:00:{second:02}Z"} for second in range(count)]
    )


# -- getting customers' data ------------------------------------------------------------------------------------------


def test_a_workspace_and_its_node_are_made_without_a_request(contacthub_sandbox: Sandbox) -> None:
    sandbox = contacthub_sandbox

    workspace = Workspace(workspace_id=sandbox.workspace_id, token=sandbox.token, base_url=sandbox.base_url)
    node = workspace.get_node(node_id=sandbox.node_id)

    assert (node.node_id, node.workspace) == (sandbox.node_id, workspace)
    assert sandbox.requests == []


def test_the_customers_of_a_node_come_as_a_list_to_loop_over(
    contacthub_sandbox: Sandbox, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    node = contacthub_sandbox.node
    contacthub_sandbox.seed([BRUCE, JOKER])

    customers = node.get_customers()

    for customer in customers:
        print(customer.base.firstName)

    assert isinstance(customers, list)
    assert all(isinstance(customer, Customer) for customer in customers)
    assert capsys.readouterr().out.split() == [one["base"]["firstName"] for one in server.customers()]


def test_the_customers_of_a_node_are_read_by_one_request(contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.seed([BRUCE, JOKER])

    names = {customer.base.lastName for customer in contacthub_sandbox.node.get_customers()}

    assert names == {"Wayne", "Napier"}
    assert [request.method for request in contacthub_sandbox.requests] == ["GET"]


def test_a_single_customer_is_got_by_id(
    contacthub_sandbox: Sandbox, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    node = contacthub_sandbox.node
    identity, _ = contacthub_sandbox.seed([BRUCE, JOKER])

    my_customer = node.get_customer(id=identity)

    print("Welcome back %s" % my_customer.base.firstName)  # noqa: UP031 - as the manual has it

    assert my_customer.to_dict() == server.get(f"customers/{identity}")
    assert capsys.readouterr().out == "Welcome back Bruce\n"


def test_customers_are_queried_by_their_own_attributes(contacthub_sandbox: Sandbox, server: Server) -> None:
    node = contacthub_sandbox.node
    bruce, _ = contacthub_sandbox.seed([BRUCE, JOKER])

    fetched_customers = (
        node.query(Customer)
        .filter((Customer.base.firstName == "Bruce") & (Customer.base.lastName == "Wayne"))
        .all()
    )

    assert [one.to_dict() for one in fetched_customers] == [server.get(f"customers/{bruce}")]


def test_the_second_name_that_the_manual_queries_here_is_no_property_and_refused_before_a_request(
    contacthub_sandbox: Sandbox,
) -> None:
    node = contacthub_sandbox.node

    with pytest.raises(UnknownAttributeError, match=r"Customer\.base declares no attribute 'secondName'"):
        node.query(Customer).filter(
            (Customer.base.firstName == "Bruce") & (Customer.base.secondName == "Wayne")  # type: ignore[attr-defined]
        ).all()
    assert contacthub_sandbox.requests == []


# -- adding a customer ------------------------------------------------------------------------------------------------


def test_a_customer_is_added_from_a_dictionary(contacthub_sandbox: Sandbox, server: Server) -> None:
    c = contacthub_sandbox.node

    customer_struct: dict[str, Any] = {
        "base": {"contacts": {"email": "myemail@email.com"}},
        "extra": "extra",
        "extended": {"my_string": "my new extended property string"},
    }
    my_customer = c.add_customer(**customer_struct)

    [stored] = server.customers()
    assert isinstance(my_customer, Customer)
    assert my_customer.id == stored["id"]
    assert stored["base"]["contacts"]["email"] == "myemail@email.com"
    assert stored["extra"] == "extra"
    assert stored["extended"] == {"my_string": "my new extended property string"}


def test_a_customer_object_is_made_a_dictionary_and_added(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    node = contacthub_sandbox.node

    my_customer = Customer(node=node)
    my_customer.base.contacts.email = "myemail@email.com"
    my_customer.extra = "extra"
    my_customer.extended.my_string = "my new extended property string"
    my_customer = node.add_customer(**my_customer.to_dict())

    [stored] = server.customers()
    assert my_customer.to_dict() == stored
    assert stored["base"]["contacts"]["email"] == "myemail@email.com"
    assert stored["extra"] == "extra"
    assert stored["extended"] == {"my_string": "my new extended property string"}


def test_a_customer_object_is_posted_directly(contacthub_sandbox: Sandbox, server: Server) -> None:
    node = contacthub_sandbox.node
    my_customer = Customer(node=node)
    my_customer.base.contacts.email = "myemail@email.com"
    my_customer.extra = "extra"
    my_customer.extended.my_string = "my new extended property string"

    my_customer.post()

    [stored] = server.customers()
    assert my_customer.to_dict() == stored
    assert stored["base"]["contacts"]["email"] == "myemail@email.com"
    assert stored["extra"] == "extra"
    assert stored["extended"] == {"my_string": "my new extended property string"}


def test_what_was_added_by_the_node_is_not_posted_a_second_time(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    my_customer = contacthub_sandbox.node.add_customer(base={"firstName": "Bruce"})

    with pytest.raises(OperationNotPermitted, match="was created already"):
        my_customer.post()
    assert len(server.customers()) == 1


# -- customers and events ---------------------------------------------------------------------------------------------


def test_the_events_of_a_customer_are_got_from_it(contacthub_sandbox: Sandbox, server: Server) -> None:
    node = contacthub_sandbox.node
    identity, other = contacthub_sandbox.seed([BRUCE, JOKER])
    older, newer = seed_events(contacthub_sandbox, identity)
    seed_events(contacthub_sandbox, other)

    my_customer = node.get_customer(id=identity)
    events = my_customer.get_events()

    assert [event.id for event in events] == [newer, older]
    assert [event.to_dict() for event in events] == server.events(identity)


def test_the_readme_gets_the_events_by_an_attribute(contacthub_sandbox: Sandbox, server: Server) -> None:
    my_node = contacthub_sandbox.node
    [identity] = contacthub_sandbox.seed([BRUCE])
    seed_events(contacthub_sandbox, identity)

    my_customer = my_node.get_customer(id=identity)
    events = my_customer.events

    assert [event.to_dict() for event in events] == server.events(identity)
    assert len(events) == 2


def test_all_events_come_however_many_pages_they_fill(contacthub_sandbox: Sandbox, server: Server) -> None:
    [identity] = contacthub_sandbox.seed([BRUCE])
    seed_events(contacthub_sandbox, identity, 60)

    events = contacthub_sandbox.node.get_customer(id=identity).get_events()

    assert [event.id for event in events] == [one["id"] for one in server.events(identity)]
    assert len(events) == 60


def test_a_customer_without_events_has_an_empty_list(contacthub_sandbox: Sandbox) -> None:
    [identity] = contacthub_sandbox.seed([BRUCE])

    assert contacthub_sandbox.node.get_customer(id=identity).get_events() == []


# -- relations are immutable ------------------------------------------------------------------------------------------

CHANGES: dict[str, Any] = {
    "append": lambda events, event: events.append(event),
    "extend": lambda events, event: events.extend([event]),
    "insert": lambda events, event: events.insert(0, event),
    "remove": lambda events, event: events.remove(event),
    "pop": lambda events, event: events.pop(),
    "clear": lambda events, event: events.clear(),
    "sort": lambda events, event: events.sort(key=id),
    "reverse": lambda events, event: events.reverse(),
    "set an item": lambda events, event: events.__setitem__(0, event),
    "delete an item": lambda events, event: events.__delitem__(0),
    "+=": lambda events, event: events.__iadd__([event]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_events_that_a_customer_gave_cannot_be_changed(
    contacthub_sandbox: Sandbox, server: Server, change: Any
) -> None:
    [customer_id] = contacthub_sandbox.seed([BRUCE])
    seed_events(contacthub_sandbox, customer_id)
    before = server.events(customer_id)
    events = contacthub_sandbox.node.get_customer(id=customer_id).get_events()

    with pytest.raises(OperationNotPermitted, match="can only be read"):
        change(events, events[0])

    assert [event.id for event in events] == [one["id"] for one in before]
    assert server.events(customer_id) == before


@pytest.mark.parametrize("change", CHANGES.values(), ids=list(CHANGES))
def test_the_relation_to_events_cannot_be_changed(
    contacthub_sandbox: Sandbox, server: Server, change: Any
) -> None:
    [customer_id] = contacthub_sandbox.seed([BRUCE])
    seed_events(contacthub_sandbox, customer_id)
    before = server.events(customer_id)
    my_customer = contacthub_sandbox.node.get_customer(id=customer_id)

    with pytest.raises(OperationNotPermitted, match="is read-only"):
        change(my_customer.events, None)

    assert [event.id for event in my_customer.events] == [one["id"] for one in before]
    assert server.events(customer_id) == before


def test_the_relation_to_events_cannot_be_replaced(contacthub_sandbox: Sandbox, server: Server) -> None:
    [identity] = contacthub_sandbox.seed([BRUCE])
    seed_events(contacthub_sandbox, identity)
    my_customer = contacthub_sandbox.node.get_customer(id=identity)

    with pytest.raises(AttributeError, match="read-only"):
        my_customer.events = []  # type: ignore[assignment]

    assert len(my_customer.events) == len(server.events(identity)) == 2
