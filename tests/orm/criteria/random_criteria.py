"""Random customers, and random criteria on them: all operators, missing values, set operations."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import strategies as st

from contacthub_orm import Criterion, Customer, and_, is_null, or_
from contacthub_orm.orm.criteria.set_operations import SetOperation
from contacthub_orm.orm.criteria.set_operations import combined as set_operation

C: Any = Customer

DAYS = ["1990-12-12", "1991-01-01", "2000-06-15"]
MOMENTS = ["2020-01-01T00:00:00Z", "2020-06-01T00:00:00.000Z", "2021-01-01T00:00:00.123Z"]
SCALARS: list[Any] = ["a", "b", "", 0, 1, 2, 2.5, True, False, "2020-01-01", "2020-01-01T00:00:00Z", "2019"]


def maybe(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | value


def an_object(**values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some of its keys, some of them null."""
    return st.fixed_dictionaries({}, optional={key: maybe(value) for key, value in values.items()})


TAGS = st.lists(st.sampled_from(["vip", "a", "b"]), max_size=2)
CUSTOMERS = an_object(
    externalId=st.sampled_from(["1", "2", "3"]),
    extra=st.sampled_from(["x", ""]),
    tags=an_object(manual=TAGS, auto=TAGS),
    base=an_object(
        firstName=st.sampled_from(["Ann", "ann", "Bob", ""]),
        dob=st.sampled_from(DAYS),
        contacts=an_object(phone=st.sampled_from(["1", "2"])),
        address=an_object(geo=an_object(lat=st.sampled_from([0, 1, 2.5]))),
    ),
    extended=an_object(
        text=st.sampled_from("ab"),
        number=st.sampled_from([0, 1, 2, 2.5]),
        day=st.sampled_from([*DAYS, "2020-01-01", "2020-01-01T00:00:00Z"]),
        any=st.sampled_from(SCALARS) | an_object(deep=st.sampled_from(["a", 1])),
        many=st.lists(st.sampled_from(SCALARS) | an_object(deep=st.sampled_from("ab")), max_size=3),
    ),
)


@st.composite
def populations(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Up to five customers, each with what the service demands."""
    found = draw(st.lists(CUSTOMERS, min_size=1, max_size=5))
    return [
        {
            **{key: value for key, value in one.items() if value is not None},
            "enabled": draw(st.booleans()),
            "registeredAt": draw(st.sampled_from(MOMENTS)),
        }
        for one in found
    ]


DECLARED: list[tuple[Any, list[Any]]] = [
    (C.base.firstName, ["Ann", "Bob", "B", ""]),
    (C.base.dob, [date(1991, 1, 1), "1990-12-12", "1995-01-01"]),
    (C.base.contacts.phone, ["1", "3"]),
    (C.base.address.geo.lat, [0, 1, 2, 2.5]),
    (C.externalId, ["1", "2", "3"]),
    (C.extra, ["x", ""]),
    (C.registeredAt, ["2020-06-01", "2020-01-01T01:00:00+01:00", "2021-01-01T00:00:00.123Z"]),
]
UNDECLARED: list[tuple[Any, list[Any]]] = [
    (C.extended.text, ["a", "b", ""]),
    (C.extended.number, [0, 1, 2, 2.5]),
    (C.extended.day, ["1991-01-01", "2020-01-01", "2020-06-01T00:00:00Z"]),
    (C.extended.any, SCALARS),
    (C.extended.any.deep, ["a", 1]),
]
LISTS: list[tuple[Any, list[Any]]] = [(C.extended.many, SCALARS), (C.extended.many.deep, ["a", "b"])]
OBJECTS = [C.base, C.base.contacts, C.base.address.geo, C.extended, C.tags, C.extended.any, C.extended.many]

ORDER = ["<", "<=", ">", ">=", "between"]
EQUALITY = ["==", "!=", "in", "not in", "null", "not null"]


def comparison(attribute: Any, operator: str, one: Any, other: Any) -> Criterion:
    found: Criterion = {
        "==": lambda: attribute == one,
        "!=": lambda: attribute != one,
        "<": lambda: attribute < one,
        "<=": lambda: attribute <= one,
        ">": lambda: attribute > one,
        ">=": lambda: attribute >= one,
        "between": lambda: attribute.between(one, other),
        "in": lambda: attribute.in_([one, other]),
        "not in": lambda: attribute.not_in([one, other]),
        "null": lambda: attribute.is_(None),
        "not null": lambda: attribute.is_not(None),
    }[operator]()
    return found


@st.composite
def comparisons(draw: st.DrawFn, attributes: list[tuple[Any, list[Any]]], operators: list[str]) -> Criterion:
    attribute, values = draw(st.sampled_from(attributes))
    one, other = draw(st.sampled_from(values)), draw(st.sampled_from(values))
    return comparison(attribute, draw(st.sampled_from(operators)), one, other)


LEAVES = (
    comparisons([*DECLARED, *UNDECLARED, *LISTS], [*ORDER, *EQUALITY])
    | comparisons([(C.enabled, [True, False])], EQUALITY)
    | st.sampled_from(OBJECTS).map(is_null)
    | st.sampled_from(["vip", "a", "c"]).map(C.tags.manual.contains)
    | st.sampled_from(SCALARS).map(C.extended.many.contains)
    | st.just(C.externalId.in_([]))
    | st.just(C.externalId.not_in([]))
)


@st.composite
def criteria(draw: st.DrawFn, depth: int = 5) -> Criterion:
    """A tree of criteria, at most `depth` deep below its root."""
    join = draw(st.sampled_from(["leaf", "and", "or", "not", *SetOperation])) if depth else "leaf"
    if join == "leaf":
        return draw(LEAVES)
    inner = criteria(depth - 1)
    if join == "not":
        return ~draw(inner)
    parts = draw(st.lists(inner, min_size=1, max_size=3 if depth > 3 else 2))
    if join in ("and", "or"):
        return and_(*parts) if join == "and" else or_(*parts)
    return set_operation(SetOperation(join), *parts)
