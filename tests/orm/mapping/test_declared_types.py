"""The types that an attribute may declare: saved and loaded alike, changes noticed, sought; all others refused at the class."""

from __future__ import annotations

import dataclasses
import enum
import re
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from importlib.metadata import version
from typing import Annotated, Any, Generic, Literal, NamedTuple, NewType, Optional, TypedDict, TypeVar
from uuid import UUID

import attrs
import pytest

import contacthub_orm
from contacthub_orm import Attr, Customer, Embedded, Properties, Session, attr, embedded
from contacthub_orm.errors import CompileError, ConfigurationError, ValidationError
from contacthub_orm.orm import inspect
from contacthub_orm.orm.mapping.mapped import Mapped
from contacthub_orm.orm.wire.conversion import converter
from contacthub_orm.sandbox import Sandbox
from tests.orm.shelf import load
from tests.support.server import Server

T = TypeVar("T")


class Kind(enum.Enum):
    GOLD = "gold"
    SILVER = "silver"


class Colour(enum.StrEnum):
    RED = "red"


class Rank(enum.IntEnum):
    FIRST = 1


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


@attrs.frozen
class Money:
    amount: Decimal
    currency: str = "EUR"
    kinds: tuple[Kind, ...] = ()


@dataclasses.dataclass(frozen=True)
class Span:
    first: date
    last: date | None = None


class Point(NamedTuple):
    x: int
    on: date


class Opening(TypedDict):
    day: date
    hours: list[int]


@attrs.frozen
class Pair(Generic[T]):
    left: T
    right: tuple[T, ...] = ()


@attrs.frozen
class Tree:
    name: str
    below: tuple[Tree, ...] = ()


@attrs.define
class Purse:
    coins: int


class City(Properties):
    name: Attr[str | None] = attr(default=None)
    since: Attr[date | None] = attr(default=None)


class Early(Properties):
    late: Attr[Late | None] = attr(default=None)


class Late:
    """Declared after the class that names it."""


Euro = NewType("Euro", Decimal)
Name = NewType("Name", str)
LEAP = date(2024, 2, 29)
NOON = datetime(2024, 2, 29, 12, 0, tzinfo=UTC)
NIL = UUID(int=5)


def member(declared: Any) -> type[Customer]:
    """A customer whose extended properties have one value, `v`, of a type."""
    extended = type("Extended", (Properties,), {"__annotations__": {"v": Attr[declared]}, "v": attr()})
    body = {"__annotations__": {"extended": Embedded[extended]}, "extended": embedded()}  # type: ignore[valid-type]
    return type("Member", (Customer,), body)


SCALARS: list[tuple[Any, Any, Any]] = [
    (str, "a", "a"),
    (int, 1, 1),
    (float, 1.5, 1.5),
    (bool, True, True),
    (Decimal, Decimal("1.10"), 1.1),
    (date, LEAP, "2024-02-29"),
    (datetime, NOON, "2024-02-29T12:00:00.000Z"),
    (time, time(10, 30), "10:30:00"),
    (time, time(10, 30, 0, 5, timezone(timedelta(hours=2))), "10:30:00.000005+02:00"),
    (UUID, NIL, "00000000-0000-0000-0000-000000000005"),
    (Kind, Kind.GOLD, "gold"),
    (Colour, Colour.RED, "red"),
    (Rank, Rank.FIRST, 1),
    (Rights, Rights.READ | Rights.WRITE, 3),
    (Literal["a", 2], "a", "a"),
    (Euro, Decimal("1.5"), 1.5),
    (Name, "x", "x"),
    (Annotated[date, "when"], LEAP, "2024-02-29"),
    (Optional[date], LEAP, "2024-02-29"),  # noqa: UP045 - as older code writes it
    (int | str, 1, 1),
    (int | str, "1", "1"),
    (date | str, LEAP, "2024-02-29"),
    (date | str, "soon", "soon"),
    (str | date, LEAP, "2024-02-29"),
    (date | int | None, 3, 3),
    (date | datetime, LEAP, "2024-02-29"),
    (date | datetime, NOON, "2024-02-29T12:00:00.000Z"),
    (Decimal | str, Decimal("1.5"), 1.5),
    (Decimal | str, "1.5", "1.5"),
    (Kind | str, Kind.GOLD, "gold"),
    (Kind | str, "copper", "copper"),
    (UUID | int, NIL, "00000000-0000-0000-0000-000000000005"),
    (bool | Decimal, True, True),
]

