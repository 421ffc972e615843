"""Typed events in a session, on the sandbox: stored, loaded as their class, found by it."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from contacthub_orm import (
    Attr,
    CompileError,
    CompletedOrder,
    ConfigurationError,
    Customer,
    Embedded,
    Event,
    EventInvited,
    InvalidRequestError,
    Properties,
    Session,
    ViewedPage,
    and_,
    attr,
    embedded,
    inspect,
)
from contacthub_orm.contacthub.entities import event_classes as declarations
from contacthub_orm.contacthub.entities.event import _class_of
from contacthub_orm.contacthub.events import (
    CompletedOrderProperties,
    OrderType,
    ViewedPageProperties,
    register,
)
from contacthub_orm.contacthub.values.enums import EventType
from contacthub_orm.reference import schema
from contacthub_orm.sandbox import Sandbox

MOMENT, STORED = "2024-05-01T10:00:00.000Z", "2024-05-01T10:00:00.000+0000"
TEXTS = {"date-time": MOMENT, "uri": "https://wayne.com/x", "email": "bruce@wayne.com", "ipv4": "127.0.0.1"}


def example(node: dict[str, Any], *, full: bool) -> Any:
    """A value that a schema allows, with everything that it names or with only what it requires."""
    kind = node["type"] if isinstance(node["type"], str) else node["type"][0]
    if kind == "object":
        if full and "properties" not in node:
            return {"any": "thing"}
        names = node["properties"] if full else node.get("required", ())
        return {name: example(node["properties"][name], full=full) for name in names}
    if kind == "array":
        return [example(node["items"], full=full)]
    if "enum" in node:
        return node["enum"][-2]
    if kind == "string":
        return TEXTS.get(node.get("format", ""), "text")
    return 3 if kind == "integer" else 2.5


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox() as running, running.workspace:
        yield running


@pytest.fixture(scope="module")
def bruce(sandbox: Sandbox) -> str:
    return sandbox.seed([{"externalId": "bruce"}])[0]


@pytest.fixture
def session(sandbox: Sandbox) -> Iterator[Session]:
    with Session(sandbox.node) as opened:
        yield opened


@pytest.fixture
def declared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test declare and register classes for itself alone."""
    monkeypatch.setattr(declarations, "_CLASSES", dict(declarations._CLASSES))


def seeded(sandbox: Sandbox, bruce: str, **event: Any) -> str:
    return sandbox.seed_events([{"customerId": bruce, "context": "WEB", "properties": {}, **event}])[0]


@pytest.mark.parametrize("full", [True, False], ids=["full", "minimal"])
@pytest.mark.parametrize("event_type", EventType)
def test_an_event_of_every_type_goes_there_and_back(
    sandbox: Sandbox, bruce: str, event_type: EventType, full: bool
) -> None:
    properties = example(schema("event", event_type), full=full)
    cls = _class_of(event_type)
    with Session(sandbox.node) as session:
        created = cls(customerId=bruce, context=Event.CONTEXTS.WEB, properties=properties)
        session.add(created)
        session.commit()
        assert created.id is not None
        identity = created.id

    with Session(sandbox.node) as session:
        loaded = session.get(Event, identity)
        assert loaded is not None
        assert type(loaded) is cls
        assert loaded.type is event_type
        assert json.loads(json.dumps(loaded.to_dict()["properties"]).replace(STORED, MOMENT)) == properties
        read_all(loaded.properties)
        assert inspect(loaded).changes() == {}
    with Session(sandbox.node) as session:
        found = {event.id: event for event in session.query(Event).filter(Event.customerId == bruce)}
        assert type(found[identity]) is cls
    with Session(sandbox.node) as session:
        found = {event.id: event for event in session.query(cls)}
        assert identity in found
        assert {type(event) for event in found.values()} == {cls}


def read_all(part: Any) -> None:
    """Read every declared attribute of every object."""
    if isinstance(part, list):
        for element in part:
            read_all(element)
    elif isinstance(part, Properties):
        for name in part.__attributes__:
            read_all(getattr(part, name))


def test_values_are_typed(sandbox: Sandbox, session: Session, bruce: str) -> None:
    order = seeded(
        sandbox, bruce, type="completedOrder", properties={"type": "return", "amount": {"total": 3}}
    )
    invitation = seeded(sandbox, bruce, type="eventInvited", properties={"eventDate": MOMENT})

    ordered, invited = session.get(CompletedOrder, order), session.get(EventInvited, invitation)

    assert ordered is not None
    assert invited is not None
    assert ordered.properties.type is OrderType.RETURN
    assert ordered.properties.amount.total == 3
    assert ordered.properties.amount.local.currency is None
    assert ordered.properties.products == []
    assert invited.properties.eventDate == datetime(2024, 5, 1, 10, tzinfo=UTC)


