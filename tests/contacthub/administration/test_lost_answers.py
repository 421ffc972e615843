"""Writes of the configuration whose answer was lost are looked up; answers that make no sense are not believed."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm import (
    AggregateNode,
    BaseProperty,
    CommitError,
    EntryNode,
    EventConfiguration,
    ExtendedProperties,
    ExtendedProperty,
    Node,
    OutcomeUnknown,
    Session,
    Source,
    TransportError,
)
from contacthub_orm.http import Answer
from contacthub_orm.orm import Entity
from tests.support.server import Server
from tests.support.world import World


def new(kind: type[Entity], world: World) -> Any:
    node = world.sandbox.node_id
    if kind is Source:
        return Source(name="New", nodes=[node])
    if kind is EntryNode:
        return EntryNode(name="New")
    return AggregateNode(name="New", entryNodes=[node], matchingProperties={"properties": ["externalId"]})


PATHS = {Source: "sources", EntryNode: "nodes/entries", AggregateNode: "nodes/aggregates"}

every_kind = pytest.mark.parametrize("kind", list(PATHS), ids=lambda kind: kind.__name__)


def named(held: Server, kind: type[Entity]) -> list[str]:
    """The ids of what is called New."""
    elements = held.get(f"configuration/{PATHS[kind]}", size=50)["elements"]
    return [one["id"] for one in elements if one["name"] == "New"]


@every_kind
@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_lost_creation_is_looked_up_and_made_once(
    kind: type[Entity], phase: str, session: Session, node: Node, world: World, held: Server
) -> None:
    one = new(kind, world)
    session.add(one)
    world.fault(node, 0, phase)
    with pytest.raises(CommitError):
        session.commit()

    world.clock.advance(10)
    session.commit()

    assert named(held, kind) == [one.id]


def test_a_lost_creation_beside_others_of_its_name_stays_unknown(
    session: Session, node: Node, world: World, held: Server
) -> None:
    for _ in range(2):
        with Session(node.workspace) as other:
            other.add(new(Source, world))
            other.commit()
    session.add(new(Source, world))
    world.fault(node, 0, "before")
    for _ in range(2):
        with pytest.raises(CommitError) as caught:
            session.commit()
        world.clock.advance(10)

    assert isinstance(caught.value.exceptions[0], OutcomeUnknown)
    assert len(named(held, Source)) == 2


@pytest.mark.parametrize("phase", ["before", "after"])
def test_a_lost_change_is_looked_up(
    phase: str, session: Session, node: Node, world: World, held: Server
) -> None:
    viewed = session.get(EventConfiguration, "viewedPage")
    declared = session.get(ExtendedProperties, "customers")
    assert viewed is not None
    assert declared is not None
    viewed.enabled = False
    world.fault(node, 0, phase)
    with pytest.raises(CommitError):
        session.commit()
    declared.properties.append(ExtendedProperty(name="points", type="integer"))
    world.fault(node, 0 if phase == "after" else 1, phase)
    with pytest.raises(CommitError):
        session.commit()
    session.commit()

    assert held.get("configuration/events/viewedPage")["enabled"] is False
    assert list(held.get("configuration/properties/extended")) == ["points"]
    assert not session.plan()


@pytest.mark.parametrize(
    "answer",
    [
        {"elements": []},
        {"elements": [], "page": {"number": 1, "totalPages": 1}},
        {"elements": [], "page": {"number": 0, "totalPages": None}},
        {"elements": [], "page": []},
        {"elements": None, "page": {"number": 0, "totalPages": 1}},
        {"elements": [{"name": "x"}], "page": {"number": 0, "totalPages": 1}},
        [],
    ],
    ids=str,
)
def test_a_page_that_is_none_is_not_believed(
    answer: Any, session: Session, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lying(method: str, path: str, **request: Any) -> Answer:
        reason = request["objection"](answer)
        if reason is None:
            return Answer(200, {}, answer)
        raise OutcomeUnknown(reason, method=method, url=path)

    monkeypatch.setattr(node.workspace.transport, "send", lying)

    with pytest.raises(TransportError):
        session.query(Source).all()


@pytest.mark.parametrize(
    ("entity", "identity", "attribute", "value", "answer"),
    [
        (EventConfiguration, "viewedPage", "enabled", False, {"enabled": False}),
        (EventConfiguration, "viewedPage", "enabled", False, [False]),
        (ExtendedProperties, "customers", "properties", [{"name": "a", "type": "string"}], {"a": "string"}),
        (BaseProperty, "base.title", "enabled", False, {"name": "base.prefix", "enabled": False}),
    ],
    ids=str,
)
def test_an_answer_to_a_change_that_is_none_is_not_believed(
    entity: type[Entity],
    identity: str,
    attribute: str,
    value: Any,
    answer: Any,
    session: Session,
    node: Node,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = session.get(entity, identity)
    setattr(found, attribute, value)
    real = node.workspace.transport.send

    def lying(method: str, path: str, **request: Any) -> Answer:
        if method == "GET":
            return real(method, path, **request)
        reason = request["objection"](answer)
        assert reason is not None
        raise OutcomeUnknown(reason, method=method, url=path)

    monkeypatch.setattr(node.workspace.transport, "send", lying)

    with pytest.raises(CommitError) as caught:
        session.commit()
    assert isinstance(caught.value.exceptions[0], OutcomeUnknown)


def test_a_change_that_is_accepted_without_a_word_is_taken_as_sent(
    session: Session, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    viewed = session.get(EventConfiguration, "viewedPage")
    declared = session.get(ExtendedProperties, "customers")
    assert viewed is not None
    assert declared is not None
    viewed.enabled = False
    declared.properties = [ExtendedProperty(name="points", type="integer")]
    monkeypatch.setattr(node.workspace.transport, "send", lambda *_, **__: Answer(200, {}, None))
    session.commit()

    assert not session.plan()
    assert (viewed.enabled, viewed.label) == (False, "Viewed page")
    assert [one.name for one in declared.properties] == ["points"]