OTHERS: list[tuple[Any, Any, Any]] = [
    (list[date], [LEAP], ["2024-02-29"]),
    (list[list[date]], [[LEAP]], [["2024-02-29"]]),
    (list[date | str], [LEAP, "x"], ["2024-02-29", "x"]),
    (list[Kind | None], [Kind.GOLD, None], ["gold", None]),
    (set, {1, 2}, [1, 2]),
    (set[str], {"b", "a"}, ["a", "b"]),
    (set[UUID], {NIL}, ["00000000-0000-0000-0000-000000000005"]),
    (set[Money], {Money(Decimal(1))}, [{"amount": 1.0, "currency": "EUR", "kinds": []}]),
    (frozenset[date], frozenset({LEAP}), ["2024-02-29"]),
    (tuple[date, ...], (LEAP,), ["2024-02-29"]),
    (tuple[int, date], (1, LEAP), [1, "2024-02-29"]),
    (Point, Point(1, LEAP), [1, "2024-02-29"]),
    (list[Point], [Point(1, LEAP)], [[1, "2024-02-29"]]),
    (dict[str, date], {"a": LEAP}, {"a": "2024-02-29"}),
    (dict[Colour, int], {Colour.RED: 1}, {"red": 1}),
    (dict[str, set[str]], {"a": {"y", "x"}}, {"a": ["x", "y"]}),
    (dict[str, City], {"a": City(name="Rome")}, {"a": {"name": "Rome"}}),
    (list[City], [City(name="Rome", since=LEAP)], [{"name": "Rome", "since": "2024-02-29"}]),
    (list[Purse], [Purse(1)], [{"coins": 1}]),
    (Opening, {"day": LEAP, "hours": [1]}, {"day": "2024-02-29", "hours": [1]}),
    (Money, Money(Decimal("1.5"), "EUR", (Kind.GOLD,)), {"amount": 1.5, "currency": "EUR", "kinds": ["gold"]}),
    (Money | None, Money(Decimal("1.5")), {"amount": 1.5, "currency": "EUR", "kinds": []}),
    (Money | str, Money(Decimal("1.5")), {"amount": 1.5, "currency": "EUR", "kinds": []}),
    (Money | str, "free", "free"),
    (Span, Span(LEAP, LEAP), {"first": "2024-02-29", "last": "2024-02-29"}),
    (Tree, Tree("a", (Tree("b"),)), {"name": "a", "below": [{"name": "b", "below": []}]}),
    (list[str] | str, ["a"], ["a"]),
    (set[str] | date, {"a"}, ["a"]),
    (Any, [1, {"a": 1}], [1, {"a": 1}]),
]  # fmt: skip
if [int(part) for part in version("cattrs").split(".")[:2]] >= [26, 1]:  # older ones read no generic class
    OTHERS.append((Pair[date], Pair(LEAP, (LEAP,)), {"left": "2024-02-29", "right": ["2024-02-29"]}))

IDS = [f"{place} {getattr(one[0], '__name__', one[0])}" for place, one in enumerate([*SCALARS, *OTHERS])]


@pytest.mark.parametrize(("declared", "value", "wire"), [*SCALARS, *OTHERS], ids=IDS)
def test_a_value_is_saved_loaded_and_compared(
    contacthub_sandbox: Sandbox, server: Server, declared: Any, value: Any, wire: Any
) -> None:
    kind: Any = member(declared)
    with Session(contacthub_sandbox.node) as session:
        made = kind(externalId="1", extended={"v": value})
        session.add(made)
        session.commit()
        assert (made.extended.v, type(made.extended.v), session.dirty) == (value, type(value), [])
    assert server.get(f"customers/{made.id}")["extended"] == {"v": wire}

    with Session(contacthub_sandbox.node) as session:
        found = session.get(kind, made.id)
        assert (found.extended.v, type(found.extended.v), session.dirty) == (value, type(value), [])
        found.extended.v = value
        assert inspect(found).changes() == {}