def test_an_edit_is_sent_as_the_path_that_changed(sandbox: Sandbox, session: Session, bruce: str) -> None:
    identity = seeded(
        sandbox, bruce, type="completedOrder", properties={"orderId": "1", "amount": {"total": 3, "tax": 1}}
    )
    order = session.get(CompletedOrder, identity)
    assert order is not None
    order.properties.amount.total = 4

    assert inspect(order).changes() == {"properties": {"amount": {"total": 4}}}
    session.commit()
    with Session(sandbox.node) as another:
        again = another.get(CompletedOrder, identity)
        assert again is not None
        assert again.properties == {"orderId": "1", "amount": {"total": 4, "tax": 1}}


@pytest.mark.parametrize(
    ("criterion", "further"),
    [
        (and_(), {}),
        (Event.customerId == "1", {"customerId": "1"}),
        (
            (CompletedOrder.customerId == "1") & (CompletedOrder.context == "WEB"),
            {"customerId": "1", "context": "WEB"},
        ),
        (CompletedOrder.type == EventType.COMPLETED_ORDER, {}),
        (CompletedOrder.date >= "2024-01-01", {"dateFrom": "2024-01-01"}),
    ],
)
def test_a_query_asks_for_the_type(session: Session, criterion: Any, further: dict[str, str]) -> None:
    asked = session.query(CompletedOrder).filter(criterion).compile()

    assert asked.pop("nodeId") == session.bind.node_id  # type: ignore[attr-defined]
    assert asked == {"type": "completedOrder", **further}


def test_a_query_for_all_events_asks_for_no_type(session: Session) -> None:
    assert "type" not in session.query(Event).compile()
    assert "type" not in session.query(Customer).compile()


def test_a_query_for_another_type_is_refused(session: Session) -> None:
    query = session.query(CompletedOrder).filter(Event.type == EventType.VIEWED_PAGE)

    with pytest.raises(CompileError, match="type has two values"):
        query.all()


def test_a_condition_that_the_service_cannot_answer_is_refused(session: Session) -> None:
    query = session.query(CompletedOrder).filter(CompletedOrder.properties.orderId == "1")

    with pytest.raises(CompileError, match="properties.orderId EQUALS '1'"):
        query.all()
    with pytest.raises(CompileError, match="CompletedOrder.properties.orderId is not an attribute of Event"):
        session.query(Event).filter(CompletedOrder.properties.orderId == "1")


def test_an_event_is_one_object_whichever_class_asks(sandbox: Sandbox, session: Session, bruce: str) -> None:
    identity = seeded(sandbox, bruce, type="completedOrder")

    found = session.get(Event, identity)

    assert found is session.get(CompletedOrder, identity)
    assert found in session.query(CompletedOrder).filter(Event.customerId == bruce).all()
    assert found in session.query(Event).filter(Event.customerId == bruce).all()


@pytest.mark.parametrize("held", [True, False])
def test_an_event_of_another_type_is_refused(
    sandbox: Sandbox, session: Session, bruce: str, held: bool
) -> None:
    identity = seeded(sandbox, bruce, type="viewedPage")
    kept = session.get(Event, identity) if held else None

    with pytest.raises(
        InvalidRequestError, match=rf"<ViewedPage {identity}> is loaded as ViewedPage, not as"
    ):
        session.get(CompletedOrder, identity)
    assert type(kept or session.get(ViewedPage, identity)) is ViewedPage


def test_a_class_of_ones_own_is_found_by_its_own_query(sandbox: Sandbox, bruce: str) -> None:
    class Shipping(Properties):
        parcel: Attr[str | None] = attr(default=None)

    class ParcelProperties(CompletedOrderProperties):
        extended: Embedded[Shipping] = embedded(default=None)

    class ParcelOrder(CompletedOrder):
        properties: Embedded[ParcelProperties] = embedded(default=None, required=True)  # pyright: ignore[reportIncompatibleVariableOverride]

    identity = seeded(sandbox, bruce, type="completedOrder", properties={"extended": {"parcel": "p1"}})

    with Session(sandbox.node) as session:
        query = session.query(ParcelOrder).filter(ParcelOrder.customerId == bruce)
        assert query.compile()["type"] == "completedOrder"
        found = {order.id: order for order in query}[identity]
        assert type(found) is ParcelOrder
        assert found.properties.extended.parcel == "p1"
        assert session.get(CompletedOrder, identity) is found
    with Session(sandbox.node) as session:
        assert type(session.get(Event, identity)) is CompletedOrder
        assert ParcelOrder(customerId="1").type is EventType.COMPLETED_ORDER


