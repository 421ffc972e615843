"""The libraries that take a query as it is, and the frames of pandas and polars."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

import pytest

from contacthub_orm import Session
from contacthub_orm.errors import ContentError
from contacthub_orm.sandbox import Sandbox
from tests.frames.members import EXTRA, Member, member

duckdb = pytest.importorskip("duckdb", reason=EXTRA)
narwhals = pytest.importorskip("narwhals", reason=EXTRA)
pandas = pytest.importorskip("pandas", reason=EXTRA)
polars = pytest.importorskip("polars", reason=EXTRA)


@pytest.fixture
def filled(contacthub_sandbox: Sandbox) -> Sandbox:
    tiers = ("gold", "tin", None)
    contacthub_sandbox.seed([member(n, points=n if n % 2 else None, tier=tiers[n % 3]) for n in range(60)])
    return contacthub_sandbox


def test_polars_takes_a_query(filled: Sandbox) -> None:
    with Session(filled.node) as session:
        frame = polars.DataFrame(session.query(Member))

    assert frame.height == 60
    assert frame["base"].struct.field("dob").dtype == polars.Date
    assert frame["extended"].struct.field("tier").value_counts().height == 3


def test_duckdb_takes_a_query(filled: Sandbox) -> None:
    members = filled.node.query(Member)
    sql = "select extended.tier, count(*), max(base.dob) from members group by 1 order by 1 nulls last"

    assert members is not None
    assert duckdb.connect().sql(sql).fetchall() == [
        ("gold", 20, date(1967, 1, 2)),
        ("tin", 20, date(1968, 1, 2)),
        (None, 20, date(1969, 1, 2)),
    ]


def test_narwhals_takes_a_query(filled: Sandbox) -> None:
    frame = narwhals.from_arrow(filled.node.query(Member), backend="polars")

    assert frame.shape[0] == 60


def test_pandas_has_a_column_for_each_value_and_integers_stay_integers(filled: Sandbox) -> None:
    frame = filled.node.query(Member).order_by(Member.externalId).to_pandas()

    points = frame.set_index("externalId")["extended.points"]
    assert (points["1"], str(points.dtype)) == (1, "Int64")
    assert points["2"] is pandas.NA
    assert frame["registeredAt"].dt.tz is not None
    assert frame["registeredAt"].max().tz_convert(UTC).year >= 2026
    assert str(frame["extended.tier"].dtype) == "category"


def test_a_frame_of_no_rows_has_its_columns(filled: Sandbox) -> None:
    none = filled.node.query(Member).filter(Member.externalId == "none")

    assert none.to_polars(flat=True).schema["base.dob"] == polars.Date
    assert "base.dob" in none.to_pandas().columns
    assert (none.to_polars().height, len(none.to_pandas())) == (0, 0)


def test_polars_has_structs_or_a_column_for_each_value(filled: Sandbox) -> None:
    query = filled.node.query(Member)

    assert query.to_polars()["extended"].struct.field("points").sum() == 900
    assert query.to_polars(flat=True)["extended.points"].sum() == 900


@pytest.mark.parametrize(
    "take", [polars.DataFrame, lambda query: duckdb.connect().sql("select * from query").fetchall()]
)
def test_a_library_that_takes_a_query_says_which_value_is_refused(
    contacthub_sandbox: Sandbox, take: Any
) -> None:
    contacthub_sandbox.seed([{"externalId": "1", "extended": {"points": "many"}}])

    with pytest.raises(Exception, match=r"extended\.points: 'many'"):
        take(contacthub_sandbox.node.query(Member))


def test_our_own_methods_raise_the_error_itself(contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.seed([{"externalId": "1", "extended": {"points": "many"}}])

    with pytest.raises(ContentError):
        contacthub_sandbox.node.query(Member).to_polars()
