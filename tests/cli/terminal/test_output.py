"""Tables, JSON and CSV."""

from __future__ import annotations

import csv
import io
import json
import os

import pytest

from contacthub_orm.cli.terminal import output
from contacthub_orm.cli.terminal.output import print_rows

ROWS = [
    {"id": "8a252f29-5e87-423b-9cdc-d2a754626800", "base": {"firstName": "Zoë", "tags": ["a", "b"]}},
    {"id": "2", "base": {"firstName": "a\nb\x1b[2J", "tags": None}},
]
COLUMNS = ["id", "base.firstName", "base.tags", "base.firstName.below"]


@pytest.fixture
def terminal(monkeypatch):
    def terminal(width):
        monkeypatch.setattr(output.sys.stdout, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(output.shutil, "get_terminal_size", lambda: os.terminal_size((width, 24)))

    return terminal


def test_a_table_has_a_line_for_each_row(capsys):
    print_rows(ROWS, "table", COLUMNS)
    header, rule, first, second = capsys.readouterr().out.splitlines()
    assert header.split() == COLUMNS
    assert rule.startswith("-" * 36)
    assert first.split("  ")[:2] == ["8a252f29-5e87-423b-9cdc-d2a754626800", "Zoë"]
    assert r"a\nb\x1b[2J" in second


def test_a_table_of_no_rows_is_a_header(capsys):
    print_rows([], "table", ["id"])
    assert capsys.readouterr().out == "id\n--\n"


def test_a_terminal_that_is_wide_enough_has_the_table(capsys, terminal):
    terminal(120)
    print_rows(ROWS, "table", COLUMNS)
    assert len(capsys.readouterr().out.splitlines()) == 4


@pytest.mark.parametrize("width", [30, 60, 80])
def test_a_terminal_that_is_too_narrow_has_all_values_in_blocks(capsys, terminal, width):
    terminal(width)
    print_rows(ROWS, "table", COLUMNS)
    told = capsys.readouterr().out
    assert max(map(len, told.splitlines())) <= width
    shown = "".join(line[len("base.firstName.below  ") :] for line in told.splitlines())
    assert shown == '8a252f29-5e87-423b-9cdc-d2a754626800Zoë["a", "b"]2a\\nb\\x1b[2J'


def test_json_is_one_array(capsys):
    print_rows(iter(ROWS), "json", [])
    assert json.loads(capsys.readouterr().out) == ROWS
    print_rows([], "json", ["id"])
    assert capsys.readouterr().out == "[]\n"


def test_csv_has_lists_as_json_and_nothing_for_none(capsys):
    print_rows(ROWS, "csv", COLUMNS)
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert (rows[0]["base.tags"], rows[1]["base.tags"], rows[1]["base.firstName"]) == (
        '["a", "b"]',
        "",
        "a\nb\x1b[2J",
    )


@pytest.mark.parametrize("form", output.FORMATS)
def test_an_output_that_has_ascii_alone_does_not_fail(form, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    monkeypatch.setattr(output.sys, "stdout", stream)
    print_rows(ROWS, form, COLUMNS)
    stream.flush()
    assert b"8a252f29" in stream.buffer.getvalue()
