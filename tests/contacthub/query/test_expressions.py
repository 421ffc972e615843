"""Expressions on customers: the exact JSON of each."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest

from contacthub_orm import Criterion, Customer, and_, between_, in_, is_null, not_, not_in_, or_
from contacthub_orm.contacthub.query.query_json import query_json
from contacthub_orm.contacthub.values.enums import SubscriptionKind
from contacthub_orm.orm.criteria.criteria import Operator
from tests.support.conditions import ShopCustomer, Size, all_of, any_of, atomic, compiled, simple

C: Any = Customer
S: Any = ShopCustomer

ROME = timezone(timedelta(hours=2))

OPERATORS: list[tuple[Criterion, Any]] = [
    (C.base.firstName == "Ada", atomic("base.firstName", "EQUALS", "Ada")),
    (C.base.firstName != "Ada", atomic("base.firstName", "NOT_EQUALS", "Ada")),
    (C.base.firstName < "M", atomic("base.firstName", "LT", "M")),
    (C.base.firstName <= "M", atomic("base.firstName", "LTE", "M")),
    (C.base.firstName > "M", atomic("base.firstName", "GT", "M")),
    (C.base.firstName >= "M", atomic("base.firstName", "GTE", "M")),
    ("M" <= C.base.firstName, atomic("base.firstName", "GTE", "M")),  # noqa: SIM300
    (C.base.firstName.between("A", "M"), atomic("base.firstName", "BETWEEN", ["A", "M"])),
    (C.base.firstName.in_(["Ada", "Bob"]), atomic("base.firstName", "IN", ["Ada", "Bob"])),
    (C.base.firstName.not_in(["Ada", "Bob"]), atomic("base.firstName", "NOT_IN", ["Ada", "Bob"])),
    (C.base.firstName == None, atomic("base.firstName", "IS_NULL")),  # noqa: E711
    (C.base.firstName.is_(None), atomic("base.firstName", "IS_NULL")),
    (C.base.firstName.is_null(), atomic("base.firstName", "IS_NULL")),
    (is_null(C.base.firstName), atomic("base.firstName", "IS_NULL")),
    (C.base.firstName != None, atomic("base.firstName", "IS_NOT_NULL")),  # noqa: E711
    (C.base.firstName.is_not(None), atomic("base.firstName", "IS_NOT_NULL")),
    (C.base.firstName.is_not_null(), atomic("base.firstName", "IS_NOT_NULL")),
    (in_(["Ada", "Bob"], C.base.firstName), atomic("base.firstName", "IN", ["Ada", "Bob"])),
    (in_("Ada", C.base.firstName), atomic("base.firstName", "IN", ["Ada"])),
    (not_in_(("Ada",), C.base.firstName), atomic("base.firstName", "NOT_IN", ["Ada"])),
    (between_(C.base.firstName, "A", "M"), atomic("base.firstName", "BETWEEN", ["A", "M"])),
]

KINDS: list[tuple[Criterion, Any]] = [
    (C.externalId == "01", atomic("externalId", "EQUALS", "01")),
    (C.externalId == "", atomic("externalId", "EQUALS", "")),
    (C.extra.in_(["", "x"]), atomic("extra", "IN", ["", "x"])),
    (C.base.contacts.email == "ada@example.com", atomic("base.contacts.email", "EQUALS", "ada@example.com")),
    (C.base.address.geo.lat == 0, atomic("base.address.geo.lat", "EQUALS", 0)),
    (C.base.address.geo.lat > -1.5, atomic("base.address.geo.lat", "GT", -1.5)),
    (C.base.address.geo.lon.between(0, 9.5), atomic("base.address.geo.lon", "BETWEEN", [0, 9.5])),
    (C.version >= 3, atomic("version", "GTE", 3)),
    (C.intId.not_in([0]), atomic("intId", "NOT_IN", [0])),
    (C.enabled == True, atomic("enabled", "EQUALS", True)),  # noqa: E712
    (C.enabled == False, atomic("enabled", "EQUALS", False)),  # noqa: E712
    (C.enabled != False, atomic("enabled", "NOT_EQUALS", False)),  # noqa: E712
    (C.consents.marketing.automatic.sms.status == True, atomic("consents.marketing.automatic.sms.status", "EQUALS", True)),  # noqa: E712
    (C.base.dob == date(1815, 12, 10), atomic("base.dob", "EQUALS", "1815-12-10")),
    (C.base.dob < "1900-01-01", atomic("base.dob", "LT", "1900-01-01")),
    (C.base.dob.between(date(1800, 1, 1), date(1899, 12, 31)), atomic("base.dob", "BETWEEN", ["1800-01-01", "1899-12-31"])),
    (C.registeredAt >= datetime(2020, 1, 1, 12, tzinfo=UTC), atomic("registeredAt", "GTE", "2020-01-01T12:00:00.000Z")),
    (C.registeredAt >= datetime(2020, 1, 1, 12, tzinfo=ROME), atomic("registeredAt", "GTE", "2020-01-01T10:00:00.000Z")),
    (C.registeredAt >= datetime(2020, 1, 1, 12), atomic("registeredAt", "GTE", "2020-01-01T12:00:00.000Z")),
    (C.registeredAt < datetime(2020, 1, 1, 0, 0, 0, 123456, UTC), atomic("registeredAt", "LT", "2020-01-01T00:00:00.123Z")),
    (C.updatedAt > date(2020, 1, 1), atomic("updatedAt", "GT", "2020-01-01")),
    (C.updatedAt > "2020-01-01T00:00:00+02:00", atomic("updatedAt", "GT", "2020-01-01T00:00:00+02:00")),
    (C.base.timezone == Customer.TIMEZONES.EUROPE_ROME, atomic("base.timezone", "EQUALS", "Europe/Rome")),
    (C.base.timezone.in_(["Europe/Rome", Customer.TIMEZONES.EUROPE_LONDON]), atomic("base.timezone", "IN", ["Europe/Rome", "Europe/London"])),
    (C.tags.manual.contains("vip"), atomic("tags.manual", "IN", "vip")),
    (in_("vip", C.tags.manual), atomic("tags.manual", "IN", "vip")),
    (not_in_("vip", C.tags.manual), atomic("tags.manual", "NOT_IN", "vip")),
    (C.tags.manual.in_(["a", "b"]), any_of(atomic("tags.manual", "IN", "a"), atomic("tags.manual", "IN", "b"))),
    (C.tags.manual.not_in(["a", "b"]), all_of(atomic("tags.manual", "NOT_IN", "a"), atomic("tags.manual", "NOT_IN", "b"))),
    (C.tags.auto == None, atomic("tags.auto", "IS_NULL")),  # noqa: E711
    (C.base.jobs.is_not(None), atomic("base.jobs", "IS_NOT_NULL")),
    (is_null(C.base), atomic("base", "IS_NULL")),
    (C.base == None, atomic("base", "IS_NULL")),  # noqa: E711
    (C.base.address != None, atomic("base.address", "IS_NOT_NULL")),  # noqa: E711
    (~is_null(C.base.address.geo), atomic("base.address.geo", "IS_NOT_NULL")),
    (is_null(C.extended), atomic("extended", "IS_NULL")),
    (C.extended.colour == "blue", atomic("extended.colour", "EQUALS", "blue")),
    (C.extended["favourite colour"] == "blue", atomic("extended.favourite colour", "EQUALS", "blue")),
    (C.extended.points > 0, atomic("extended.points", "GT", 0)),
    (C.extended.vip == False, atomic("extended.vip", "EQUALS", False)),  # noqa: E712
    (C.extended.day == date(2020, 1, 1), atomic("extended.day", "EQUALS", "2020-01-01")),
    (C.extended.kind == SubscriptionKind.DIGITAL_MESSAGE, atomic("extended.kind", "EQUALS", "DIGITAL_MESSAGE")),
    (C.extended.shop.town.name == "Bath", atomic("extended.shop.town.name", "EQUALS", "Bath")),
    (C.extended.shops.contains("Bath"), atomic("extended.shops", "IN", "Bath")),
    (C.extended.shop["in_"].is_(None), atomic("extended.shop.in_", "IS_NULL")),
]  # fmt: skip

DECLARED: list[tuple[Criterion, Any]] = [
    (S.extended.points == 0, atomic("extended.points", "EQUALS", 0)),
    (S.extended.rate <= 1, atomic("extended.rate", "LTE", 1)),
    (S.extended.member == False, atomic("extended.member", "EQUALS", False)),  # noqa: E712
    (S.extended.size == Size.LARGE, atomic("extended.size", "EQUALS", "L")),
    (S.extended.size.in_(["S", Size.LARGE]), atomic("extended.size", "IN", ["S", "L"])),
    (S.extended.joined >= date(2020, 2, 29), atomic("extended.joined", "GTE", "2020-02-29")),
    (S.extended.seen < datetime(2020, 1, 1), atomic("extended.lastSeen", "LT", "2020-01-01T00:00:00.000Z")),
    (S.extended.shops.contains("Bath"), atomic("extended.shops", "IN", "Bath")),
    (S.extended.sizes.contains(Size.SMALL), atomic("extended.sizes", "IN", "S")),
    (S.extended.car.plate.is_not(None), atomic("extended.car.plate", "IS_NOT_NULL")),
    (S.extended.car.since.between(date(2019, 1, 1), "2020-01-01"), atomic("extended.car.since", "BETWEEN", ["2019-01-01", "2020-01-01"])),
    (S.extended.other.anything == "x", atomic("extended.other.anything", "EQUALS", "x")),
    (S.base.firstName == "Ada", atomic("base.firstName", "EQUALS", "Ada")),
]  # fmt: skip

NEGATED: list[tuple[Criterion, Any]] = [
    (~(C.externalId == "1"), atomic("externalId", "NOT_EQUALS", "1")),
    (~(C.externalId != "1"), atomic("externalId", "EQUALS", "1")),
    (~(C.version > 1), any_of(atomic("version", "LTE", 1), atomic("version", "IS_NULL"))),
    (~(C.version >= 1), any_of(atomic("version", "LT", 1), atomic("version", "IS_NULL"))),
    (~(C.version < 1), any_of(atomic("version", "GTE", 1), atomic("version", "IS_NULL"))),
    (~(C.version <= 1), any_of(atomic("version", "GT", 1), atomic("version", "IS_NULL"))),
    (~C.version.between(1, 2), any_of(atomic("version", "LT", 1), atomic("version", "GT", 2), atomic("version", "IS_NULL"))),
    (~C.externalId.in_(["1"]), atomic("externalId", "NOT_IN", ["1"])),
    (~C.externalId.not_in(["1"]), atomic("externalId", "IN", ["1"])),
    (~C.externalId.is_(None), atomic("externalId", "IS_NOT_NULL")),
    (~C.externalId.is_not(None), atomic("externalId", "IS_NULL")),
    (~C.tags.manual.contains("a"), atomic("tags.manual", "NOT_IN", "a")),
    (not_(C.base == None), atomic("base", "IS_NOT_NULL")),  # noqa: E711
    (~~(C.externalId == "1"), atomic("externalId", "EQUALS", "1")),
]  # fmt: skip

A, B, D, E = (C.externalId == letter for letter in "abde")
a, b, d, e = (atomic("externalId", "EQUALS", letter) for letter in "abde")
not_a, not_b = (atomic("externalId", "NOT_EQUALS", letter) for letter in "ab")

JOINED: list[tuple[Criterion, Any]] = [
    (A & B, all_of(a, b)),
    (A | B, any_of(a, b)),
    (and_(A, B, D), all_of(a, b, d)),
    (or_(A, B, D), any_of(a, b, d)),
    ((A & B) & D, all_of(a, b, d)),
    (A & (B & D), all_of(a, b, d)),
    ((A & B) & (D & E), all_of(a, b, d, e)),
    ((A | B) | (D | E), any_of(a, b, d, e)),
    (A & (B | D), all_of(a, any_of(b, d))),
    ((A | B) & D, all_of(any_of(a, b), d)),
    (A & B | D & E, any_of(all_of(a, b), all_of(d, e))),
    (A | (B & (D | E)), any_of(a, all_of(b, any_of(d, e)))),
    (and_(A), a),
    (and_(A, and_()), a),
    (or_(A, or_()), a),
    (~(A & B), any_of(not_a, not_b)),
    (~(A | B), all_of(not_a, not_b)),
    (~(A & (B | D)), any_of(not_a, all_of(not_b, atomic("externalId", "NOT_EQUALS", "d")))),
    (~((C.version > 1) | A), all_of(any_of(atomic("version", "LTE", 1), atomic("version", "IS_NULL")), not_a)),
    (~((C.version > 1) & A), any_of(atomic("version", "LTE", 1), atomic("version", "IS_NULL"), not_a)),
    (A & C.externalId.not_in([]), a),
    (A | C.externalId.in_([]), a),
]  # fmt: skip


@pytest.mark.parametrize(
    ("criterion", "condition"),
    [*OPERATORS, *KINDS, *DECLARED, *NEGATED, *JOINED],
    ids=lambda value: str(value)[:60],
)
def test_a_criterion_compiles_to_exactly_this(criterion: Criterion, condition: Any) -> None:
    assert compiled(criterion) == simple(condition)


def test_the_table_holds_every_operator_of_the_language() -> None:
    assert {condition["operator"] for _, condition in OPERATORS} == set(Operator)


def test_every_customer_is_asked_for_without_a_query() -> None:
    assert query_json(and_()) is None


def test_no_value_is_written_where_the_operator_takes_none() -> None:
    assert "value" not in compiled(C.externalId.is_(None))["are"]["condition"]