@pytest.mark.usefixtures("declared")
def test_a_registered_class_is_loaded_by_every_query(sandbox: Sandbox, bruce: str) -> None:
    @register
    class Parcel(CompletedOrder):
        @property
        def number(self) -> str:
            return f"#{self.properties.orderId}"

    identity = seeded(sandbox, bruce, type="completedOrder", properties={"orderId": "7"})

    for cls in (Event, CompletedOrder, Parcel):
        with Session(sandbox.node) as session:
            found = session.get(cls, identity)
            assert isinstance(found, Parcel)
            assert found.number == "#7"
    register(CompletedOrder)
    with Session(sandbox.node) as session:
        assert type(session.get(Event, identity)) is CompletedOrder


@pytest.mark.usefixtures("declared")
def test_a_class_for_a_type_that_has_one_does_not_take_its_place(sandbox: Sandbox, bruce: str) -> None:
    class Page(Event, type=EventType.VIEWED_PAGE):
        properties: Embedded[ViewedPageProperties] = embedded(default=None, required=True)

    identity = seeded(sandbox, bruce, type="viewedPage")

    with Session(sandbox.node) as session:
        assert type(session.get(Event, identity)) is ViewedPage
    with Session(sandbox.node) as session:
        held = session.get(Page, identity)
        assert type(held) is Page
        with pytest.raises(InvalidRequestError, match="is loaded as Page, not as ViewedPage"):
            session.get(ViewedPage, identity)


def test_a_class_without_a_type_cannot_be_registered() -> None:
    class Anything(Event):
        pass

    with pytest.raises(ConfigurationError, match=r"Anything has no event type: declare it with type="):
        register(Anything)


def test_a_class_without_a_type_loads_every_type_as_itself(sandbox: Sandbox, bruce: str) -> None:
    class Noted(Event):
        properties: Embedded[ViewedPageProperties] = embedded(default=None, required=True)

    identity = seeded(sandbox, bruce, type="viewedPage", properties={"url": "https://wayne.com"})

    with Session(sandbox.node) as session:
        assert "type" not in session.query(Noted).compile()
        found = session.get(Noted, identity)
        assert type(found) is Noted
        assert found.properties.url == "https://wayne.com"


class Answers:
    """A service that answers one event, as the sandbox would not."""

    def __init__(self, session: Session, monkeypatch: pytest.MonkeyPatch, **event: Any) -> None:
        document = {"id": "e1", "customerId": "c1", "context": "WEB", "version": 1, **event}
        monkeypatch.setattr(session.backend, "fetch", lambda entity, identity: document)


def test_a_type_of_tomorrow_is_an_event(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    Answers(session, monkeypatch, type="tastedWine", properties={"wine": {"year": 2020}})

    found = session.get(Event, "e1")

    assert type(found) is Event
    assert found.type == "tastedWine"
    assert found.properties.wine.year == 2020


@pytest.mark.usefixtures("declared")
def test_a_type_of_tomorrow_may_have_a_class(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    class Tasting(Event, type="tastedWine"):
        """Declared for a type that the library does not know."""

    Answers(session, monkeypatch, type="tastedWine", properties={"wine": "red"})

    assert type(session.get(Event, "e1")) is Tasting
    assert session.query(Tasting).compile()["type"] == "tastedWine"


def test_what_a_schema_does_not_name_is_kept(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    properties = {
        "orderId": "1",
        "paymentMethod": "barter",
        "gift": True,
        "amount": {"total": 3, "tip": 1},
        "products": [{"sku": "x", "size": "L"}],
        "extended": {"parcel": "p1"},
    }
    Answers(session, monkeypatch, type="completedOrder", properties=properties)

    order = session.get(CompletedOrder, "e1")
    assert order is not None

    assert order.properties["gift"] is True
    assert order.properties.amount["tip"] == 1
    assert order.properties.products[0]["size"] == "L"
    assert order.properties.extended.parcel == "p1"
    assert order.properties.paymentMethod == "barter"
    order.properties.amount.total = 4
    session.put(order)
    (operation,) = session.plan()
    changed = {**properties, "amount": {"total": 4, "tip": 1}}
    assert operation.request.body is not None
    assert operation.request.body["properties"] == changed


def test_a_page_of_many_types(sandbox: Sandbox) -> None:
    chance = random.Random(4)
    owner = sandbox.seed([{"externalId": "many"}])[0]
    types = chance.choices(list(EventType), k=120)
    sandbox.seed_events(
        [
            {
                "customerId": owner,
                "type": one.value,
                "context": "WEB",
                "properties": example(schema("event", one), full=False),
            }
            for one in types
        ]
    )

    with Session(sandbox.node) as session:
        rows = session.query(Event).filter(Event.customerId == owner).all()
        assert sorted(type(row).__name__ for row in rows) == sorted(_class_of(one).__name__ for one in types)
        for one in set(types):
            of_type = session.query(_class_of(one)).filter(Event.customerId == owner).all()
            assert set(map(id, of_type)) == {id(row) for row in rows if row.type is one}
