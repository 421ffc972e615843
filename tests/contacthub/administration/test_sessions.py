"""The configuration of a workspace as entities: read, planned, committed, and read back by plain HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contacthub_orm import (
    AggregateNode,
    BaseProperty,
    CommitError,
    EntryNode,
    EventConfiguration,
    ExclusionFilter,
    ExtendedProperties,
    ExtendedProperty,
    ForbiddenError,
    Node,
    NodePermission,
    Session,
    Source,
    StaleDataError,
    UniqueCustomer,
    User,
    Workspace,
    recover,
)
from contacthub_orm.orm import Entity
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server
from tests.support.world import Crash, World, abandon


def got(session: Session, entity: type[Any], identity: str) -> Any:
    found = session.get(entity, identity)
    assert found is not None
    return found


def writes(world: World) -> list[str]:
    """What was written, below the workspace; emptied by looking."""
    found = [
        f"{one.method} {one.path.split('/', 5)[5]}" for one in world.sandbox.requests if one.method != "GET"
    ]
    world.sandbox.clear_requests()
    return found


# -- what is created ------------------------------------------------------------------------------------------------------


def test_an_entry_node_is_created_as_it_was_planned(session: Session, held: Server) -> None:
    shops = EntryNode(name="Shops", uniqueCustomer=UniqueCustomer(properties=["externalId"]))
    session.add(shops)

    assert str(session.plan()) == (
        'POST configuration/nodes/entries {"name": "Shops", "uniqueCustomer": {"properties": ["externalId"]}}'
    )
    session.commit()
    found = held.get(f"configuration/nodes/entries/{shops.id}")
    assert (found["name"], found["uniqueCustomer"]["properties"]) == ("Shops", ["externalId"])
    assert shops.uniqueCustomer.caseSensitive is False
    assert not session.dirty


def test_an_aggregate_node_is_created_of_entry_nodes(session: Session, held: Server, world: World) -> None:
    everybody = AggregateNode(
        name="Everybody",
        entryNodes=[world.sandbox.node_id],
        matchingProperties=UniqueCustomer(properties=["externalId"]),
        exclusionFilters=[ExclusionFilter(property="base.lastName", value="Test", pattern="START_WITH")],
    )
    session.add(everybody)
    session.commit()

    found = held.get(f"configuration/nodes/aggregates/{everybody.id}")
    assert (found["state"], found["entryNodes"]) == ("NEW", [world.sandbox.node_id])
    assert found["exclusionFilters"] == [
        {"property": "base.lastName", "value": "Test", "pattern": "START_WITH"}
    ]
    assert everybody.state == "NEW"


def test_a_source_is_created_and_its_token_stays_out_of_the_session(
    session: Session, held: Server, world: World, workspace: Workspace
) -> None:
    web = Source(name="Web", nodes=[world.sandbox.node_id])
    session.add(web)
    session.commit()

    assert held.get(f"configuration/sources/{web.id}")["name"] == "Web"
    assert "token" not in web.to_dict()
    assert all("token" not in one.to_dict() for one in session.query(Source))
    assert web.id is not None
    assert workspace.api.configuration.get_source(web.id).token


# -- what is changed ------------------------------------------------------------------------------------------------------


def test_a_change_of_an_entry_node_sends_the_whole_with_its_id(
    session: Session, held: Server, world: World
) -> None:
    identity = world.sandbox.node_id
    first = got(session, EntryNode, identity)
    first.description = "The shops"
    first.mandatoryProperties.append("base.lastName")
    session.commit()

    assert writes(world) == [f"PUT configuration/nodes/entries/{identity}"]
    found = held.get(f"configuration/nodes/entries/{identity}")
    assert (found["description"], found["mandatoryProperties"]) == ("The shops", ["base.lastName"])
    assert found["uniqueCustomer"]["properties"] == ["base.contacts.email"]


def test_a_state_alone_is_set_by_its_own_operation(session: Session, held: Server, world: World) -> None:
    identity = world.sandbox.add_aggregate_node("Everybody")
    body = held.get(f"configuration/nodes/aggregates/{identity}")
    new = AggregateNode(
        name="Few", entryNodes=body["entryNodes"], matchingProperties=body["matchingProperties"]
    )
    session.add(new)
    session.commit()
    writes(world)
    new.state = "ACTIVE"

    assert str(session.plan()) == f'PUT configuration/nodes/aggregates/{new.id}/state {{"state": "ACTIVE"}}'
    session.commit()
    assert writes(world) == [f"PUT configuration/nodes/aggregates/{new.id}/state"]
    assert held.get(f"configuration/nodes/aggregates/{new.id}") == new.to_dict()


def test_a_state_with_something_else_goes_in_one_request(
    session: Session, held: Server, world: World
) -> None:
    new = AggregateNode(
        name="Few",
        entryNodes=[world.sandbox.node_id],
        matchingProperties=UniqueCustomer(properties=["externalId"]),
    )
    session.add(new)
    session.commit()
    writes(world)
    new.state, new.description = "ACTIVE", "A few"
    session.commit()

    assert writes(world) == [f"PUT configuration/nodes/aggregates/{new.id}"]
    found = held.get(f"configuration/nodes/aggregates/{new.id}")
    assert (found["state"], found["description"]) == ("ACTIVE", "A few")


def test_a_source_is_changed(session: Session, held: Server, world: World) -> None:
    web = Source(name="Web", nodes=[world.sandbox.node_id])
    session.add(web)
    session.commit()
    web.enabled = False
    session.commit()

    assert held.get(f"configuration/sources/{web.id}")["enabled"] is False


def test_a_user_is_given_a_permission_at_a_node(session: Session, held: Server, world: World) -> None:
    shops = world.sandbox.add_node("Shops")
    user = got(session, User, "1")
    user.nodes.append(NodePermission(id=shops, permission="W"))
    session.commit()

    assert writes(world) == ["PUT configuration/users/1"]
    assert {"id": shops, "permission": "W"} in held.get("configuration/users/1")["nodes"]
    assert user.updatedAt is not None


def test_a_type_of_events_is_turned_off(session: Session, held: Server, world: World) -> None:
    viewed = got(session, EventConfiguration, "viewedPage")
    viewed.enabled = False
    session.commit()

    assert [one.body for one in world.sandbox.requests if one.method == "PUT"] == [{"value": False}]
    assert writes(world) == ["PUT configuration/events/viewedPage/enabled"]
    assert held.get("configuration/events/viewedPage")["enabled"] is False
    assert (viewed.enabled, viewed.mode) == (False, "ACTIVE")


def test_a_base_property_is_turned_off(session: Session, held: Server, world: World) -> None:
    title = got(session, BaseProperty, "base.title")
    title.enabled = False
    session.commit()

    assert writes(world) == ["PUT configuration/properties/base/base.title"]
    elements = held.get("configuration/properties/base")["elements"]
    assert [one["enabled"] for one in elements if one["name"] == "base.title"] == [False]


@pytest.mark.parametrize(
    ("of", "path"),
    [
        ("customers", "configuration/properties/extended"),
        ("products", "configuration/products/properties/extended"),
        ("completedOrder", "configuration/events/completedOrder/properties/extended"),
    ],
)
def test_extended_properties_are_declared_changed_and_taken_back(
    of: str, path: str, session: Session, held: Server, world: World
) -> None:
    declared = got(session, ExtendedProperties, of)
    points = ExtendedProperty(name="points", type="integer", contactlabProperties={"label": "Points"})
    declared.properties += [points, ExtendedProperty(name="card", type="string")]
    session.commit()
    assert writes(world) == [f"PUT {path}"]
    assert held.get(path) == {
        "points": {"type": "integer", "contactlabProperties": {"label": "Points"}},
        "card": {"type": "string"},
    }

    points["maximum"] = 100
    declared.properties.remove(declared.named("card"))
    session.commit()
    assert held.get(path) == {
        "points": {"type": "integer", "contactlabProperties": {"label": "Points"}, "maximum": 100}
    }
    assert declared.named("card") is None


def test_nothing_is_sent_for_what_has_not_changed(session: Session, world: World) -> None:
    first = got(session, EntryNode, world.sandbox.node_id)
    first.name = str(first.name)
    got(session, ExtendedProperties, "customers").properties.clear()

    assert not session.plan()


# -- what is read ---------------------------------------------------------------------------------------------------------


ADD: dict[type[Entity], Callable[[Sandbox, str], object]] = {
    EntryNode: lambda sandbox, name: sandbox.add_node(name),
    AggregateNode: lambda sandbox, name: sandbox.add_aggregate_node(name),
    Source: lambda sandbox, name: sandbox.add_source(name, {"Sandbox": "R"}),
    User: lambda sandbox, name: sandbox.add_user(name, {"Sandbox": "R"}),
    EventConfiguration: lambda _, __: None,
}


@pytest.mark.parametrize(
    ("entity", "path"),
    [
        (EntryNode, "nodes/entries"),
        (AggregateNode, "nodes/aggregates"),
        (Source, "sources"),
        (User, "users"),
        (EventConfiguration, "events"),
    ],
)
def test_all_pages_of_a_list_are_read(
    entity: type[Entity], path: str, session: Session, held: Server, world: World
) -> None:
    for number in range(52):
        ADD[entity](world.sandbox, f"Number {number}")
    total = held.get(f"configuration/{path}", size=1)["page"]["totalElements"]
    world.sandbox.clear_requests()

    found = session.query(entity).all()

    assert len(world.sandbox.requests) == -(-total // 50)
    assert len({one._state.known_key for one in found}) == len(found) == total
    assert session.query(entity).limit(7).all() == found[:7]


def test_base_properties_are_listed_as_a_whole(session: Session, held: Server) -> None:
    names = [one["name"] for one in held.get("configuration/properties/base")["elements"]]

    assert [one.name for one in session.query(BaseProperty)] == names
    assert [one.name for one in session.query(BaseProperty).limit(3)] == names[:3]
    assert session.get(BaseProperty, "base.nothing") is None


def test_an_entity_is_one_object_however_it_is_read(session: Session, world: World) -> None:
    first = got(session, EntryNode, world.sandbox.node_id)

    assert session.query(EntryNode).one() is first
    assert got(session, EntryNode, world.sandbox.node_id) is first


@pytest.mark.parametrize("entity", [EntryNode, AggregateNode, Source, User, EventConfiguration, BaseProperty])
def test_what_is_not_there_is_none(entity: type[Entity], session: Session) -> None:
    assert session.get(entity, "3b4f1a0e-0000-4000-8000-000000000000") is None


def test_conditions_are_checked_in_this_process(session: Session) -> None:
    got(session, EventConfiguration, "viewedPage").enabled = False
    session.commit()

    found = session.query(EventConfiguration).filter_locally(EventConfiguration.enabled == False).all()  # noqa: E712

    assert [one.id for one in found] == ["viewedPage"]


# -- the unit of work -----------------------------------------------------------------------------------------------------


def test_a_block_that_fails_takes_changes_back_and_says_what_stays(
    session: Session, held: Server, world: World, node: Node
) -> None:
    viewed = got(session, EventConfiguration, "viewedPage")
    declared = got(session, ExtendedProperties, "customers")
    with pytest.raises(CommitError) as caught, session.begin(atomic=True):
        viewed.enabled = False
        declared.properties.append(ExtendedProperty(name="points", type="integer"))
        session.flush()
        session.add(Source(name="Web", nodes=[world.sandbox.node_id]))
        session.flush()
        world.fault(node, 0, "before")
        session.add(EntryNode(name="Shops"))
        session.flush()

    assert held.get("configuration/events/viewedPage")["enabled"] is True
    assert held.get("configuration/properties/extended") == {}
    undone = [str(one) for one in caught.value.undone]
    assert len(undone) == 3
    assert undone[0].startswith("not undone POST configuration/sources")
    assert all(one.startswith("undone") for one in undone[1:])


def test_another_writers_change_is_noticed_without_a_version(workspace: Workspace, held: Server) -> None:
    with Session(workspace, check_version=True) as ours, Session(workspace) as theirs:
        mine = got(ours, ExtendedProperties, "customers")
        other = got(theirs, ExtendedProperties, "customers")
        other.properties.append(ExtendedProperty(name="theirs", type="string"))
        theirs.commit()
        mine.properties.append(ExtendedProperty(name="ours", type="string"))

        with pytest.raises(CommitError) as caught:
            ours.commit()

    assert isinstance(caught.value.exceptions[0], StaleDataError)
    assert list(held.get("configuration/properties/extended")) == ["theirs"]


def test_a_token_without_the_permission_is_refused_by_the_service(world: World) -> None:
    token = world.sandbox.add_source("Reader", {"Sandbox": "R"})
    with (
        Workspace(world.sandbox.workspace_id, token, world.sandbox.base_url) as workspace,
        Session(workspace) as session,
    ):
        got(session, EventConfiguration, "viewedPage").enabled = False
        with pytest.raises(CommitError) as caught:
            session.commit()

    assert isinstance(caught.value.exceptions[0], ForbiddenError)


def test_a_journal_brings_a_killed_commit_to_its_end(
    workspace: Workspace, node: Node, world: World, held: Server, tmp_path: Any
) -> None:
    path = str(tmp_path / "journal")
    session = Session(workspace, settle=5, journal=path)
    got(session, EventConfiguration, "viewedPage").enabled = False
    web = Source(name="Web", nodes=[world.sandbox.node_id])
    session.add(web)
    world.fault(node, 1, "after", Crash())
    with pytest.raises(Crash):
        session.commit()
    abandon(session)

    report = recover(workspace, path, settle=5)

    assert report.complete
    assert [len(report.confirmed), len(report.adopted)] == [1, 1]
    assert held.get("configuration/events/viewedPage")["enabled"] is False
    assert [one["name"] for one in held.get("configuration/sources")["elements"]].count("Web") == 1


def test_an_entity_that_no_session_holds_saves_itself(workspace: Workspace, held: Server) -> None:
    with Session(workspace) as session:
        viewed = got(session, EventConfiguration, "viewedPage")
    viewed.enabled = False
    viewed.put()

    assert held.get("configuration/events/viewedPage")["enabled"] is False


# -- paths ----------------------------------------------------------------------------------------------------------------


def test_paths_that_the_workspace_overrides_are_used(world: World) -> None:
    paths = {
        "create_aggregate_node": "/workspaces/{workspaceId}/configuration/views",
        "set_aggregate_node_state": "/workspaces/{workspaceId}/configuration/views/{aggregateNodeId}/lock",
    }
    sandbox = world.sandbox
    identity = sandbox.add_aggregate_node("Everybody")
    few = AggregateNode(
        name="Few", entryNodes=[sandbox.node_id], matchingProperties={"properties": ["externalId"]}
    )
    with (
        Workspace(sandbox.workspace_id, sandbox.token, sandbox.base_url, paths=paths) as workspace,
        Session(workspace, on_error="continue") as session,
    ):
        got(session, AggregateNode, identity).state = "LOCKED"
        session.add(few)
        sandbox.clear_requests()
        with pytest.raises(CommitError):
            session.commit()

    assert sorted(writes(world)) == ["POST configuration/views", f"PUT configuration/views/{identity}/lock"]