@pytest.mark.parametrize(("declared", "value", "wire"), SCALARS, ids=IDS[: len(SCALARS)])
def test_a_value_is_found_by_a_criterion(
    contacthub_session: Session, contacthub_sandbox: Sandbox, declared: Any, value: Any, wire: Any
) -> None:
    kind: Any = member(declared)
    contacthub_sandbox.seed([{"externalId": "1", "extended": {"v": wire}}, {"externalId": "2"}])

    found = contacthub_session.query(kind).filter(kind.extended.v == value).all()

    assert [one.externalId for one in found] == ["1"]
    assert (kind.extended.v == value).matches(found[0])


def test_a_set_is_asked_what_it_holds(contacthub_session: Session, contacthub_sandbox: Sandbox) -> None:
    kind: Any = member(set[Kind])
    contacthub_sandbox.seed([{"externalId": "1", "extended": {"v": ["gold"]}}, {"externalId": "2"}])

    assert contacthub_session.query(kind).filter(kind.extended.v.contains(Kind.GOLD)).one().externalId == "1"
    with pytest.raises(CompileError, match="is a list: ask what it holds"):
        kind.extended.v == Kind.GOLD  # noqa: B015


def _set_day(value: Any) -> None:
    value["day"] = date(2025, 1, 1)


@pytest.mark.parametrize(
    ("declared", "wire", "change", "expected"),
    [
        (set[str], ["b", "a"], lambda value: value.add("c"), ["a", "b", "c"]),
        (set[str] | None, ["b", "a"], lambda value: value.remove("a"), ["b"]),
        (list[set[str]], [["b", "a"]], lambda value: value[0].add("c"), [["a", "b", "c"]]),
        (dict[str, set[str]], {"x": ["a"]}, lambda value: value["x"].add("c"), {"x": ["a", "c"]}),
        (dict[str, City], {"x": {"name": "a"}}, lambda value: setattr(value["x"], "name", "b"), {"x": {"name": "b"}}),
        (list[Purse], [{"coins": 1}], lambda value: setattr(value[0], "coins", 2), [{"coins": 2}]),
        (Opening, {"day": "2024-02-29", "hours": [1]}, _set_day, {"day": "2025-01-01", "hours": [1]}),
        (list[str] | str, ["a"], lambda value: value.append("b"), ["a", "b"]),
    ],
)  # fmt: skip
def test_a_change_in_place_is_saved(
    contacthub_sandbox: Sandbox,
    server: Server,
    declared: Any,
    wire: Any,
    change: Callable[[Any], None],
    expected: Any,
) -> None:
    kind: Any = member(declared)
    [identity] = contacthub_sandbox.seed([{"externalId": "1", "extended": {"v": wire}}])

    with Session(contacthub_sandbox.node) as session:
        found = session.get(kind, identity)
        assert found.extended.v is not None
        assert session.dirty == []
        change(found.extended.v)
        assert session.dirty == [found]
        session.commit()
        assert session.dirty == []

    assert server.get(f"customers/{identity}")["extended"] == {"v": expected}


def test_a_set_that_is_held_stays_the_set_of_its_entity(contacthub_sandbox: Sandbox, server: Server) -> None:
    kind: Any = member(set[str])
    with Session(contacthub_sandbox.node) as session:
        made = kind(externalId="1", extended={"v": {"a"}})
        session.add(made)
        held = made.extended.v
        session.commit()
        held.add("b")
        session.commit()
        held.add("c")
        session.rollback()
        assert (made.extended.v is held, held) == (True, {"a", "b"})
        session.expire(made)
        held.add("d")
        session.commit()

    assert server.get(f"customers/{made.id}")["extended"] == {"v": ["a", "b", "d"]}


