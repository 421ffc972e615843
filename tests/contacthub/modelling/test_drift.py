"""`workspace.check` says where declared classes and the workspace differ, and in which direction."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, NamedTuple, TypedDict
from uuid import UUID

import pytest

from contacthub_orm import (
    ArgumentError,
    Attr,
    CompletedOrder,
    Customer,
    Embedded,
    Event,
    ForbiddenError,
    Properties,
    ViewedPage,
    Workspace,
    attr,
    embedded,
)
from contacthub_orm.contacthub.entities import event_classes
from contacthub_orm.contacthub.entities.event_classes import event_class
from contacthub_orm.contacthub.events import CompletedOrderProperties
from contacthub_orm.contacthub.modelling import Structure
from contacthub_orm.contacthub.modelling.drift import differences
from contacthub_orm.contacthub.modelling.shapes import field_of, shape_of
from contacthub_orm.reference import enum, schema
from tests.contacthub.modelling.configured import configured, event_schema
from tests.support.stub_service import stub_service


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Point(NamedTuple):
    x: int
    y: int


class Box(TypedDict):
    width: int


def found(declared: Any, schema: dict[str, Any], *, is_object: bool = False) -> list[str]:
    """The kinds of difference between an attribute of a type and a property of a schema."""
    cls = type(
        "Extended",
        (Properties,),
        {
            "one": embedded(default=None) if is_object else attr(default=None),
            "__annotations__": {"one": Embedded[declared] if is_object else Attr[declared]},
            "__module__": __name__,
        },
    )
    return [one.kind for one in differences("Member", cls, Structure({"one": field_of(schema)}), "extended")]


STRING = {"type": "string"}
DATE = {"type": "string", "format": "date"}


@pytest.mark.parametrize(
    ("declared", "schema", "kinds"),
    [
        (str | None, STRING, []),
        (str | None, {"type": ["string", "null"], "format": "uri"}, []),
        (str | None, DATE, ["narrower"]),
        (date | None, STRING, ["wider"]),
        (date | str, STRING, []),
        (date | None, {"type": "string", "format": "date-time"}, ["type differs"]),
        (int | None, {"type": "integer"}, []),
        (int | None, {"type": "number"}, ["wider"]),
        (float | None, {"type": "integer"}, ["narrower"]),
        (Decimal | None, {"type": "number"}, []),
        (bool | None, {"type": "integer"}, ["type differs"]),
        (int | None, {"enum": [1, 2]}, ["narrower"]),
        (bool | None, {"enum": [True, False]}, ["narrower"]),
        (UUID | None, STRING, ["wider"]),
        (Any, STRING, ["narrower"]),
        (str | None, {}, ["wider"]),
        (Any, {}, []),
        (Colour | None, {"enum": ["blue", "red", None]}, []),
        (Colour | None, {"enum": ["blue", "red", "green"]}, ["wider"]),
        (Literal["red", "blue"] | None, {"enum": ["red"]}, ["narrower"]),
        (Literal["red"] | None, {"enum": ["blue"]}, ["type differs"]),
        (Literal[1] | None, {"enum": [True]}, ["type differs"]),
        (Colour | None, STRING, ["wider"]),
        (str | None, {"enum": ["red"]}, ["narrower"]),
        (list[str], {"type": "array", "items": STRING}, []),
        (set[str], {"type": "array", "items": STRING}, []),
        (tuple[date, ...], {"type": "array", "items": STRING}, ["wider"]),
        (list[str], STRING, ["type differs"]),
        (str | None, {"type": "array", "items": STRING}, ["type differs"]),
        (Point | None, {"type": "array"}, []),
        (dict[str, Any], {"type": "object"}, []),
        (Box | None, {"type": "object", "properties": {"width": {"type": "integer"}}}, []),
        (Annotated[str | None, "a comment"], STRING, []),
    ],
    ids=str,
)  # fmt: skip
def test_types_are_compared_by_the_values_that_they_have(
    declared: Any, schema: dict[str, Any], kinds: list[str]
) -> None:
    assert found(declared, schema) == kinds


class Shop(Properties):
    city: Attr[str | None] = attr(default=None)


def test_objects_are_compared_by_their_properties() -> None:
    shop = {"type": "object", "properties": {"city": {"type": "integer"}, "zip": STRING}}

    assert found(Shop, shop, is_object=True) == ["missing here", "type differs"]
    assert found(list[Shop], {"type": "array", "items": shop}) == ["missing here", "type differs"]
    assert found(Any, shop, is_object=True) == []
    assert found(Shop, {"type": "object"}, is_object=True) == []
    assert found(Shop, STRING, is_object=True) == ["type differs"]


class Loyalty(Properties):
    points: Attr[int | None] = attr(default=None)
    tier: Attr[Literal["gold", "silver"] | None] = attr(default=None, name="loyalty_tier")
    shops: Attr[list[Shop]] = attr(default=None)
    old: Attr[str | None] = attr(default=None)


class Member(Customer):
    extended: Embedded[Loyalty] = embedded(default=None)


class Gift(Properties):
    note: Attr[str | None] = attr(default=None)


class GiftOrderProperties(CompletedOrderProperties):
    extended: Embedded[Gift] = embedded(default=None)


class GiftOrder(CompletedOrder):
    properties: Embedded[GiftOrderProperties] = embedded(default=None, required=True)


EXTENDED = {
    "points": {"type": "number"},
    "loyalty_tier": {"enum": ["gold"]},
    "shops": {"type": "array", "items": {"type": "object", "properties": {"city": {"type": "boolean"}}}},
    "fresh": {"type": "string", "format": "date"},
}


@pytest.fixture(autouse=True)
def event_types_of_the_library() -> Iterator[None]:
    known = dict(event_classes._CLASSES)
    yield
    event_classes._CLASSES.clear()
    event_classes._CLASSES.update(known)


def test_a_customer_is_compared_by_its_extended_properties() -> None:
    with stub_service(configured(EXTENDED)) as stub, Workspace("W", stub.token, stub.base_url) as workspace:
        drift = workspace.check(Member)

    assert [(one.path, one.kind, one.here, one.there) for one in drift] == [
        ("extended.fresh", "missing here", None, "date"),
        ("extended.loyalty_tier", "narrower", "one of gold, silver", "one of gold"),
        ("extended.old", "missing there", "string", None),
        ("extended.points", "wider", "integer", "number"),
        ("extended.shops[].city", "type differs", "string", "boolean"),
    ]
    assert str(drift[1]) == (
        "Member.extended.loyalty_tier: narrower (one of gold, silver here, one of gold there): "
        "the workspace takes fewer values, so a write may be refused"
    )


def test_a_list_of_other_elements_differs_as_a_whole() -> None:
    assert found(list[Shop], {"type": "array", "items": STRING}) == ["type differs"]


def test_a_class_that_declares_nothing_differs_in_nothing() -> None:
    with stub_service(configured(EXTENDED)) as stub, Workspace("W", stub.token, stub.base_url) as workspace:
        assert workspace.check(Customer) == []


def test_the_extended_properties_are_read_once_for_all_classes_of_customers() -> None:
    with stub_service(configured(EXTENDED)) as stub, Workspace("W", stub.token, stub.base_url) as workspace:
        assert len(workspace.check(Member, Customer, Member)) == 5
        assert len(stub.requests) == 1


def test_an_event_is_compared_by_its_properties_and_their_extended_ones() -> None:
    gift = {"type": "object", "properties": {"note": {"type": "integer"}}}
    answer = configured({}, {"completedOrder": event_schema("completedOrder", extended=gift, fresh=STRING)})
    with stub_service(answer) as stub, Workspace("W", stub.token, stub.base_url) as workspace:
        drift = workspace.check(GiftOrder)

    assert [(one.path, one.kind) for one in drift] == [
        ("properties.extended.note", "type differs"),
        ("properties.fresh", "missing here"),
    ]


def test_a_type_that_is_disabled_or_not_there_is_missing_there() -> None:
    answer = configured({}, {"viewedPage": event_schema("viewedPage")}, disabled=("viewedPage",))
    with stub_service(answer) as stub, Workspace("W", stub.token, stub.base_url) as workspace:
        drift = workspace.check(ViewedPage, GiftOrder)

    assert [(one.model, one.path, one.kind) for one in drift] == [
        ("ViewedPage", "type", "missing there"),
        ("GiftOrder", "type", "missing there"),
    ]


def test_the_library_does_not_differ_from_the_published_schemas() -> None:
    for event_type in enum("event_types"):
        cls = event_class(event_type)
        assert cls is not None, event_type
        shape = shape_of(schema("event", event_type))
        assert isinstance(shape, Structure), event_type
        target = cls.__attributes__["properties"].target  # type: ignore[attr-defined]

        assert list(differences(cls.__name__, target, shape, "properties")) == []


@pytest.mark.parametrize("other", [int, Event, Properties, "Member"])
def test_other_classes_are_refused_before_anything_is_sent(other: Any) -> None:
    with stub_service(configured()) as stub, Workspace("W", stub.token, stub.base_url) as workspace:
        with pytest.raises(ArgumentError, match="is no subclass of Customer, nor of Event with a type"):
            workspace.check(Member, other)
        assert stub.requests == []


def test_a_token_that_may_not_read_the_configuration_is_told() -> None:
    refusing = stub_service(lambda *_: (403, {"message": "no"}))
    with (
        refusing as stub,
        Workspace("W", stub.token, stub.base_url) as workspace,
        pytest.raises(ForbiddenError),
    ):
        workspace.check(Member)
