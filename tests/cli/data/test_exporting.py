"""`contacthub-orm export`."""

from __future__ import annotations

import csv
import io
import json

import pytest

from contacthub_orm import Customer, Session
from contacthub_orm.sandbox import Fault, people


def rows_of(path):
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


def impatient(sandbox, folder):
    """Settings that try once."""
    path = folder / "contacthub.ini"
    path.write_text(
        f"[contacthub]\nworkspace_id = {sandbox.workspace_id}\ntoken = {sandbox.token}\n"
        f"base_url = {sandbox.base_url}\n[settings]\nretries = 1\n"
    )
    return path


@pytest.fixture
def filled(contacthub_sandbox):
    contacthub_sandbox.seed(people(30))
    return contacthub_sandbox


def test_a_csv_file_has_a_column_for_each_path_and_a_row_for_each_customer(run, filled, tmp_path):
    result = run("export", tmp_path / "people.csv")
    assert (result.exit_code, result.stderr) == (0, "30 rows written\n")
    rows = rows_of(tmp_path / "people.csv")
    with Session(filled.node) as session:
        held = {one.id: one for one in session.query(Customer)}
    assert {row["id"]: row["base.contacts.email"] for row in rows} == {
        key: one.base.contacts.email for key, one in held.items()
    }
    assert {row["id"]: json.loads(row["tags.manual"] or "[]") for row in rows} == {
        key: list(one.tags.manual) for key, one in held.items()
    }


def test_json_lines_hold_whole_documents(run, filled, tmp_path):
    run("export", tmp_path / "people.jsonl", "--where", "Customer.externalId == 'C-000007'")
    (line,) = (tmp_path / "people.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(line)["base"]["contacts"]["email"].endswith(("com", "net", "org"))


def test_chosen_columns_go_to_the_standard_output(run, filled):
    result = run("export", "-", "--file-format", "csv", "--columns", "externalId,base.middleName")
    lines = result.stdout.splitlines()
    assert lines[0] == "externalId,base.middleName"
    assert sorted(lines[1:]) == [f"C-{number:06}," for number in range(1, 31)]


def test_keys_with_dots_and_values_of_two_kinds_are_not_lost(run, contacthub_sandbox, tmp_path):
    contacthub_sandbox.seed(
        [
            {"externalId": "1", "extended": {"a.b": "x", "deep": {"n": 1}}},
            {"externalId": "2", "extended": {"deep": None}},
        ]
    )
    run("export", tmp_path / "all.csv")
    rows = {row["externalId"]: row for row in rows_of(tmp_path / "all.csv")}
    assert (rows["1"]["extended.a.b"], rows["1"]["extended.deep.n"]) == ("x", "1")
    assert rows["2"]["extended.deep.n"] == ""


def test_an_export_that_fails_leaves_the_old_file_and_no_part(run, filled, tmp_path):
    target = tmp_path / "people.csv"
    target.write_text("the old one")
    filled.configure(faults=[Fault.status(400, path="customers")])
    assert run("export", target).exit_code == 1
    assert [one.name for one in tmp_path.iterdir()] == ["people.csv"]
    assert target.read_text() == "the old one"


def test_a_service_that_does_not_answer_is_not_taken_for_a_file_that_cannot_be_written(run, filled, tmp_path):
    filled.faults = [Fault.cut_before(path="customers")]
    result = run("export", tmp_path / "people.csv", CONTACTHUB_SETTINGS=str(impatient(filled, tmp_path)))
    assert result.exit_code == 1
    assert "cannot be written" not in result.stderr
    assert "GET http" in result.stderr


def test_a_file_of_no_known_form_or_place_is_refused(run, filled, tmp_path):
    assert run("export", tmp_path / "people.doc").exit_code == 2
    result = run("export", tmp_path / "nowhere" / "people.csv")
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_parquet_without_its_package_says_what_to_install(run, filled, tmp_path, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    result = run("export", tmp_path / "people.parquet")
    assert result.exit_code == 1
    assert 'pip install "contacthub_orm[frames]"' in result.stderr
