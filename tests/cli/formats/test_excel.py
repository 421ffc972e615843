"""Importing Excel files. It needs the extra `excel`."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from contacthub_orm import Customer, Session

openpyxl = pytest.importorskip("openpyxl", reason="the extra excel is not installed")


@pytest.fixture
def sheet(tmp_path):
    def sheet(*rows):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.active.column_dimensions["Z"].width = 40
        path = tmp_path / "people.xlsx"
        book.save(path)
        return path

    return sheet


def test_cells_mean_what_a_person_reads(run, sheet, contacthub_sandbox):
    path = sheet(
        ["externalId", "base.dob", "base.firstName", "enabled", "base.contacts.email"],
        [1001, date(1990, 12, 12), "Zoë", True, None],
        [None, None, None, None, None],
        ["007", datetime(1991, 1, 1), 12.0, False, "bond@example.com"],
    )
    result = run("import", path)
    assert result.exit_code == 0, result.output
    with Session(contacthub_sandbox.node) as session:
        held = {one.externalId: one for one in session.query(Customer)}
    assert sorted(held) == ["007", "1001"]
    assert (held["1001"].base.dob, held["1001"].base.firstName, held["1001"].enabled) == (
        date(1990, 12, 12),
        "Zoë",
        True,
    )
    assert (held["007"].base.dob, held["007"].base.firstName, held["007"].enabled) == (
        date(1991, 1, 1),
        "12",
        False,
    )


def test_rejects_of_a_sheet_are_csv(run, sheet, tmp_path):
    path = sheet(["externalId", "base.dob"], ["1", "yesterday"])
    assert run("import", path, "--rejects", tmp_path / "rejects.csv").exit_code == 1
    assert (
        (tmp_path / "rejects.csv").read_text().startswith("externalId,base.dob,#row,#reason\n1,yesterday,1,")
    )


def test_what_is_no_excel_file_is_refused(run, tmp_path):
    (tmp_path / "people.xlsx").write_text("externalId\n1\n")
    result = run("import", tmp_path / "people.xlsx")
    assert result.exit_code == 1
    assert "is no Excel file" in result.stderr
