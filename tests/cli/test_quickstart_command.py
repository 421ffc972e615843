"""`contacthub-orm quickstart`, the first thing a user runs."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
import textwrap

import pytest
from click.testing import CliRunner

from contacthub_orm.cli.main import main
from contacthub_orm.cli.tour import change, create, query, read_back


@pytest.fixture(scope="module")
def printed() -> str:
    result = CliRunner().invoke(main, ["quickstart"], env={"COLUMNS": "100"}, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def section(printed: str, title: str) -> str:
    """The part of the output below one rule."""
    return re.split(r"^\d\. |^Where", printed.split(f". {title} ")[1], maxsplit=1, flags=re.MULTILINE)[0]


def received(section: str) -> list[tuple[str, str]]:
    table = section.split("and the server received")[1]
    return re.findall(r"^(GET|POST|PATCH|PUT|DELETE) (\w+)", table, flags=re.MULTILINE)


def test_it_creates_customers_first_and_then_orders(printed):
    created = section(printed, "Create")
    assert received(created) == [("POST", "customers")] * 3 + [("POST", "events")] * 4
    assert created.count("\nPOST customers {") == 3
    assert created.count('"customerId": "<pending id>"') == 4


def test_it_shows_the_code_that_ran(printed):
    assert "with Session(node) as session, session.begin():" in section(printed, "Create")
    assert 'Customer.base.lastName == "Moretti"' in section(printed, "Query")


def test_it_queries(printed):
    asked = section(printed, "Query")
    assert '"operator":"IS_NOT_NULL"' in re.sub(r"\s", "", asked)
    assert "C-1 Ada ada@example.com\n" in asked
    assert "Clara" not in asked


def test_it_prints_the_plan_before_it_is_sent_and_the_account_after(printed):
    changed = section(printed, "Change")
    assert re.findall(r"^(done     )?PATCH customers/[-\w]{36} \{", changed, flags=re.MULTILINE) == [
        "",
        "",
        "done     ",
        "done     ",
    ]
    assert received(changed) == [("GET", "customers"), ("PATCH", "customers"), ("PATCH", "customers")]


def test_figures_are_read_back(printed):
    read = section(printed, "Read back")
    assert "3 customers, 4 orders, 500.00 in total\nC-1 Ada it_IT Torino ['vip']\n" in read
    assert {method for method, _ in received(read)} == {"GET"}


def test_it_fits_a_terminal(printed):
    assert max(map(len, printed.splitlines())) <= 100


def test_it_shows_its_whole_code_at_80_columns():
    result = CliRunner().invoke(main, ["quickstart"], env={"COLUMNS": "80"}, catch_exceptions=False)
    shown = "\n".join(line.rstrip() for line in result.output.splitlines())
    for step in (create, query, change, read_back):
        code = inspect.getsource(step).split('"""', 2)[2]
        assert textwrap.dedent(code).strip("\n") in shown


@pytest.mark.slow
@pytest.mark.parametrize("environment", [{"COLUMNS": "40"}, {"PYTHONIOENCODING": "ascii"}])
def test_it_runs_in_a_poor_terminal(environment):
    script = "from contacthub_orm.cli.main import main; main(['quickstart'])"
    command = [sys.executable, "-W", "error", "-c", script]
    ran = subprocess.run(
        command, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "Where to go next" in ran.stdout
