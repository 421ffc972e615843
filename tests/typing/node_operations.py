"""What mypy and basedpyright know of a node's operations; read by the checkers, run by nothing but their import."""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import Any, assert_type

from contacthub_orm import (
    Customer,
    Education,
    Event,
    Job,
    Like,
    Node,
    PagedQuery,
    PaginatedList,
    Properties,
    ReadOnlyList,
    Session,
    Subscription,
    Workspace,
)


class Member(Customer):
    """A class of a user's."""


def connecting(workspace: Workspace) -> None:
    assert_type(workspace.get_node("n"), Node)
    assert_type(Workspace.from_INI_file("contacthub.ini"), Workspace)


def reading(node: Node) -> None:
    assert_type(node.get_customer("1"), Customer)
    assert_type(node.get_customer(external_id="1"), Customer)
    assert_type(node.get_customers(), PaginatedList[Customer])
    assert_type(node.get_customers(page=1, size=5, fields=["extra", Customer.extra]), PaginatedList[Customer])
    assert_type(node.get_customers(external_id="1"), Customer | PaginatedList[Customer])
    assert_type(node.get_customers().next_page(), PaginatedList[Customer])
    assert_type(node.get_customers().total_unfiltered_elements, int | None)
    assert_type(node.get_customers()[0], Customer)
    assert_type(node.get_events("1", event_type=Event.TYPES.LOGGED_IN), PaginatedList[Event])
    assert_type(node.get_event("1"), Event)
    assert_type(node.get_education("1", "2"), Education)
    assert_type(node.get_customer_job("1", "2"), Job)
    assert_type(node.get_like("1", "2"), Like)
    assert_type(node.get_subscription("1", "2"), Subscription)
    assert_type(node.export_customer("1"), dict[str, Any])


def querying(node: Node) -> None:
    query = node.query(Member)
    assert_type(query, PagedQuery[Member])
    assert_type(query.filter(Member.base.firstName == "a").order_by(Member.extra), PagedQuery[Member])
    assert_type(query & query, PagedQuery[Member])
    assert_type(query.all(), PaginatedList[Member])
    assert_type(query.page(1, 10).previous_page(), PaginatedList[Member])
    assert_type(query.first(), Member | None)
    assert_type([row for row in query], list[Member])  # noqa: C416 - what iteration gives


def writing(node: Node, member: Member) -> None:
    assert_type(node.add_customer(externalId="1", forceUpdate=True), Customer)
    assert_type(node.update_customer("1", extra="x"), Customer)
    assert_type(node.add_event(type="loggedIn"), Event)
    assert_type(node.add_customer_session("1", "2"), str)
    assert_type(Node.create_session_id(), str)
    assert_type(member.post(force_update=True), Member)
    assert_type(member.patch().put().delete(), Member)
    assert_type(member.forget(), Member)
    assert_type(member.get_mutation_tracker(), dict[str, Any])


def making(node: Node, customer: Customer) -> None:
    assert_type(Customer(node=node, externalId="1"), Customer)
    assert_type(Customer(node, default_attributes={"base": {}}), Customer)
    assert_type(Member.from_dict(node, {"id": "1"}), Member)
    assert_type(Event.from_dict(node=node), Event)
    assert_type(Education(customer, id="1").post(), Education)
    assert_type(Job.from_dict(customer, {"id": "1"}), Job)
    assert_type(Member.from_dict(node, {"id": "1"}, unknown="keep"), Member)
    assert_type(customer.node, Node | None)
    assert_type(customer.get_events(), ReadOnlyList[Event])
    assert_type(Properties(a=1).to_dict(), dict[str, Any])
    assert_type(Properties.from_dict({"a": 1}), Properties)


def in_a_session(session: Session, customer: Customer) -> None:
    session.forget(customer)
    assert_type(session.export(customer), dict[str, Any])


def what_is_refused(node: Node, customer: Customer) -> None:
    node.get_customer(3)  # type: ignore[arg-type]
    node.get_customers(size="5")  # type: ignore[call-overload]
    node.add_tag("1")  # type: ignore[call-arg]
    node.get_costumer("1")  # type: ignore[attr-defined]
    Member.from_dict(node, {}, unknown="kep")  # type: ignore[arg-type]
    node.workspace.get_node("n", polcy="BLOCK")  # type: ignore[call-arg]
    customer.node = "n"  # type: ignore[assignment]
    Education("1")  # type: ignore[arg-type]
    customer.events.append(Event())
    customer.events.append(customer)  # type: ignore[arg-type]
    customer.events.remove(Event())  # type: ignore[attr-defined]
