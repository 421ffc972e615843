"""Parquet files, written by export and read by import. They need the extra `frames`."""

from __future__ import annotations

import pytest

from contacthub_orm import Customer, Session
from contacthub_orm.sandbox import people

parquet = pytest.importorskip("pyarrow.parquet", reason="the extra frames is not installed")


def test_a_column_has_one_type(run, contacthub_sandbox, tmp_path):
    contacthub_sandbox.seed([*people(20), {"externalId": "x", "extended": {"n": 1, "mixed": "a"}}])
    contacthub_sandbox.seed([{"externalId": "y", "extended": {"n": 1.5, "mixed": 2, "large": 2**70}}])
    result = run("export", tmp_path / "all.parquet")
    assert result.exit_code == 0, result.output
    table = parquet.read_table(tmp_path / "all.parquet")
    assert table.num_rows == 22
    types = {field.name: str(field.type) for field in table.schema}
    assert (types["version"], types["enabled"], types["base.firstName"]) == ("int64", "bool", "string")
    assert (types["extended.n"], types["extended.mixed"], types["extended.large"]) == (
        "double",
        "string",
        "string",
    )
    assert str(2**70) in table["extended.large"].to_pylist()


def test_what_export_wrote_is_imported(run, contacthub_sandbox, tmp_path):
    contacthub_sandbox.seed(people(12))
    run("export", tmp_path / "all.parquet", "--columns", "externalId,base.contacts.email,base.dob")
    contacthub_sandbox.reset()
    assert "12 created" in run("import", tmp_path / "all.parquet").stdout
    with Session(contacthub_sandbox.node) as session:
        assert {str(one.base.dob) for one in session.query(Customer)} == {
            one["base"]["dob"] for one in people(12)
        }


def test_what_is_no_parquet_file_is_refused(run, tmp_path):
    (tmp_path / "people.parquet").write_text("externalId\n1\n")
    result = run("import", tmp_path / "people.parquet")
    assert result.exit_code == 1
    assert "people.parquet" in result.stderr
