"""`session.query(Event)`: the parameters of its route, exactly; the rest is refused or done in this process."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from contacthub_orm import CompileError, CompletedOrder, Criterion, Event, LoggedIn, Session, ViewedPage
from tests.support.world import World

E: Any = Event
CAN = (
    "an event query takes == on customerId, type, context, mode and nodeId, in_ on type and context, "
    "and >=, <= or between on date, joined by &"
)


@pytest.fixture
def ids(world: World) -> list[str]:
    """Two customers; the first viewed 60 pages, one a minute, and ordered once; the second logged in."""
    ids = world.sandbox.seed([{"externalId": "1"}, {"externalId": "2"}])
    start = datetime(2024, 1, 1, tzinfo=UTC)
    world.sandbox.seed_events(
        [
            *(
                {
                    "customerId": ids[0],
                    "type": "viewedPage",
                    "context": "WEB",
                    "date": (start + timedelta(minutes=number)).isoformat(),
                    "properties": {"url": f"https://example.com/{number}"},
                }
                for number in range(60)
            ),
            {
                "customerId": ids[0],
                "type": "completedOrder",
                "context": "ECOMMERCE",
                "properties": {"orderId": "1"},
            },
            {"customerId": ids[1], "type": "loggedIn", "context": "MOBILE", "properties": {}},
        ]
    )
    return ids


@pytest.fixture
def session(world: World, ids: list[str]) -> Iterator[Session]:
    with Session(world.node()) as session:
        yield session


TAKEN: list[tuple[Criterion, dict[str, str]]] = [
    (E.customerId == "1", {"customerId": "1"}),
    (E.customerId.in_(["1"]), {"customerId": "1"}),
    (E.type == Event.TYPES.LOGGED_IN, {"type": "loggedIn"}),
    (E.type.in_(["loggedIn", Event.TYPES.VIEWED_PAGE]), {"type": "loggedIn,viewedPage"}),
    (E.context == Event.CONTEXTS.MOBILE, {"context": "MOBILE"}),
    (E.context.in_([Event.CONTEXTS.WEB, "MOBILE"]), {"context": "WEB,MOBILE"}),
    (E.mode == Event.MODES.PASSIVE, {"mode": "PASSIVE"}),
    (E.mode.in_(["ACTIVE"]), {"mode": "ACTIVE"}),
    (E.date >= datetime(2024, 1, 1, 12, tzinfo=UTC), {"dateFrom": "2024-01-01T12:00:00.000Z"}),
    (E.date >= datetime(2024, 1, 1, 12), {"dateFrom": "2024-01-01T12:00:00.000Z"}),
    (E.date <= datetime(2024, 1, 1, 12, tzinfo=timezone(timedelta(hours=1))), {"dateTo": "2024-01-01T11:00:00.000Z"}),
    (E.date.between(date(2024, 1, 1), "2024-02-01"), {"dateFrom": "2024-01-01", "dateTo": "2024-02-01"}),
    (
        (E.customerId == "1") & (E.type == "loggedIn") & (E.context == "WEB") & (E.mode == "ACTIVE") & (E.date >= "2024-01-01"),
        {"customerId": "1", "type": "loggedIn", "context": "WEB", "mode": "ACTIVE", "dateFrom": "2024-01-01"},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("criterion", "parameters"), TAKEN, ids=lambda value: str(value)[:60])
def test_a_criterion_becomes_exactly_these_parameters(
    session: Session, criterion: Criterion, parameters: dict[str, str]
) -> None:
    compiled = session.query(Event).filter(criterion).compile()

    assert compiled == {"nodeId": session.query(Event).compile()["nodeId"], **parameters}


REFUSED: list[tuple[Criterion, str]] = [
    (E.customerId.in_(["1", "2"]), "customerId IN ['1', '2']"),
    (E.customerId != "1", "customerId NOT_EQUALS '1'"),
    (E.customerId > "1", "customerId GT '1'"),
    (E.customerId.is_(None), "customerId IS_NULL"),
    (E.type != "loggedIn", "type NOT_EQUALS 'loggedIn'"),
    (E.type.not_in(["loggedIn"]), "type NOT_IN ['loggedIn']"),
    (E.mode.in_(["ACTIVE", "PASSIVE"]), "mode IN ['ACTIVE', 'PASSIVE']"),
    (E.date == "2024-01-01", "date EQUALS '2024-01-01'"),
    (E.date > "2024-01-01", "date GT '2024-01-01'"),
    (E.date < "2024-01-01", "date LT '2024-01-01'"),
    (E.date.is_not(None), "date IS_NOT_NULL"),
    (E.id == "1", "id EQUALS '1'"),
    (E.registeredAt >= "2024-01-01", "registeredAt GTE '2024-01-01'"),
    (E.properties.url == "x", "properties.url EQUALS 'x'"),
    (E.contextInfo.client.ip == "x", "contextInfo.client.ip EQUALS 'x'"),
    ((E.type == "loggedIn") | (E.mode == "ACTIVE"), "(type EQUALS 'loggedIn' or mode EQUALS 'ACTIVE')"),
    (~((E.type == "loggedIn") & (E.mode == "ACTIVE")), "(type NOT_EQUALS 'loggedIn' or mode NOT_EQUALS 'ACTIVE')"),
    ((E.type == "loggedIn") & (E.type == "viewedPage"), "type EQUALS 'viewedPage': type has two values"),
]  # fmt: skip


@pytest.mark.parametrize(("criterion", "named"), REFUSED, ids=lambda value: str(value)[:60])
def test_what_the_route_cannot_be_asked_is_refused_unsent(
    session: Session, world: World, criterion: Criterion, named: str
) -> None:
    with pytest.raises(CompileError) as refusal:
        session.query(Event).filter(criterion).all()

    assert str(refusal.value).startswith(named)
    assert refusal.value.text.endswith(CAN)
    assert not world.sandbox.requests


@pytest.mark.parametrize("criterion", [E.customerId == "", E.customerId.in_([""])])
def test_an_empty_text_which_the_route_takes_for_no_filter_is_refused(
    session: Session, criterion: Criterion
) -> None:
    with pytest.raises(
        CompileError, match="customerId .*: the route takes an empty string for no filter at all"
    ):
        session.query(Event).filter(criterion).all()


def test_all_pages_of_events_are_read(session: Session, world: World, ids: list[str]) -> None:
    events = session.query(Event).filter(Event.customerId == ids[0]).all()

    assert len({event.id for event in events}) == 61
    assert len(world.sandbox.requests) == 2


def test_date_bounds_are_included(session: Session) -> None:
    first, last = datetime(2024, 1, 1, 0, 10, tzinfo=UTC), datetime(2024, 1, 1, 0, 12, tzinfo=UTC)

    assert session.query(Event).filter(Event.date.between(first, last)).count() == 3


def test_events_are_sorted_by_the_service(session: Session) -> None:
    newest = session.query(ViewedPage).order_by(Event.date.desc()).first()

    assert newest is not None
    assert newest.properties.url == "https://example.com/59"


@pytest.mark.parametrize(
    ("entity", "parameters"),
    [(CompletedOrder, "completedOrder"), (ViewedPage, "viewedPage"), (LoggedIn, "loggedIn")],
)
def test_a_typed_class_asks_for_its_type(session: Session, entity: type[Event], parameters: str) -> None:
    query = session.query(entity)

    assert query.compile()["type"] == parameters
    assert {type(event) for event in query} == {entity}


def test_a_typed_class_takes_further_criteria(session: Session, ids: list[str]) -> None:
    query = session.query(CompletedOrder).filter(CompletedOrder.customerId == ids[0])

    assert query.one().properties.orderId == "1"
    assert query.filter(CompletedOrder.mode == "PASSIVE").count() == 0


def test_a_typed_class_cannot_be_asked_for_another_type(session: Session) -> None:
    with pytest.raises(CompileError, match="type has two values"):
        session.query(CompletedOrder).filter(Event.type == "viewedPage").all()


def test_rows_are_filtered_in_this_process_where_that_is_asked_for(session: Session, world: World) -> None:
    found = session.query(ViewedPage).filter_locally(
        ViewedPage.properties.url.in_(["https://example.com/3", "https://example.com/57"])
    )

    assert sorted(str(event.properties.url)[-2:] for event in found) == ["/3", "57"]
    assert all("properties" not in str(request.query) for request in world.sandbox.requests)


@pytest.mark.parametrize(
    "criterion", [E.customerId.in_(["1", "2"]), E.date > "2024-01-01", ~(E.type == "loggedIn")]
)
def test_what_the_route_refuses_runs_locally(session: Session, criterion: Criterion) -> None:
    everything = session.query(Event).all()

    found = session.query(Event).filter_locally(criterion).all()

    assert {event.id for event in found} == {event.id for event in everything if criterion.matches(event)}


def test_a_limit_and_an_offset_count_rows_that_pass_the_local_filter(session: Session) -> None:
    query = session.query(ViewedPage).order_by(Event.date).filter_locally(
        Event.date > datetime(2024, 1, 1, 0, 50, tzinfo=UTC)
    )  # fmt: skip

    assert query.count() == 9
    assert [event.properties.url for event in query.offset(1).limit(2)] == [
        "https://example.com/52",
        "https://example.com/53",
    ]


def test_one_and_exists_ask_for_rows_that_pass_the_local_filter(session: Session) -> None:
    query = session.query(ViewedPage)
    last, none = (
        query.filter_locally(ViewedPage.properties.url == f"https://example.com/{end}") for end in (59, 60)
    )

    assert last.one().properties.url == "https://example.com/59"
    assert last.exists()
    assert not none.exists()
    assert none.first() is None
    assert none.one_or_none() is None


def test_an_empty_in_asks_nothing(session: Session, world: World) -> None:
    query = session.query(Event).filter(Event.type.in_([]))

    assert query.all() == []
    assert query.count() == 0
    assert not world.sandbox.requests


def test_another_node_can_be_named(session: Session) -> None:
    assert session.query(Event).filter(Event.nodeId == "elsewhere").compile()["nodeId"] == "elsewhere"
