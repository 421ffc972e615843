"""Frames and Parquet files saved in bulk, and there and back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import ArgumentError
from contacthub_orm.errors import BulkSaveError
from contacthub_orm.sandbox import Sandbox
from tests.frames.members import EXTRA, Member, member
from tests.support.server import Server

pa = pytest.importorskip("pyarrow", reason=EXTRA)
numpy = pytest.importorskip("numpy", reason=EXTRA)
pandas = pytest.importorskip("pandas", reason=EXTRA)
polars = pytest.importorskip("polars", reason=EXTRA)
duckdb = pytest.importorskip("duckdb", reason=EXTRA)

from pyarrow import dataset, parquet  # noqa: E402 - it may not be installed

JOINED = datetime(2020, 1, 2, 3, 4, 5, 678000, UTC)
ROWS: dict[str, list[Any]] = {
    "externalId": ["1", "2"],
    "base.firstName": ["Ada", None],
    "extended.points": [3, None],
    "extended.rate": [0.5, None],
    "extended.joined": [JOINED, None],
    "extended.born": [date(1990, 12, 12), None],
    "extended.active": [True, None],
    "extended.notes": [["a", "b"], None],
}
WHOLE = {
    "points": 3,
    "rate": 0.5,
    "joined": "2020-01-02T03:04:05.678Z",
    "born": "1990-12-12",
    "active": True,
    "notes": ["a", "b"],
}


def saved(sandbox: Sandbox, rows: Any, **options: Any) -> dict[str, dict[str, Any]]:
    """What the service holds of the customers after a save: what it was given of each, by external id."""
    account = sandbox.node.bulk_save(rows, entity=Member, **options)
    assert account.succeeded
    documents = (one for page in sandbox.node.query(Member).documents() for one in page)
    return {one["externalId"]: one for one in documents}


def extended(document: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in (document.get("extended") or {}).items() if value is not None}


def nested(table: Any) -> Any:
    """A table with structs in place of dotted columns."""
    rows = []
    for row in table.to_pylist():
        made: dict[str, Any] = {}
        for name, value in row.items():
            *above, last = name.split(".")
            inner = made
            for key in above:
                inner = inner.setdefault(key, {})
            inner[last] = value
        rows.append(made)
    return pa.Table.from_pylist(rows)


@pytest.mark.parametrize(
    "make",
    [
        pa.table,
        lambda rows: pa.table(rows).to_reader(),
        lambda rows: pa.record_batch(rows),
        lambda rows: nested(pa.table(rows)),
        lambda rows: dataset.dataset(pa.table(rows)),
        polars.DataFrame,
        pandas.DataFrame,
        lambda rows: pandas.DataFrame(rows).convert_dtypes(),
        lambda rows: pandas.DataFrame(rows, dtype=object),
        lambda rows: pa.table(rows).to_pandas(types_mapper=pandas.ArrowDtype),
        lambda rows: duckdb.connect().from_arrow(pa.table(rows)),
    ],
    ids=[
        "table",
        "reader",
        "batch",
        "structs",
        "dataset",
        "polars",
        "pandas",
        "nullable",
        "objects",
        "arrow-pandas",
        "duckdb",
    ],
)
def test_a_frame_is_saved_and_what_is_missing_sets_nothing(contacthub_sandbox: Sandbox, make: Any) -> None:
    found = saved(contacthub_sandbox, make(ROWS))

    assert extended(found["1"]) == WHOLE
    assert found["1"]["base"]["firstName"] == "Ada"
    assert extended(found["2"]) == {}


def test_nan_nat_and_na_are_missing_and_scalars_are_their_values(contacthub_sandbox: Sandbox) -> None:
    frame = pandas.DataFrame(
        {
            "externalId": [numpy.str_("1"), "2"],
            "extended.points": [numpy.int64(3), pandas.NA],
            "extended.rate": [pa.scalar(0.5), float("nan")],
            "extended.joined": [numpy.datetime64("2020-01-02T03:04:05.678000001", "ns"), pandas.NaT],
            "extended.active": [numpy.bool_(True), pa.scalar(None, pa.bool_())],
            "extended.notes": [numpy.array(["a", "b"]), None],
            "extended.born": [pa.scalar(date(1990, 12, 12)), numpy.datetime64("NaT")],
        },
        dtype=object,
    )

    found = saved(contacthub_sandbox, frame)

    assert extended(found["1"]) == WHOLE
    assert extended(found["2"]) == {}


def test_integers_that_pandas_keeps_as_floats_arrive_as_integers(contacthub_sandbox: Sandbox) -> None:
    frame = pandas.DataFrame({"externalId": ["1", "2"], "extended.points": [3, None]})
    assert str(frame["extended.points"].dtype) == "float64"

    found = saved(contacthub_sandbox, frame)

    assert repr(extended(found["1"])) == "{'points': 3}"


def test_a_map_is_an_object(contacthub_sandbox: Sandbox) -> None:
    maps = pa.array([[("a", 1), ("b", None)]], pa.map_(pa.string(), pa.int64()))

    found = saved(contacthub_sandbox, pa.table({"externalId": ["1"], "extended.anything": maps}))

    assert extended(found["1"])["anything"] == {"a": 1}


def test_what_no_json_has_is_rejected(contacthub_sandbox: Sandbox) -> None:
    frame = pa.table({"externalId": ["1"], "extended.anything": pa.array([b"x"])})

    with pytest.raises(BulkSaveError, match="bytes has no JSON form"):
        contacthub_sandbox.node.bulk_save(frame, entity=Member)


def test_columns_may_have_names_of_their_own(contacthub_sandbox: Sandbox) -> None:
    frame = polars.DataFrame({"code": ["1"], "Points": [3], "comment": ["x"]})
    columns = {"code": "externalId", "Points": "extended.points", "comment": None}

    assert extended(saved(contacthub_sandbox, frame, columns=columns)["1"]) == {"points": 3}


def test_a_column_that_names_no_property_is_refused_before_anything_is_sent(
    contacthub_sandbox: Sandbox,
) -> None:
    contacthub_sandbox.clear_requests()
    with pytest.raises(ArgumentError, match="'code'"):
        contacthub_sandbox.node.bulk_save(polars.DataFrame({"code": ["1"]}))
    with pytest.raises(ArgumentError, match="have no column 'Code'"):
        contacthub_sandbox.node.bulk_save(polars.DataFrame({"code": ["1"]}), columns={"Code": "externalId"})

    assert [one.method for one in contacthub_sandbox.requests if one.method != "GET"] == []


@pytest.mark.parametrize(
    "frame",
    [
        polars.DataFrame({"externalId": ["1"]}).lazy(),
        pandas.DataFrame({1: ["1"]}),
        pandas.DataFrame([["1", "2"]], columns=["externalId", "externalId"]),
        "none.parquet",
    ],
)
def test_what_gives_no_rows_is_refused(contacthub_sandbox: Sandbox, frame: Any) -> None:
    with pytest.raises(ArgumentError, match="rows"):
        contacthub_sandbox.node.bulk_save(frame)


def test_a_reject_has_the_row_by_the_names_of_the_frame(contacthub_sandbox: Sandbox) -> None:
    frame = pa.table({"code": ["1", "2"], "extended.anything": ["{", "[1]"]})

    with pytest.raises(
        BulkSaveError, match="row 1: extended.anything: the column has JSON, and '{' is none"
    ) as caught:
        contacthub_sandbox.node.bulk_save(
            frame, entity=Member, columns={"code": "externalId"}, on_error="continue"
        )

    [reject] = caught.value.account.rejects
    assert reject.row == {"code": "1", "extended.anything": "{"}
    assert caught.value.account.created == 1


def test_a_query_gives_entities_although_it_is_a_frame(contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.seed([member(1)])

    account = contacthub_sandbox.node.bulk_save(contacthub_sandbox.node.query(Member))

    assert (account.rows, account.unchanged) == (1, 1)


# -- there and back ---------------------------------------------------------------------------------------------------


def fill(sandbox: Sandbox) -> None:
    jobs = [{"id": "1", "companyName": "X"}, {"id": "2", "jobTitle": "Y"}]
    sandbox.seed(
        [{**member(n, **WHOLE, anything={"deep": [n]}, colour="red"), "extra": "e"} for n in range(3)]
    )
    sandbox.seed([{"externalId": "jobs", "base": {"jobs": jobs}}])


@pytest.mark.parametrize("flat", [False, True])
@pytest.mark.parametrize("through", ["to_arrow", "to_polars", "to_pandas", "to_parquet"])
def test_a_frame_of_a_query_is_saved_as_it_was(
    contacthub_sandbox: Sandbox, server: Server, tmp_path: Path, through: str, *, flat: bool
) -> None:
    fill(contacthub_sandbox)
    query = contacthub_sandbox.node.query(Member)
    before = {one["id"]: one for page in query.documents() for one in page}
    path = tmp_path / "members.parquet"
    frame = (
        query.to_parquet(path, flat=flat) if through == "to_parquet" else getattr(query, through)(flat=flat)
    )

    account = contacthub_sandbox.node.bulk_save(path if through == "to_parquet" else frame, entity=Member)

    assert (account.updated, account.rejected) == (4, 0)
    after = {one["id"]: one for page in query.documents() for one in page}
    assert after.keys() == before.keys()
    for identity, document in before.items():
        for key in ("externalId", "base", "extended", "extra", "tags"):
            assert after[identity][key] == document[key]


def test_a_parquet_file_has_the_types_and_is_there_when_it_is_whole(
    contacthub_sandbox: Sandbox, tmp_path: Path
) -> None:
    fill(contacthub_sandbox)
    path = tmp_path / "members.parquet"
    query = contacthub_sandbox.node.query(Member)

    assert query.to_parquet(path) == 4
    assert sorted(parquet.read_table(path)["externalId"].to_pylist()) == ["0", "1", "2", "jobs"]
    assert parquet.read_schema(path).equals(query.to_arrow().schema)

    contacthub_sandbox.seed([{"externalId": "9", "extended": {"points": "many"}}])
    with pytest.raises(ValueError, match="many"):
        query.to_parquet(path)
    assert parquet.read_table(path).num_rows == 4
    assert [one.name for one in tmp_path.iterdir()] == ["members.parquet"]


def test_a_parquet_file_that_cannot_be_written_is_said(contacthub_sandbox: Sandbox, tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match="cannot be written"):
        contacthub_sandbox.node.query(Member).to_parquet(tmp_path / "none" / "x.parquet")
