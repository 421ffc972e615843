"""What is refused before any request: what the API has no operation for, wrong values, entities of somewhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contacthub_orm import (
    AggregateNode,
    BaseProperty,
    CompileError,
    Customer,
    EntryNode,
    EventConfiguration,
    ExclusionFilter,
    ExtendedProperties,
    ExtendedProperty,
    InvalidRequestError,
    Node,
    NodePermission,
    Session,
    Source,
    UniqueCustomer,
    User,
    ValidationError,
)
from contacthub_orm.orm import Entity
from tests.support.world import World

IDENTITIES = {
    User: "1",
    EventConfiguration: "viewedPage",
    BaseProperty: "base.title",
    ExtendedProperties: "customers",
}


@pytest.mark.parametrize(
    "new",
    [
        User(nodes=[NodePermission(id="1")]),
        EventConfiguration(enabled=True),
        BaseProperty(enabled=True),
        ExtendedProperties(),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_cannot_be_created_is_refused(new: Entity, session: Session, world: World) -> None:
    session.add(new)

    with pytest.raises(InvalidRequestError, match=f"cannot be created: .* {type(new).__name__}"):
        session.commit()
    assert world.sandbox.requests == []
    session.expunge(new)


@pytest.mark.parametrize("entity", [EntryNode, Source, *IDENTITIES], ids=lambda one: one.__name__)
def test_nothing_can_be_deleted(entity: type[Entity], session: Session, world: World) -> None:
    found = (
        session.query(entity).first() if entity not in IDENTITIES else session.get(entity, IDENTITIES[entity])
    )
    assert found is not None
    world.sandbox.clear_requests()
    session.delete(found)

    with pytest.raises(InvalidRequestError, match=f"cannot be deleted: .* {entity.__name__}"):
        session.commit()
    assert world.sandbox.requests == []


@pytest.mark.parametrize(
    ("entity", "rules"),
    [
        (EntryNode(), ["EntryNode.name: is required"]),
        (EntryNode(name=""), ["EntryNode.name: must not be empty"]),
        (EntryNode(name="a", imageUrl="x"), ["EntryNode.imageUrl: must be an absolute URI"]),
        (
            EntryNode(name="a", uniqueCustomer=UniqueCustomer(properties=[], caseSensitive=True)),
            ["EntryNode.uniqueCustomer.properties: must not be empty"],
        ),
        (Source(name="a"), ["Source.nodes: must not be empty"]),
        (Source(name="a", nodes=["1"], provider="MAGENTO"), ["Source.provider: must be one of API"]),
        (Source(name="a", nodes=["1"], provider="FAX"), ["Source.provider: must be "]),  # type: ignore[arg-type]
        (
            AggregateNode(name="a"),
            [
                "AggregateNode.entryNodes: must not be empty",
                "AggregateNode.matchingProperties.properties: must not be empty",
            ],
        ),
        (
            AggregateNode(
                name="a",
                entryNodes=["1"],
                matchingProperties={"properties": ["externalId"]},
                exclusionFilters=[ExclusionFilter(property="a", value="b", pattern="CONTAINS")] * 11,
            ),
            ["AggregateNode.exclusionFilters: must have at most 10 elements, has 11"],
        ),
        (
            AggregateNode(
                name="a",
                entryNodes=["1"],
                matchingProperties={"properties": ["externalId"]},
                exclusionFilters=[ExclusionFilter(property="a", value="b", pattern="ENDS_WITH")],  # type: ignore[arg-type]
            ),
            ["AggregateNode.exclusionFilters[0].pattern: must be "],
        ),
    ],
    ids=str,
)
def test_wrong_values_of_new_entities_are_named(
    entity: Entity, rules: list[str], session: Session, world: World
) -> None:
    session.add(entity)

    found = [f"{one.path}: {one.rule}" for one in session.validate()]

    assert len(found) == len(rules)
    assert all(one.startswith(rule) for one, rule in zip(found, rules, strict=True))
    with pytest.raises(ValidationError):
        session.commit()
    assert world.sandbox.requests == []
    session.expunge(entity)


@pytest.mark.parametrize(
    ("declared", "rule"),
    [
        (ExtendedProperty(name="a.b", type="string"), "properties[0].name: must be a name without dots"),
        (ExtendedProperty(name="a"), "properties[0].type: is required"),  # type: ignore[call-arg, unused-ignore]
        (
            ExtendedProperty(name="a", type="string", contactlabProperties={"maxLength": 6001}),
            "properties[0].contactlabProperties.maxLength: must be from 1 to 6000",
        ),
        (
            ExtendedProperty(name="a", type="string", contactlabProperties={"mergePolicy": "LATEST"}),
            "properties[0].contactlabProperties.mergePolicy: must be ",
        ),
    ],
    ids=str,
)
def test_wrong_definitions_of_extended_properties_are_named(
    declared: ExtendedProperty, rule: str, session: Session
) -> None:
    found = session.get(ExtendedProperties, "customers")
    assert found is not None
    found.properties = [declared]

    [violation] = session.validate()

    assert f"{violation.path}: {violation.rule}".startswith(f"ExtendedProperties.{rule}")


def test_a_name_or_a_node_twice_is_refused(session: Session) -> None:
    declared, user = session.get(ExtendedProperties, "customers"), session.get(User, "1")
    assert declared is not None
    assert user is not None
    declared.properties = [
        ExtendedProperty(name="a", type="string"),
        ExtendedProperty(name="a", type="integer"),
    ]
    user.nodes = [NodePermission(id="1", permission="R"), NodePermission(id="1", permission="W")]

    assert [one.path for one in session.validate()] == ["ExtendedProperties.properties", "User.nodes"]


def test_what_is_fixed_or_the_services_own_cannot_be_changed(session: Session, world: World) -> None:
    everybody = session.get(AggregateNode, world.sandbox.add_aggregate_node("Everybody"))
    user = session.get(User, "1")
    assert everybody is not None
    assert user is not None
    everybody.entryNodes = ["1"]
    user.name = "Bruce"

    assert [one.path for one in session.validate()] == ["AggregateNode.entryNodes", "User.name"]


def test_what_the_service_must_have_cannot_be_taken_away(session: Session, world: World) -> None:
    first, user = session.get(EntryNode, world.sandbox.node_id), session.get(User, "1")
    viewed = session.get(EventConfiguration, "viewedPage")
    assert first is not None
    assert user is not None
    assert viewed is not None
    first.uniqueCustomer = None  # type: ignore[assignment]
    user.nodes = None  # type: ignore[assignment]
    viewed.enabled = None  # type: ignore[assignment]

    assert sorted(f"{one.path} {one.rule}" for one in session.validate()) == [
        "EntryNode.uniqueCustomer is required",
        "EventConfiguration.enabled is required",
        "User.nodes is required",
    ]


def test_elements_that_are_dicts_are_checked_too(session: Session) -> None:
    declared, user = session.get(ExtendedProperties, "customers"), session.get(User, "1")
    assert declared is not None
    assert user is not None
    for elements in (declared.properties, user.nodes):
        elements.extend([{"name": "a", "type": "string"}, {"name": "a", "type": "string"}])  # type: ignore[attr-defined]

    assert declared.named("a") is None
    assert {one.path for one in session.validate()} == {
        "ExtendedProperties.properties",
        "User.nodes[1].id",
        "User.nodes[1].name",
        "User.nodes[1].type",
        "User.nodes[2].id",
        "User.nodes[2].name",
        "User.nodes[2].type",
    }


USES: list[Callable[[Session, type[Entity]], object]] = [
    lambda session, entity: session.add(entity()),
    lambda session, entity: session.query(entity),
    lambda session, entity: session.get(entity, "1"),
    lambda session, entity: session.get_many(entity, ["1"]),
]


@pytest.mark.parametrize("use", USES, ids=["add", "query", "get", "get_many"])
def test_a_workspaces_session_says_that_customers_are_in_a_node(
    use: Callable[[Session, type[Entity]], object], session: Session, world: World
) -> None:
    with pytest.raises(
        InvalidRequestError, match=r"no Customer: customers are in a node, Session\(workspace.get_node"
    ):
        use(session, Customer)
    assert world.sandbox.requests == []


@pytest.mark.parametrize("use", USES, ids=["add", "query", "get", "get_many"])
def test_a_nodes_session_says_that_sources_are_the_workspaces(
    use: Callable[[Session, type[Entity]], object], node: Node, world: World
) -> None:
    with (
        Session(node) as session,
        pytest.raises(InvalidRequestError, match=r"no Source: .*Session\(workspace\)"),
    ):
        use(session, Source)
    assert world.sandbox.requests == []


def test_what_a_list_cannot_be_asked_is_named(session: Session, world: World) -> None:
    with pytest.raises(CompileError, match="filter_locally"):
        session.query(EntryNode).filter(EntryNode.name == "Shops").all()
    with pytest.raises(CompileError, match="filter_locally"):
        session.query(BaseProperty).filter(BaseProperty.enabled == True).all()  # noqa: E712
    with pytest.raises(CompileError, match='"customers", "products"|"customers"'):
        session.query(ExtendedProperties).all()
    assert world.sandbox.requests == []
