"""The figures of small random worlds are those that plain Python finds."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contacthub_orm.http import ManualClock
from contacthub_orm.sandbox import Sandbox
from tests.sandbox.analytics import model
from tests.sandbox.api import Api

pytestmark = pytest.mark.slow

START, END = datetime(2023, 10, 20, tzinfo=UTC), datetime(2024, 4, 10, tzinfo=UTC)
MONTH = timedelta(days=28)
TURNS = [  # the clocks change, a year and a leap day
    datetime(2023, 10, 29, 1, tzinfo=UTC),
    datetime(2023, 12, 31, 23, tzinfo=UTC),
    datetime(2024, 2, 28, 23, tzinfo=UTC),
    datetime(2024, 3, 31, 1, tzinfo=UTC),
]

near_a_turn = st.builds(
    lambda turn, hours, milliseconds: turn + timedelta(hours=hours, milliseconds=milliseconds),
    st.sampled_from(TURNS),
    st.integers(-26, 26),
    st.integers(-1, 1),
)
anywhere = st.integers(0, int((END - START).total_seconds())).map(
    lambda second: START + timedelta(seconds=second)
)
moments = near_a_turn | anywhere
numbers = st.integers(-5, 20) | st.decimals(-10, 100, places=2).map(float) | st.floats(-1e6, 1e6)
amounts = st.fixed_dictionaries({}, optional={"total": numbers, "revenue": numbers})


@st.composite
def customers(draw: st.DrawFn) -> dict[str, Any]:
    registered = draw(moments)
    contacts = st.fixed_dictionaries(
        {}, optional={"email": st.just("a@example.com"), "mobilePhone": st.sampled_from(["", "1"])}
    )
    return {
        "base": {"contacts": draw(contacts)},
        "registeredAt": registered,
        "updatedAt": draw(moments.map(lambda moment: max(moment, registered))),
    }


@st.composite
def events(draw: st.DrawFn) -> dict[str, Any]:
    registered = draw(moments)
    found = {
        "type": draw(st.sampled_from(["completedOrder", "completedOrder", "viewedPage", "loggedIn"])),
        "context": draw(st.sampled_from(["ECOMMERCE", "RETAIL", "WEB"])),
        "date": draw(moments),
        "registeredAt": registered,
        "updatedAt": draw(moments.map(lambda moment: max(moment, registered))),
        "properties": {},
        "owner": draw(st.integers(0, 3)),
    }
    if found["type"] == "completedOrder":
        kinds = st.sampled_from(["sale", "return", "sale-return"])
        found["properties"] = draw(st.fixed_dictionaries({}, optional={"amount": amounts, "type": kinds}))
    return found


@dataclass
class World:
    """What was put into a sandbox, and what was deleted from it when."""

    api: Api
    clock: ManualClock
    customers: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    gone_customers: list[dict[str, Any]] = field(default_factory=list)
    gone_events: list[dict[str, Any]] = field(default_factory=list)

    def fill(self, customers: list[dict[str, Any]], events: list[dict[str, Any]]) -> None:
        ids = self.api.sandbox.seed(map(on_the_wire, customers))
        self.customers = [one | {"id": found} for one, found in zip(customers, ids, strict=True)]
        owners = itertools.cycle([*ids, None])
        mine = [one | {"customerId": next(itertools.islice(owners, one["owner"], None))} for one in events]
        bodies = [on_the_wire({key: value for key, value in one.items() if key != "owner"}) for one in mine]
        ids = self.api.sandbox.seed_events(bodies)
        self.events = [one | {"id": found} for one, found in zip(mine, ids, strict=True)]

    def delete(self, position: int, how: str) -> None:
        """Delete a customer with its events, or forget it, or delete an event."""
        kept = self.events if how == "event" else self.customers
        if not kept:
            return
        chosen = kept.pop(position % len(kept))
        note = {"gone": self.now}
        if how == "event":
            self.api.delete(f"/events/{chosen['id']}")
            self.gone_events.append(chosen | note)
            return
        if how == "forget":
            self.api.post(f"/customers/{chosen['id']}/forget", None)
        else:
            self.api.delete(f"/customers/{chosen['id']}")
        self.gone_customers.append(chosen | note)
        self.gone_events += [one | note for one in self.events if one["customerId"] == chosen["id"]]
        self.events = [one for one in self.events if one["customerId"] != chosen["id"]]

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def figures(self, path: str, **query: Any) -> Any:
        query = {
            key: value.isoformat() if isinstance(value, datetime) else value for key, value in query.items()
        }
        answer = self.api.get(f"/analytics{path}", **query)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]


def on_the_wire(document: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value
        for key, value in document.items()
    }


def points(series: dict[str, Any]) -> list[tuple[str, int]]:
    return [(one["datetime"], int(one["value"])) for one in series["values"]]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[tuple[Sandbox, ManualClock]]:
    clock = ManualClock(END)
    with Sandbox(clock=clock.now) as sandbox:
        yield sandbox, clock


@pytest.fixture
def served(sandbox: tuple[Sandbox, ManualClock], http: requests.Session) -> World:
    return World(Api(sandbox[0], http), sandbox[1])


worlds = given(
    people=st.lists(customers(), max_size=5),
    deeds=st.lists(events(), max_size=12),
    deletions=st.lists(
        st.tuples(st.integers(0, 11), st.sampled_from(["delete", "forget", "event"]), st.integers(0, 30)),
        max_size=4,
    ),
    bounds=st.tuples(moments, moments).map(sorted),
    mode=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY"]),
)
few = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def filled(served: World, people: Any, deeds: Any, deletions: Any) -> World:
    served.api.sandbox.reset()
    world = World(served.api, served.clock)
    world.fill(people, deeds)
    for position, how, hours in deletions:
        world.clock.advance(hours * 3600)
        world.delete(position, how)
    return world


@few
@worlds
def test_series_are_those_of_plain_python(
    served: World, people: Any, deeds: Any, deletions: Any, bounds: Any, mode: str
) -> None:
    world = filled(served, people, deeds, deletions)
    start, end = bounds
    span = {"start": start, "end": end}

    (created,) = world.figures("/customers/creation-date", **span, mode=mode)
    assert points(created) == model.series([one["registeredAt"] for one in world.customers], start, end, mode)

    for context in ("ALL", "WEB"):
        counted = [one for one in world.events if context in ("ALL", one["context"])]
        found = world.figures("/events", **span, context=context)
        assert {(one["category"], one["context"]): points(one) for one in found} == model.series_by(
            counted, "date", start, end, "DAILY", "type", "context"
        )
    for customer in world.customers:
        found = world.figures(f"/customers/{customer['id']}/events", **span, mode=mode)
        own = [one for one in world.events if one["customerId"] == customer["id"]]
        assert {(one["category"],): points(one) for one in found} == model.series_by(
            own, "date", start, end, mode, "type"
        )


@few
@worlds
def test_updates_are_those_of_plain_python(
    served: World, people: Any, deeds: Any, deletions: Any, bounds: Any, mode: str
) -> None:
    world = filled(served, people, deeds, deletions)
    start, end = bounds
    asked: dict[str, tuple[datetime, datetime]] = {
        "ADDED": (start, end),
        "UPDATED": (start, end),
        "DELETED": (max(END, world.now - MONTH), world.now),
    }
    for kind, (first, last) in asked.items():
        name = {"ADDED": "registeredAt", "UPDATED": "updatedAt", "DELETED": "gone"}[kind]
        query = {"start": first, "end": last, "type": kind}

        def counted(kept: list[dict[str, Any]], gone: list[dict[str, Any]], kind: str = kind) -> list[Any]:
            changed = [one for one in kept if one["updatedAt"] > one["registeredAt"]]
            return {"ADDED": kept + gone, "UPDATED": changed, "DELETED": gone}[kind]

        (customers,) = world.figures("/customers/updates", **query)
        expected = [one[name] for one in counted(world.customers, world.gone_customers)]
        assert points(customers) == model.series(expected, first, last, "DAILY")

        found = world.figures("/events/updates", **query)
        assert {(one["category"],): points(one) for one in found} == model.series_by(
            counted(world.events, world.gone_events), name, first, last, "DAILY", "type"
        )


@few
@worlds
def test_totals_and_indicators_are_those_of_plain_python(
    served: World, people: Any, deeds: Any, deletions: Any, bounds: Any, mode: str
) -> None:
    world = filled(served, people, deeds, deletions)
    start, end = bounds
    span = {"start": start, "end": end}

    reached = [
        (bool(one["base"]["contacts"].get("email")), bool(one["base"]["contacts"].get("mobilePhone")))
        for one in world.customers
    ]
    channels = [(True, True), (True, False), (False, True), (False, False)]
    found = world.figures("/customers/communication-channels")["values"]
    assert [int(one["value"]) for one in found] == [reached.count(channel) for channel in channels]
    assert world.figures("/customers/count")["values"][0]["value"] == len(world.customers)

    for path, query, context in (
        ("/events/kpi/purchases", {}, None),
        ("/events/kpi/purchases", {"type": "RETAIL"}, "RETAIL"),
        ("/events/kpi/ecommerce", {}, "ECOMMERCE"),
    ):
        chosen = [one for one in world.events if context in (None, one["context"])]
        check_money(world.figures(path, **span, **query), model.money(chosen, start, end))
    for customer in world.customers:
        own = [one for one in world.events if one["customerId"] == customer["id"]]
        found = world.figures(f"/customers/{customer['id']}/buying-behaviors", **span)
        check_money(found, model.money(own, start, end))
    views = [
        one
        for one in world.events
        if (one["type"], one["context"]) == ("viewedPage", "WEB") and start <= one["date"] <= end
    ]
    assert world.figures("/events/kpi/web", **span)[0]["values"][0]["value"] == len(views)


def check_money(found: list[dict[str, str]], expected: dict[str, Fraction]) -> None:
    amount, number, average = found
    chosen = expected["revenue"] if amount["name"] == "totalRevenue" else expected["total"]
    assert Fraction(amount["value"]) == chosen
    assert Fraction(amount["total"]) == expected["total"]
    assert Fraction(amount.get("revenue", expected["revenue"])) == expected["revenue"]
    assert Fraction(number["value"]) == expected["number"]
    mean = expected["total"] / expected["number"] if expected["number"] else Fraction()
    assert abs(Fraction(average["value"]) - mean) <= Fraction(1, 200)
