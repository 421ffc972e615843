"""Criteria from a command line: parsed as Python, and never run."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm import Customer, Event, and_, did, in_, is_null, or_
from contacthub_orm.cli.data.criteria import LONGEST, Criteria
from contacthub_orm.errors import CompileError

NAMES = {"Customer": Customer, "Event": Event}
LAST, DOB = Customer.base.lastName, Customer.base.dob


def read(text):
    return Criteria(NAMES).criterion(text)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('Customer.base.lastName == "Wayne"', LAST == "Wayne"),
        ('"Wayne" == Customer.base.lastName', LAST == "Wayne"),
        ("Customer.base.lastName is None", LAST.is_(None)),
        ("Customer.base.lastName is not None", LAST.is_not(None)),
        ("Customer.base.lastName != None", LAST.is_not(None)),
        ('Customer.base.lastName in ["A", "B"]', LAST.in_(["A", "B"])),
        ('Customer.base.lastName not in ("A", "B")', LAST.not_in(["A", "B"])),
        ('"vip" in Customer.tags.manual', Customer.tags.manual.contains("vip")),
        ('Customer.base.lastName.in_(["A"])', LAST.in_(["A"])),
        ("Customer.base.dob >= date(1990, 1, 1)", DOB >= date(1990, 1, 1)),
        (
            "date(1990, 1, 1) <= Customer.base.dob < date(2000, 1, 1)",
            (DOB >= date(1990, 1, 1)) & (DOB < date(2000, 1, 1)),
        ),
        ("Customer.base.dob > today() - timedelta(days=30)", DOB > date.today() - timedelta(days=30)),
        ("Customer.extended.points > -5", Customer.extended.points > -5),
        ('Customer.extended["favourite colour"] == "blue"', Customer.extended["favourite colour"] == "blue"),
        ("is_null(Customer.base.address)", is_null(Customer.base.address)),
        ('not Customer.base.lastName == "A"', LAST != "A"),
        ('~(Customer.base.lastName == "A")', LAST != "A"),
        (
            'Customer.base.lastName == "A" and Customer.externalId == "1"',
            and_(LAST == "A", Customer.externalId == "1"),
        ),
        (
            '(Customer.base.lastName == "A") | (Customer.externalId == "1")',
            or_(LAST == "A", Customer.externalId == "1"),
        ),
        ('in_("vip", Customer.tags.manual)', in_("vip", Customer.tags.manual)),
        (
            "did('completedOrder', Event.date > '2026-01-01')",
            did("completedOrder", Event.date > "2026-01-01"),
        ),
        (
            "did('completedOrder', between=['2026-01-01', '2026-02-01'])",
            did("completedOrder", between=("2026-01-01", "2026-02-01")),
        ),
    ],
)
def test_a_text_means_what_python_would_mean(text, meant):
    assert read(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "Customer.__subclasses__()",
        "Customer.__init__.__globals__ == 1",
        "Customer.base.__class__ == 1",
        "Customer.base.lastName.__eq__('x')",
        "Customer.base.lastName._owner == 1",
        "Customer.from_dict(None)",
        "Customer.TIMEZONES == 1",
        "Customer.base.lastName.in_",
        "open('/etc/passwd') == 1",
        "(lambda: 1)() == Customer.externalId",
        "[one for one in Customer.base] == 1",
        "f'{Customer}' == Customer.externalId",
        "(x := Customer.externalId) == '1'",
        "Customer.externalId == '1' if True else 2",
        "date.today() < Customer.base.dob",
        "and_(*[Customer.externalId == '1'])",
        "did('completedOrder', **{'between': 1})",
        "'a' * 100 == Customer.externalId",
        "1 + 1 == Customer.extended.points",
        "2 ** 99 == Customer.extended.points",
        "b'x' == Customer.externalId",
        "Customer.extended[0] == 1",
        "Customer.extended.points(1)",
        "Customer",
        "Customer.externalId",
        "1 == 1",
        "'x' in ['x']",
        "Customer.externalId is 'x'",
        "Customer.externalId < None",
        "Customer.surname == 'x'",
        "Customer.base.surname == 'x'",
        "Custome.externalId == 'x'",
        "date(2026, 99, 1) < Customer.base.dob",
        "timedelta(days=10**30) < Customer.base.dob",
        "Customer.externalId ==",
        "",
        "\0",
        "Customer.externalId == '1'\nimport os",
        "(" * 500 + "1" + ")" * 500,
        "~" * 3000 + "(Customer.externalId == '1')",
        "Customer.externalId == '" + "x" * LONGEST + "'",
    ],
)
def test_anything_else_is_refused_without_being_run(text):
    with pytest.raises(CompileError):
        read(text)


def test_a_misspelt_class_is_answered_with_the_nearest():
    with pytest.raises(CompileError, match="did you mean 'Customer'"):
        read("Custome.externalId == '1'")


def test_the_classes_that_a_criterion_speaks_of_are_told_but_for_those_inside_of_did():
    reader = Criteria(NAMES)
    reader.criterion("did('completedOrder', Event.date > '2026-01-01') & (Customer.externalId == '1')")
    assert reader.roots == [Customer]


@given(st.text(max_size=60) | st.text("Customer.externalId()[]=<>'1 &|~,", max_size=60))
def test_no_text_raises_anything_but_a_compile_error(text):
    with suppress(CompileError):
        read(text)
