"""Lazy scans: what goes into the requests, and that the rows are those of the same frame collected before."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contacthub_orm import BadRequestError, CompletedOrder, Event, InvalidRequestError
from contacthub_orm.errors import ContentError
from contacthub_orm.sandbox import Fault, Sandbox
from tests.frames.members import EXTRA, Member

pl = pytest.importorskip("polars", reason=EXTRA)

from contacthub_orm.frames import explain  # noqa: E402 - it needs pyarrow

NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)


def seeds() -> Iterator[dict[str, Any]]:
    """Customers with values that polars and the service could take for different ones, and without values."""
    texts = [None, "", "Kent", "kent", "1990-12-12", "1990-12-12T00:00:00Z", "Ångström"]
    instants = [
        None,
        *((NOON + timedelta(milliseconds=n)).isoformat() for n in range(3)),
        "2020-01-01T13:00:00+01:00",
    ]
    days = [None, "1990-12-11", "1990-12-12", "1990-12-12T10:00:00Z", "1990-12-13"]
    for number in range(70):
        yield {
            "externalId": str(number),
            "base": {"firstName": texts[number % 7], "dob": f"19{number % 3 + 50}-01-01"},
            "tags": {"manual": [[], ["a"], ["a", "b"], ["A"]][number % 4], "auto": []},
            "extended": {
                "points": [None, 0, 1, 2, -5][number % 5],
                "rate": [None, 0.5, 1, 2.5][number % 4],
                "tier": [None, "gold", "tin"][number % 3],
                "active": [None, True, False][number % 3],
                "joined": instants[number % 5],
                "born": days[number % 5],
            },
        }


@pytest.fixture(scope="module")
def filled() -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.seed(list(seeds()))
        yield sandbox


@pytest.fixture(autouse=True)
def _quiet(filled: Sandbox) -> None:
    filled.faults = []
    filled.clear_requests()


def asked(sandbox: Sandbox) -> list[dict[str, Any]]:
    """The conditions of the first request, each as attribute, operator and value."""
    text = sandbox.requests[0].query.get("query")
    if text is None:
        return []
    query = json.loads(text[0] if isinstance(text, list) else text)["query"]
    condition = query["are"]["condition"]
    found = condition["conditions"] if condition["type"] == "composite" else [condition]
    return [{key: value for key, value in one.items() if key != "type"} for one in found]


def column(name: str) -> Any:
    return pl.col(name)


# -- what goes into the requests --------------------------------------------------------------------------------------

POINTS, JOINED, BORN = "extended.points", "extended.joined", "extended.born"


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        (column("base.firstName") == "Kent", [("base.firstName", "EQUALS", "Kent")]),
        (pl.lit("Kent") == column("base.firstName"), [("base.firstName", "EQUALS", "Kent")]),
        (column(POINTS) > 1, [(POINTS, "GT", 1)]),
        (pl.lit(1) > column(POINTS), [(POINTS, "LT", 1)]),
        (column(POINTS) != 1, [(POINTS, "NOT_EQUALS", 1)]),
        (column(POINTS).is_between(0, 1), [(POINTS, "GTE", 0), (POINTS, "LTE", 1)]),
        (column(POINTS).is_in([0, 1]), [(POINTS, "IN", [0, 1])]),
        (column(POINTS).is_null(), [(POINTS, "IS_NULL", None)]),
        (column(POINTS).is_not_null(), [(POINTS, "IS_NOT_NULL", None)]),
        (column("extended.tier") == "gold", [("extended.tier", "EQUALS", "gold")]),
        (column("extended.active"), [("extended.active", "EQUALS", True)]),
        (~column("extended.active"), [("extended.active", "EQUALS", False)]),
        (column("tags.manual").list.contains("a"), [("tags.manual", "IN", "a")]),
        (column(JOINED) == NOON, [(JOINED, "EQUALS", "2020-01-01T12:00:00.000Z")]),
        (column(JOINED) > NOON + timedelta(microseconds=1), [(JOINED, "GTE", "2020-01-01T12:00:00.000Z")]),
        (column(JOINED) < NOON + timedelta(microseconds=1), [(JOINED, "LTE", "2020-01-01T12:00:00.001Z")]),
        (
            column(JOINED) == NOON + timedelta(microseconds=1),
            [(JOINED, "GTE", "2020-01-01T12:00:00.000Z"), (JOINED, "LTE", "2020-01-01T12:00:00.001Z")],
        ),
        (column(BORN) == date(1990, 12, 12), [(BORN, "GTE", "1990-12-12"), (BORN, "LT", "1990-12-13")]),
        (column(BORN) <= date(1990, 12, 12), [(BORN, "LT", "1990-12-13")]),
        (
            (column(POINTS) > 0) | (column("base.firstName") == "x"),
            [(POINTS, "GT", 0), ("base.firstName", "EQUALS", "x")],
        ),
        ((column(POINTS) > 0) & column("base.firstName").str.len_chars().gt(3), [(POINTS, "GT", 0)]),
    ],
)
def test_a_filter_goes_into_the_query(
    filled: Sandbox, predicate: Any, expected: list[tuple[str, str, Any]]
) -> None:
    filled.node.scan(Member).filter(predicate).collect()

    assert [(one["attribute"], one["operator"], one.get("value")) for one in asked(filled)] == expected


@pytest.mark.parametrize(
    "predicate",
    [
        column("base.firstName") != "Kent",  # the service may take "kent" for the same
        column("base.firstName") > "K",  # no source says how it orders texts
        ~column("base.firstName").is_in(["Kent"]),
        column("base.firstName").str.starts_with("K"),
        (column(POINTS) > 0) | column("base.firstName").str.starts_with("K"),
        column(POINTS).eq_missing(0),
        column(POINTS) > column("extended.rate"),
        column(POINTS) > 0.5,
        column("extended.tier") == "platinum",  # the class has no such member, but a row may
        column(BORN) != date(1990, 12, 12),
        column(JOINED).dt.year() == 2020,
        column("tags.manual").is_not_null(),  # an empty list is no value for the service
        column("extended.anything") == "{}",
        column("undeclared").is_null(),
    ],
)
def test_a_filter_that_the_service_may_understand_otherwise_stays_in_the_frame(
    filled: Sandbox, predicate: Any
) -> None:
    found = filled.node.scan(Member).filter(predicate).collect()

    assert asked(filled) == []
    assert found.sort("externalId").equals(collected(filled).filter(predicate))


def test_only_the_columns_that_are_needed_are_asked_for(filled: Sandbox) -> None:
    frame = filled.node.scan(Member).filter(column("base.dob") < date(1951, 1, 1)).select("extended.points")

    assert frame.collect().columns == ["extended.points"]
    [fields] = {str(one.query["fields"]) for one in filled.requests}
    assert set(fields.strip("[']").split(",")) == {
        "id", "version", "updatedAt", "registeredAt", "base.dob", "extended.points"
    }  # fmt: skip


def test_what_is_not_declared_needs_whole_documents(filled: Sandbox) -> None:
    filled.node.scan(Member).select("undeclared").collect()

    assert "fields" not in filled.requests[0].query


@pytest.mark.parametrize("rows", [0, 1, 7, 60, 1000])
def test_a_limit_is_kept_and_few_rows_take_one_request(filled: Sandbox, rows: int) -> None:
    found = filled.node.scan(Member).head(rows).collect()

    assert found.height == min(rows, 70)
    assert len(filled.requests) <= 1 or rows > 50


def test_a_filter_after_a_limit_sees_the_limited_rows_alone(filled: Sandbox) -> None:
    found = filled.node.scan(Member).head(5).filter(column("externalId") == "none").collect()

    assert found.height == 0
    assert asked(filled) == []


def test_no_row_but_the_number_of_rows(filled: Sandbox) -> None:
    assert filled.node.scan(Member).select(pl.len()).collect().item() == 70


def test_the_conditions_of_a_query_stay(filled: Sandbox) -> None:
    from contacthub_orm.frames import scan

    query = filled.node.query(Member).filter(Member.extended.points >= 0)

    assert scan(query).filter(column(POINTS) < 1).collect()[POINTS].unique().to_list() == [0]
    assert scan(query.limit(3)).filter(column(POINTS) < 1).collect().height <= 3


def test_both_engines_find_the_same(filled: Sandbox) -> None:
    frame = filled.node.scan(Member).filter(column(POINTS) > 0).select("externalId").sort("externalId")

    assert frame.collect(engine="streaming").equals(frame.collect(engine="in-memory"))


def test_a_scan_may_be_joined_with_itself(filled: Sandbox) -> None:
    frame = filled.node.scan(Member)
    ones, all_ = frame.filter(column(POINTS) == 1), frame.select("externalId")

    assert ones.join(all_, on="externalId").collect().height == 14


def test_explain_shows_what_is_asked_and_what_is_left_and_sends_nothing(filled: Sandbox) -> None:
    frame = filled.node.scan(Member).filter(column(POINTS) > 1, column("base.firstName").str.starts_with("K"))

    told = explain(frame.select("externalId"))

    assert '"attribute":"extended.points","operator":"GT","value":1' in told
    assert "columns: " in told
    assert "filtered in this process by" in told
    assert "starts_with" in told
    assert list(filled.requests) == []
    assert (
        frame.collect().height
        == collected(filled).filter(column(POINTS) > 1, column("base.firstName").str.starts_with("K")).height
    )


def test_a_scan_of_events_asks_what_the_event_route_takes(filled: Sandbox) -> None:
    frame = filled.node.scan(CompletedOrder).filter(
        column("date") > NOON, column("context") == "ECOMMERCE", column("properties.amount.total") > 3
    )

    assert frame.select("id").collect().height == 0
    assert {name: str(value).strip("[']") for name, value in filled.requests[0].query.items()}.items() >= {
        ("dateFrom", "2020-01-01T12:00:00.000Z"), ("context", "ECOMMERCE"), ("type", "completedOrder")
    }  # fmt: skip


def test_events_of_all_types_are_scanned(filled: Sandbox) -> None:
    assert filled.node.scan(Event).filter(column("type").is_in(["viewedPage"])).collect().height == 0
    assert filled.requests[0].query["type"] in ("viewedPage", ["viewedPage"])


def test_errors_reach_the_program_as_they_are(filled: Sandbox) -> None:
    filled.faults = [Fault.status(400)]
    with pytest.raises(BadRequestError):
        filled.node.scan(Member).collect()


def test_a_value_of_another_type_is_refused_only_if_its_column_is_read(contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.seed([{"externalId": "1", "extended": {"points": "many"}}])
    frame = contacthub_sandbox.node.scan(Member)

    assert frame.select("externalId").collect().item() == "1"
    with pytest.raises(ContentError, match=r"extended\.points: 'many'"):
        frame.collect()


def test_a_scan_takes_its_token_nowhere(filled: Sandbox) -> None:
    from contacthub_orm.frames.scanning import _Source

    with pytest.raises(InvalidRequestError, match="scan anew"):
        pickle.dumps(_Source(filled.node.query(Member)))


# -- the same as the frame collected before ---------------------------------------------------------------------------

_NAMES = [
    "base.firstName",
    POINTS,
    "extended.rate",
    "extended.tier",
    "extended.active",
    JOINED,
    BORN,
    "base.dob",
]
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "base.firstName": st.sampled_from(
        ["", "Kent", "kent", "1990-12-12", "1990-12-12T00:00:00Z", "Ångström", "no"]
    ),
    POINTS: st.integers(-6, 3),
    "extended.rate": st.sampled_from([0.5, 1.0, 2.5, -0.0, float("inf"), float("nan")]),
    "extended.tier": st.sampled_from(["gold", "tin", "other"]),
    "extended.active": st.booleans(),
    JOINED: st.integers(-2000, 4000).map(lambda micros: NOON + timedelta(microseconds=micros)),
    BORN: st.dates(date(1990, 12, 10), date(1990, 12, 14)),
    "base.dob": st.sampled_from([date(1950, 1, 1), date(1951, 1, 1), date(1, 1, 1), date(9999, 12, 31)]),
}


@st.composite
def comparisons(draw: st.DrawFn) -> Any:
    name = draw(st.sampled_from(_NAMES))
    value = _VALUES[name]
    match draw(st.sampled_from(["compare", "in", "between", "null", "contains", "mirrored"])):
        case "compare":
            sign = draw(st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge", "eq_missing", "ne_missing"]))
            return getattr(column(name), sign)(draw(value))
        case "in":
            return column(name).is_in(draw(st.lists(value, max_size=3, unique=True)))
        case "between" if name not in ("extended.active", "extended.tier"):
            closed = draw(st.sampled_from(["both", "left", "right", "none"]))
            return column(name).is_between(draw(value), draw(value), closed=closed)
        case "null":
            return draw(st.sampled_from([column(name).is_null(), column(name).is_not_null()]))
        case "contains":
            return column("tags.manual").list.contains(draw(st.sampled_from(["a", "b", "A", "z"])))
        case _:
            return pl.lit(draw(value)) == column(name)


predicates = st.recursive(
    comparisons(),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda two: two[0] & two[1]),
        st.tuples(inner, inner).map(lambda two: two[0] | two[1]),
        inner.map(lambda one: ~one),
    ),
    max_leaves=4,
)

_collected: list[Any] = []


def collected(sandbox: Sandbox) -> Any:
    """All rows, read once."""
    if not _collected:
        _collected.append(sandbox.node.scan(Member).collect().sort("externalId"))
    return _collected[0]


@settings(max_examples=100)
@given(predicates)
def test_a_filter_of_a_scan_finds_what_it_finds_in_the_collected_frame(
    filled: Sandbox, predicate: Any
) -> None:
    here = collected(filled)
    try:
        expected = here.filter(predicate)
    except pl.exceptions.PolarsError as error:
        with pytest.raises(type(error)):
            filled.node.scan(Member).filter(predicate).collect()
        return

    found = filled.node.scan(Member).filter(predicate).collect().sort("externalId")

    assert found["externalId"].to_list() == expected["externalId"].to_list()
