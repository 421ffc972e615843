"""Rows as Arrow: the schema, the values, what is refused, and how much is read."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from contacthub_orm import (
    BadRequestError,
    CompletedOrder,
    Customer,
    Event,
    MissingExtra,
    Session,
    ViewedPage,
    load_only,
)
from contacthub_orm.errors import ConfigurationError, ContentError
from contacthub_orm.orm import Attr, Embedded, Entity, Properties, Resource, attr, embedded
from contacthub_orm.sandbox import Fault, Sandbox
from tests.frames.members import EXTRA, Member, member

pa = pytest.importorskip("pyarrow", reason=EXTRA)

from contacthub_orm.frames import arrow_schema  # noqa: E402 - it needs pyarrow
from contacthub_orm.frames.documents import Batches  # noqa: E402
from contacthub_orm.frames.shapes import shape_of  # noqa: E402

CHOICE = pa.dictionary(pa.int32(), pa.string())
INSTANT = pa.timestamp("us", "UTC")


def batch(document: dict[str, Any], *, flat: bool = False) -> dict[str, Any]:
    """The row of a document, as it goes through Arrow."""
    made = Batches(Member, shape_of(Member), flat=flat, undeclared=True).of([{"id": "7", **document}])
    [row] = made.to_pylist()
    assert made.schema == arrow_schema(Member, flat=flat)
    return dict(row)


def extended(**values: Any) -> dict[str, Any]:
    return dict(batch({"extended": values})["extended"])


# -- the schema -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("externalId", pa.string()),
        ("enabled", pa.bool_()),
        ("intId", pa.int64()),
        ("base.address.geo.lat", pa.float64()),
        ("base.dob", pa.date32()),
        ("registeredAt", INSTANT),
        ("extended.tier", CHOICE),
        ("extended.level", CHOICE),
        ("extended.anything", pa.string()),
        ("extended.card.since", pa.date32()),
        ("tags.manual", pa.list_(pa.string())),
        ("undeclared", pa.string()),
    ],
)
def test_a_column_has_the_type_that_the_class_declares(path: str, expected: Any) -> None:
    assert arrow_schema(Member, flat=True).field(path).type == expected


def test_objects_are_structs_unless_the_frame_is_flat() -> None:
    schema = arrow_schema(Member)

    assert schema.field("base").type.field("contacts").type.field("email").type == pa.string()
    assert schema.field("base").type.field("jobs").type.value_type.field("startDate").type == pa.date32()


def test_a_typed_event_has_the_columns_of_its_properties_and_another_has_them_as_json() -> None:
    amount = arrow_schema(CompletedOrder).field("properties").type.field("amount").type
    assert amount.field("total").type == pa.float64()
    assert arrow_schema(Event).field("properties").type == pa.string()
    assert arrow_schema(Event).field("properties").metadata == {b"contacthub_orm": b"json"}


def test_two_columns_of_the_same_name_are_refused() -> None:
    class Odd(Entity, resource=Resource("odd")):
        id: Attr[str | None] = attr(default=None)
        other: Attr[str | None] = attr(default=None, name="undeclared")

    with pytest.raises(ConfigurationError, match="several columns undeclared"):
        arrow_schema(Odd)


# -- values -----------------------------------------------------------------------------------------------------------


def test_values_arrive_as_the_class_declares_them() -> None:
    row = extended(
        points=3,
        rate=2,
        tier="gold",
        level="low",
        joined="2020-01-02T03:04:05.678+0000",
        born="1990-12-12",
        active=False,
        card={"number": "1", "since": "2001-02-03"},
        notes=["a", None],
        anything={"b": [1, "ü"]},
    )

    assert row == {
        "points": 3,
        "rate": 2.0,
        "tier": "gold",
        "level": "low",
        "joined": datetime(2020, 1, 2, 3, 4, 5, 678000, UTC),
        "born": date(1990, 12, 12),
        "active": False,
        "card": {"number": "1", "since": date(2001, 2, 3)},
        "notes": ["a", None],
        "anything": '{"b": [1, "ü"]}',
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-01-02T03:04:05Z", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2020-01-02T03:04:05.1+01:00", datetime(2020, 1, 2, 2, 4, 5, 100000, UTC)),
        ("2020-01-02T03:04:05", datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2020-01-02", datetime(2020, 1, 2, tzinfo=UTC)),
    ],
)
def test_every_form_of_an_instant_that_an_entity_reads_is_read(text: str, expected: datetime) -> None:
    assert extended(joined=text)["joined"] == expected


def test_the_day_of_an_instant_is_read_as_a_date() -> None:
    assert extended(born="1990-12-12T10:00:00Z")["born"] == date(1990, 12, 12)


def test_a_member_of_an_enumeration_that_is_not_declared_stays() -> None:
    assert extended(tier="platinum")["tier"] == "platinum"


def test_what_is_missing_is_null() -> None:
    row = batch({"base": None})

    assert (row["base"], row["extended"], row["registeredAt"], row["undeclared"]) == (None, None, None, None)


def test_what_no_class_declares_is_in_one_column_wherever_it_was() -> None:
    jobs = [{"id": "1"}, {"id": "2", "wage": 5}]
    row = batch(
        {"new": 1, "base": {"jobs": jobs, "mood": "good"}, "extended": {"points": 1, "more": {"a": None}}}
    )

    assert json.loads(row["undeclared"]) == {
        "new": 1,
        "base": {"mood": "good", "jobs": [None, {"wage": 5}]},
        "extended": {"more": {"a": None}},
    }


def test_a_text_that_is_no_unicode_is_kept_in_json() -> None:
    assert extended(anything="\ud800")["anything"] == '"\\ud800"'


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("points", "many", "an integer"),
        ("points", 1.5, "an integer"),
        ("points", 2**70, "an integer"),
        ("points", True, "an integer"),
        ("rate", True, "a number"),
        ("rate", "1.5", "a number"),
        ("rate", 10**400, "a number"),
        ("active", 1, "a boolean"),
        ("joined", "yesterday", "a date and time"),
        ("joined", 1583, "a date and time"),
        ("born", "1990-13-01", "a date"),
        ("tier", 5, "one of gold, tin"),
        ("notes", "abc", "a list"),
        ("notes", {"a": 1}, "a list"),
        ("card", [], "an object"),
        ("card", [["number", "1"]], "an object"),
    ],
)
@pytest.mark.parametrize("flat", [False, True])
def test_a_value_of_another_type_is_refused_with_the_id_and_the_path(
    path: str, value: Any, words: str, *, flat: bool
) -> None:
    with pytest.raises(
        ContentError, match=f"Member 7.extended.{path}: .* is not {words}.*, as the class declares"
    ):
        batch({"extended": {path: value}}, flat=flat)


def test_the_place_of_a_refused_value_in_a_list_is_named() -> None:
    with pytest.raises(ContentError, match=r"Member 7\.base\.jobs\[1\]\.isCurrent: 'no' is not a boolean"):
        batch({"base": {"jobs": [{"id": "1"}, {"id": "2", "isCurrent": "no"}]}})


def test_a_value_that_is_nested_too_deep_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]

    with pytest.raises(ContentError, match=r"Member 7\.extended\.anything: 'list' is nested too deep"):
        extended(anything=deep)


def test_a_text_that_is_no_unicode_is_refused_in_a_column() -> None:
    with pytest.raises(ContentError, match=r"Member 7\.externalId"):
        batch({"externalId": "\ud800"})


# -- what is read -----------------------------------------------------------------------------------------------------


@pytest.fixture
def filled(contacthub_sandbox: Sandbox) -> Sandbox:
    contacthub_sandbox.seed([member(number, points=number, more="x") for number in range(120)])
    contacthub_sandbox.clear_requests()
    return contacthub_sandbox


def test_a_table_has_what_the_entities_have(filled: Sandbox) -> None:
    with Session(filled.node) as session:
        query = session.query(Member).filter(Member.extended.points >= 60)
        table = query.to_arrow(flat=True)
        entities = {one.id: one for one in query}

    assert table.num_rows == len(entities) == 60
    for row in table.to_pylist():
        entity = entities[row["id"]]
        assert entity.extended.points == row["extended.points"]
        assert entity.base.dob == row["base.dob"]
        assert entity.registeredAt == row["registeredAt"]


def test_a_table_costs_no_more_requests_than_the_rows(filled: Sandbox) -> None:
    query = filled.node.query(Member)
    rows = len(list(query))
    requests = len(filled.requests)
    filled.clear_requests()

    assert query.to_arrow().num_rows == rows
    assert len(filled.requests) <= requests + 1  # how a scan is shared among workers varies a little


@pytest.mark.parametrize(
    ("narrowed", "expected"),
    [
        (lambda query: query.limit(7), 7),
        (lambda query: query.limit(0), 0),
        (lambda query: query.order_by(Member.extended.points).offset(110), 10),
        (lambda query: query.order_by(Member.extended.points).offset(60).limit(55), 55),
        (lambda query: query.filter_locally(Member.extended.points < 5), 5),
        (lambda query: query.filter_locally(Member.extended.points < 50).limit(3), 3),
        (lambda query: query.filter(Member.externalId == "none"), 0),
    ],
)
def test_a_table_has_the_rows_of_the_query(
    filled: Sandbox, narrowed: Callable[[Any], Any], expected: int
) -> None:
    query = narrowed(filled.node.query(Member))
    table = query.to_arrow()

    assert table.num_rows == len(list(query)) == expected
    assert table.schema == arrow_schema(Member)


def test_rows_keep_the_order_of_the_query(filled: Sandbox) -> None:
    table = filled.node.query(Member).order_by(Member.extended.points.desc()).limit(70).to_arrow(flat=True)

    assert table["extended.points"].to_pylist() == list(range(119, 49, -1))


def test_only_the_columns_that_are_loaded_are_shown(filled: Sandbox) -> None:
    table = filled.node.query(Member).options(load_only("base.firstName")).to_arrow(flat=True)

    assert "base.firstName" in table.schema.names
    assert "externalId" not in table.schema.names
    assert "undeclared" not in table.schema.names


def test_a_reader_reads_when_it_is_asked(filled: Sandbox) -> None:
    reader = filled.node.query(Member).yield_per(10).to_arrow_reader()
    assert list(filled.requests) == []

    assert reader.read_next_batch().num_rows >= 10
    assert len(filled.requests) < 12
    assert sum(one.num_rows for one in reader) >= 100


def test_events_are_rows_too(contacthub_sandbox: Sandbox) -> None:
    with Session(contacthub_sandbox.node) as session:
        customer = Customer(externalId="1")
        session.add(customer)
        session.add(
            ViewedPage(customer=customer, context="WEB", properties={"title": "Home", "url": "https://x.it"})
        )
        session.commit()
        [row] = session.query(ViewedPage).filter_by(customerId=customer.id).to_arrow().to_pylist()
        [other] = session.query(Event).filter_by(customerId=customer.id).to_arrow().to_pylist()

    assert (row["properties"]["title"], row["properties"]["url"]) == ("Home", "https://x.it")
    assert (row["type"], row["customerId"]) == ("viewedPage", customer.id)
    assert json.loads(other["properties"]) == {"title": "Home", "url": "https://x.it"}


def test_unsaved_changes_are_not_in_a_frame(filled: Sandbox) -> None:
    with Session(filled.node) as session:
        query = session.query(Member).filter(Member.externalId == "1")
        query.one().extended.points = 1000

        assert query.to_arrow(flat=True)["extended.points"].to_pylist() == [1]


def test_an_error_of_the_service_is_not_wrapped(filled: Sandbox) -> None:
    query = filled.node.query(Member)
    filled.faults = [Fault.status(400)]

    with pytest.raises(BadRequestError):
        query.to_arrow()


def test_a_library_that_is_not_installed_is_named(filled: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)

    with pytest.raises(MissingExtra, match="this needs pandas"):
        filled.node.query(Member).to_pandas()


class Part(Properties):
    name: Attr[str | None] = attr(default=None)
    parts: Attr[list[Part]] = attr(default=None)


class Machine(Customer):
    extended: Embedded[Part] = embedded(default=None)


def test_a_class_that_contains_itself_is_json_where_it_repeats() -> None:
    part = arrow_schema(Machine).field("extended").type

    assert part.field("parts").type == pa.list_(pa.string())
