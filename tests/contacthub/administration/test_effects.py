"""A configuration that a session has written is in force for customers and events."""

from __future__ import annotations

import pytest

from contacthub_orm import (
    AggregateNode,
    BaseProperty,
    CommitError,
    Customer,
    EntryNode,
    EventConfiguration,
    ExtendedProperties,
    ExtendedProperty,
    Node,
    Session,
    UniqueCustomer,
    Workspace,
)
from tests.support.world import World, viewed


def customers_of(workspace: Workspace, node_id: str | None) -> list[Customer]:
    with Session(workspace.get_node(node_id)) as session:
        return session.query(Customer).all()


def test_a_new_node_takes_customers_and_an_aggregate_node_shows_them(
    session: Session, workspace: Workspace, world: World
) -> None:
    shops = EntryNode(name="Shops", uniqueCustomer=UniqueCustomer(properties=["externalId"]))
    session.add(shops)
    session.flush()
    assert shops.id is not None
    everybody = AggregateNode(
        name="Everybody",
        entryNodes=[shops.id],
        matchingProperties=UniqueCustomer(properties=["externalId"]),
    )
    session.add(everybody)
    session.flush()
    everybody.state = "ACTIVE"
    session.commit()

    with Session(workspace.get_node(shops.id)) as in_shops:
        in_shops.add_all([Customer(externalId="1"), Customer(externalId="1"), Customer(externalId="2")])
        in_shops.commit()
    world.clock.advance(120)
    for node_id in (shops.id, everybody.id):
        assert sorted(str(one.externalId) for one in customers_of(workspace, node_id)) == ["1", "2"]


def test_customers_may_have_what_is_declared_and_only_what_is_enabled(session: Session, node: Node) -> None:
    declared = session.get(ExtendedProperties, "customers")
    title = session.get(BaseProperty, "base.title")
    assert declared is not None
    assert title is not None
    declared.properties.append(ExtendedProperty(name="points", type="integer"))
    title.enabled = False
    session.commit()

    with Session(node) as customers:
        customers.add(Customer(externalId="1", extended={"points": 3}))
        customers.commit()
    for refused in (
        Customer(externalId="2", extended={"pionts": 3}),
        Customer(externalId="3", base={"title": "Mr"}),
    ):
        with Session(node) as customers, pytest.raises(CommitError):
            customers.add(refused)
            customers.commit()


def test_a_type_of_events_that_is_turned_off_is_refused(session: Session, node: Node) -> None:
    configured = session.get(EventConfiguration, "viewedPage")
    assert configured is not None
    configured.enabled = False
    session.commit()

    bruce = Customer(externalId="1")
    with Session(node) as events:
        events.add(bruce)
        events.commit()
        events.add(viewed(bruce))
        with pytest.raises(CommitError):
            events.commit()