def test_a_set_that_was_let_go_of_is_not_kept(contacthub_session: Session) -> None:
    kind: Any = member(set[str])
    made = kind(externalId="1", extended={"v": {"a"}})
    contacthub_session.add(made)
    contacthub_session.commit()

    assert "v" not in vars(made.extended)
    assert made.extended.v == {"a"}


def test_the_order_and_the_doubles_of_an_array_are_no_change_of_a_set() -> None:
    class Tagged(Properties):
        tags: Attr[set[str]] = attr(default=None)

    tagged = Tagged._bound({"tags": ["b", "a", "b"]})

    assert tagged.tags == {"a", "b"}
    assert tagged.to_dict() == {"tags": ["b", "a", "b"]}


def test_an_unset_set_reads_as_an_empty_one_and_none_empties_it() -> None:
    kind: Any = member(set[str])
    made = kind()

    assert (made.extended.v, made.to_dict()) == (set(), {})
    made.extended.v.add("a")
    assert made.to_dict()["extended"] == {"v": ["a"]}
    made.extended.v = None
    assert (made.extended.v, made.to_dict()["extended"]) == (set(), {"v": None})


@pytest.mark.parametrize(
    ("declared", "value", "rule"),
    [
        (Decimal, "much", "must be a number, got 'much'"),
        (UUID, "5", "must be a UUID, got '5'"),
        (time, "noon", "must be a time of day, got 'noon'"),
        (Kind, "lead", "must be one of gold, silver, got 'lead'"),
        (Literal["a", "b"], "c", "must be one of a, b, got 'c'"),
        (set[str], "ab", r"must be a set \(each a string\), got 'ab'"),
        (set[int], {"a"}, r"v\[0\]: must be an integer, got 'a'"),
        (tuple[str, ...], "ab", r"must be a tuple \(each a string\), got 'ab'"),
        (tuple[int, date], (1, "x"), r"must be a tuple, got \(1, 'x'\)"),
        (Money, 5, "must be Money, got 5"),
        (Money, {"amount": "much"}, "must be Money, got"),
        (date | int, "soon", "must be a date or an integer, got 'soon'"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_before_it_is_sent(
    contacthub_session: Session, declared: Any, value: Any, rule: str
) -> None:
    made = member(declared)(externalId="1", extended={"v": value})
    contacthub_session.add(made)

    with pytest.raises(ValidationError, match=rule):
        contacthub_session.commit()


@pytest.mark.parametrize("declared", [set[date], Kind, time, UUID, Money, date | int], ids=str)
def test_a_value_of_the_service_that_does_not_fit_is_handed_out_as_it_is_and_kept(declared: Any) -> None:
    kind: Any = member(declared)
    found = load(kind, {"id": "1", "extended": {"v": "x"}})

    assert found.extended.v == "x"
    assert inspect(found).changes() == {}


# -- refused at the class ---------------------------------------------------------------------------------------------


@dataclasses.dataclass
class Box:
    width: int


@attrs.frozen
class Basket:
    fruits: list[str]


class Odd(enum.Enum):
    PAIR = (1, 2)


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        (timedelta, "nothing reads timedelta from JSON"),
        (bytes, "nothing writes bytes as JSON"),
        (Fraction, "nothing reads Fraction from JSON"),
        (complex | None, "nothing reads complex from JSON"),
        (list[timedelta], "nothing reads timedelta from JSON"),
        (dict[str, timedelta], "nothing reads timedelta from JSON"),
        (date | timedelta, "nothing reads timedelta from JSON"),
        (Callable[[], int], "nothing reads"),
        (deque[int], "a change of a deque would not be noticed: declare a list"),
        (Literal[b"x"], "Literal.* is no value of JSON"),
        (re.Pattern, "nothing reads Pattern from JSON"),
        (None, "nothing reads NoneType from JSON"),
        (T, "~T stands for no type: declare the attribute again in the subclass"),
        (Iterator[int], "nothing reads"),
        (dict[int, str], "the keys of an object are str, not int"),
        (dict[Kind, str], "the keys of an object are str, not Kind"),
        (Odd, "the values of Odd are not all strings or numbers"),
        (Purse, "Purse is not frozen, so a change of its fields would not be noticed"),
        (Box | None, "Box is not frozen"),
        (Basket, r"Basket\.fruits: a change of a list in a Basket would not be noticed"),
        (tuple[list[int], ...], "a change of a list in a tuple would not be noticed"),
        (set[Purse], "Purse is not frozen"),
        (City, r"City is an object of its own: declare Embedded\[City\]"),
        (City | None, r"City is an object of its own: declare Embedded\[City\]"),
        (City | str, r"City cannot be one of several types: declare Embedded\[City\]"),
        (tuple[City, ...], r"City cannot be in a tuple: declare list\[City\]"),
    ],
    ids=str,
)
def test_what_cannot_be_mapped_is_refused_at_the_class(declared: Any, reason: str) -> None:
    with pytest.raises(
        ConfigurationError,
        match=rf"^Extended\.v: {reason}.*What may be declared: str, int.*UUID, an enumeration",
    ):
        member(declared)


def test_an_embedded_value_is_refused_at_the_class() -> None:
    with pytest.raises(
        ConfigurationError, match=r"^Wrong\.age: an embedded object is of a class of Properties"
    ):

        class Wrong(Properties):
            age: Embedded[int] = embedded(default=None)


def test_a_name_that_comes_later_is_looked_at_when_it_is_first_used() -> None:
    with pytest.raises(ConfigurationError, match=r"^Early\.late: nothing reads Late from JSON"):
        Early(late=Late())


def test_a_class_may_name_itself() -> None:
    class Node(Properties):
        name: Attr[str | None] = attr(default=None)
        below: Attr[list[Node]] = attr(default=None)

    assert Node(below=[{"name": "a", "below": [{"name": "b"}]}]).below[0].below[0].name == "b"  # type: ignore[list-item]
    with pytest.raises(ValidationError, match=r"^Node\.below\[0\]\.below\[0\]\.nmae"):
        Node(below=[{"below": [{"nmae": "b"}]}])  # type: ignore[list-item]


def test_a_type_with_hooks_of_ones_own_may_be_declared() -> None:
    class Distance:
        def __init__(self, metres: int) -> None:
            self.metres = metres

    converter.register_structure_hook(Distance, lambda value, _: Distance(int(value)))
    converter.register_unstructure_hook(Distance, lambda value: value.metres)

    kind: Any = member(Distance)
    assert kind(extended={"v": Distance(3)}).to_dict() == {"extended": {"v": 3}}


def _subclasses(kind: type[Mapped]) -> Iterator[type[Mapped]]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


def test_the_librarys_own_declarations_can_be_mapped() -> None:
    for name in contacthub_orm.__all__:
        getattr(contacthub_orm, name)
    own = [one for one in _subclasses(Mapped) if one.__module__.startswith("contacthub_orm.")]

    assert len(own) > 100
    assert all(attribute.declared is not None for one in own for attribute in one.__attributes__.values())


def test_a_null_in_a_dict_is_a_key_that_is_not_there(contacthub_session: Session, server: Server) -> None:
    kind: Any = member(dict[str, int | None])
    made = kind(externalId="1", extended={"v": {"a": None, "b": 1}})
    contacthub_session.add(made)
    contacthub_session.commit()
    assert made.extended.v == {"b": 1}
    made.extended.v["c"] = None
    contacthub_session.commit()

    assert made.extended.v == {"b": 1}
    assert server.get(f"customers/{made.id}")["extended"] == {"v": {"b": 1}}


def test_a_class_of_code_that_is_no_imported_module_is_looked_at_too() -> None:
    names: dict[str, Any] = {
        "__name__": "no_module",
        "Properties": Properties,
        "Attr": Attr,
        "attr": attr,
        "Money": Money,
    }
    code = (
        "from __future__ import annotations\nclass Price(Properties):\n    v: Attr[{}] = attr(default=None)"
    )

    exec(code.format("Money"), names)
    assert names["Price"](v=Money(Decimal(1))).v == Money(Decimal(1))
    with pytest.raises(ConfigurationError, match=r"^Price\.v: nothing writes bytes as JSON"):
        exec(code.format("bytes"), names)
