"""The classes of event types and contexts say what the published schemas say."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any, get_args

import pytest

import contacthub_orm
from contacthub_orm import (
    AddedReward,
    CompletedOrder,
    Event,
    LoggedIn,
    Properties,
    SurveyCompiled,
    ViewedPage,
)
from contacthub_orm.contacthub import events
from contacthub_orm.contacthub.entities.event import _class_of
from contacthub_orm.contacthub.events import (
    AbandonedSession,
    AbandonedSessionProperties,
    Amount,
    Classification,
    CompletedOrderProperties,
    OrderLine,
    OrderLineType,
    OrderType,
    Position,
)
from contacthub_orm.contacthub.events.contexts import CONTEXT_INFO
from contacthub_orm.contacthub.values.enums import EventContext, EventType
from contacthub_orm.orm import Attr, Embedded, Mapped, inspect
from contacthub_orm.orm.entity.validation import violations
from contacthub_orm.orm.wire.conversion import without_none
from contacthub_orm.orm.wire.types import is_list, is_object
from contacthub_orm.reference import schema

ANY_TYPE = {"extended", "extraProperties"}
"""Properties that an event of any type may have, whether its schema names them or not."""

A_RULE_OF_THE_LIST = "abandonedSession.products.classifications"
"""Where elements require something in one type alone, so that the list is checked and not the shared element."""


def class_name(event_type: str) -> str:
    return event_type[:1].upper() + event_type[1:]


def differences(cls: type[Mapped], node: dict[str, Any], path: str, also: set[str]) -> Iterator[str]:
    """Where a class and a schema do not say the same."""
    declared, published = set(cls.__keys__), set(node.get("properties", {}))
    if cls.__open__:
        if published:
            yield f"{path}: declares nothing, the schema has {sorted(published)}"
        return
    if declared != published | also:
        yield f"{path}: {sorted(declared ^ (published | also))}"
    for name, child in node.get("properties", {}).items():
        if name not in declared:
            continue
        attribute = cls.__keys__[name]
        place = f"{path}.{name}"
        if attribute.required != (name in node.get("required", ())) and not path.startswith(
            A_RULE_OF_THE_LIST
        ):
            yield f"{place}: required {attribute.required}"
        if isinstance(attribute, Embedded):
            if child["type"] not in ("object", ["object", "null"]):
                yield f"{place}: is no object"
            yield from differences(attribute.target, child, place, set())
        else:
            assert isinstance(attribute, Attr)
            yield from wrong_type(without_none(attribute.declared), child, place)
            yield from wrong_bounds(attribute, child, place)


def wrong_type(declared: Any, node: dict[str, Any], path: str) -> Iterator[str]:
    if is_list(declared):
        (element,) = get_args(declared)
        if node["type"] != "array":
            yield f"{path}: is no list"
        elif is_object(element):
            yield from differences(element, node["items"], path, set())
        else:
            yield from wrong_type(element, node["items"], path)
        return
    kind = node["type"] if isinstance(node["type"], str) else node["type"][0]
    if "enum" in node:
        if not issubclass(declared, StrEnum) or list(declared) != [one for one in node["enum"] if one]:
            yield f"{path}: {declared} is not the enumeration {node['enum']}"
    elif declared is not {
        ("string", "date-time"): datetime,
        ("string", "date"): date,
        ("number", None): float,
        ("integer", None): int,
        ("boolean", None): bool,
    }.get((kind, node.get("format")), str if kind == "string" else None):
        yield f"{path}: {declared} is not {kind} {node.get('format', '')}"


def wrong_bounds(attribute: Attr[Any], node: dict[str, Any], path: str) -> Iterator[str]:
    for bound, beyond in (("minimum", -0.1), ("maximum", 0.1)):
        if bound in node:
            assert attribute.validator is not None, path
            attribute.validator(None, attribute, node[bound])  # type: ignore[arg-type]
            with pytest.raises(ValueError, match="must be"):
                attribute.validator(None, attribute, node[bound] + beyond)  # type: ignore[arg-type]
    if "minimum" not in node and attribute.validator is not None and not is_list(attribute.declared):
        yield f"{path}: is checked against bounds that the schema has not"


def broken(entity: Any) -> list[str]:
    return [f"{violation.path}: {violation.rule}" for violation in violations(entity)]


def test_every_type_has_a_class_of_its_name() -> None:
    for event_type in EventType:
        cls = getattr(events, class_name(event_type))

        assert getattr(contacthub_orm, class_name(event_type)) is cls
        assert cls.__event_type__ is event_type
        assert cls.__doc__, cls
        assert _class_of(event_type.value) is cls


def test_the_properties_of_a_type_are_those_of_its_schema() -> None:
    for event_type in EventType:
        attribute = _class_of(event_type).__attributes__["properties"]
        assert isinstance(attribute, Embedded), event_type
        assert attribute.required, event_type

        assert list(differences(attribute.target, schema("event", event_type), event_type, ANY_TYPE)) == []


@pytest.mark.parametrize("context", EventContext)
def test_the_information_of_a_context_is_that_of_its_schema(context: EventContext) -> None:
    assert list(differences(CONTEXT_INFO[context], schema("context", context), context, set())) == []


def test_the_comparison_finds_differences() -> None:
    order = schema("event", "completedOrder")
    order = {"properties": {**order["properties"], "new": {"type": "string"}}, "required": ["orderId"]}
    order["properties"]["storeCode"] = {"type": "number"}

    found = list(differences(CompletedOrderProperties, order, "order", ANY_TYPE))

    assert found == [
        "order: ['new']",
        "order.orderId: required False",
        "order.storeCode: <class 'str'> is not number ",
    ]


def test_the_only_type_without_a_schema_is_open() -> None:
    survey = SurveyCompiled(customerId="1", context=EventContext.WEB, properties={"answers": ["yes"]})

    assert type(survey.properties) is Properties
    assert survey.properties["answers"] == ["yes"]


def test_an_event_has_the_type_of_its_class() -> None:
    order = CompletedOrder(
        customerId="1", context=EventContext.WEB, properties=CompletedOrderProperties(orderId="1")
    )

    assert order.type is EventType.COMPLETED_ORDER
    assert inspect(order).changes() == {
        "type": "completedOrder",
        "customerId": "1",
        "context": "WEB",
        "properties": {"orderId": "1"},
    }
    assert broken(order) == []
    assert (
        broken(CompletedOrder(type=EventType.COMPLETED_ORDER, customerId="1", context=EventContext.WEB)) == []
    )


def test_the_type_of_a_class_is_not_another() -> None:
    refused = ["CompletedOrder.type: must be completedOrder, as for every CompletedOrder, got 'viewedPage'"]
    assigned = CompletedOrder(customerId="1", context=EventContext.WEB)
    assigned.type = EventType.VIEWED_PAGE

    assert (
        broken(CompletedOrder(type=EventType.VIEWED_PAGE, customerId="1", context=EventContext.WEB))
        == refused
    )
    assert broken(assigned) == refused
    assert Event().type is None


def test_a_mapping_becomes_objects_of_the_declared_classes() -> None:
    order = CompletedOrder(
        properties={
            "type": "sale-return",
            "amount": {"total": 10, "local": {"currency": "EUR"}},
            "products": [
                {"sku": "x", "type": "sale", "classifications": [{"key": "colour", "value": "red"}]}
            ],
        }
    )

    assert isinstance(order.properties, CompletedOrderProperties)
    assert order.properties.type is OrderType.SALE_RETURN
    assert isinstance(order.properties.amount, Amount)
    assert order.properties.amount.local.currency == "EUR"
    assert isinstance(order.properties.products[0], OrderLine)
    assert order.properties.products[0].type is OrderLineType.SALE
    assert order.properties.products[0].classifications[0].value == "red"


def test_a_name_that_a_type_does_not_have_is_refused() -> None:
    order = CompletedOrder()

    with pytest.raises(AttributeError, match="no attribute 'ordreId'; did you mean 'orderId'"):
        order.properties.ordreId = "1"  # type: ignore[attr-defined]
    order.properties["ordreId"] = "1"
    assert order.to_dict()["properties"] == {"ordreId": "1"}


def test_values_are_checked_before_they_are_sent() -> None:
    order = CompletedOrder(customerId="1", context=EventContext.WEB)
    order.properties.paymentMethod = "gold"  # type: ignore[assignment]
    order.properties.amount.total = "much"  # type: ignore[assignment]
    order.properties.products = [OrderLine(orderLineId=1.5)]  # type: ignore[arg-type]

    assert broken(order) == [
        "CompletedOrder.properties.paymentMethod: must be one of cash, creditcard, debitcard, paypal, other, "
        "got 'gold'",
        "CompletedOrder.properties.amount.total: must be a number, got 'much'",
        "CompletedOrder.properties.products[0].orderLineId: must be an integer, got 1.5",
    ]


@pytest.mark.parametrize("properties", [{}, {"properties": {}}, {"properties": None}])
def test_what_a_type_requires_is_missed_in_properties_that_are_not_there(properties: dict[str, Any]) -> None:
    assert broken(AddedReward(customerId="1", context=EventContext.WEB, **properties)) == [
        "AddedReward.properties.rewardTypeId: is required",
        "AddedReward.properties.rewardAmount: is required",
    ]


def test_a_number_has_bounds() -> None:
    reward = AddedReward(
        customerId="1", context=EventContext.WEB, properties={"rewardTypeId": "points", "rewardAmount": -1}
    )
    position = events.EventInvited(customerId="1", context=EventContext.WEB)
    position.properties.eventLocation.address.geo = Position(lat=91, lon=180)

    assert broken(reward) == ["AddedReward.properties.rewardAmount: must be at least 0, got -1"]
    assert broken(position) == [
        "EventInvited.properties.eventLocation.address.geo.lat: must be between -90 and 90, got 91"
    ]


def test_classifications_of_an_abandoned_session_are_complete() -> None:
    def session(**classification: str) -> AbandonedSession:
        properties = AbandonedSessionProperties()
        properties.products = [events.SessionProduct(classifications=[Classification(**classification)])]
        return AbandonedSession(customerId="1", context=EventContext.WEB, properties=properties)

    assert broken(session(key="colour", value="red")) == []
    assert broken(session(key="colour")) == [
        "AbandonedSession.properties.products[0].classifications: must have a key and a value each, "
        "got {'key': 'colour'}"
    ]


def test_an_event_without_properties_is_created_with_none_of_them() -> None:
    created = LoggedIn(customerId="1", context=EventContext.WEB)

    assert broken(created) == []
    assert inspect(created).changes()["properties"] == {}


def test_reading_leaves_no_trace_of_what_a_part_requires() -> None:
    coupon = events.GrantedCoupon(
        customerId="1",
        context=EventContext.WEB,
        properties={"startValidityDate": datetime(2024, 5, 1, tzinfo=UTC), "totalAmount": 5},
    )
    assert coupon.properties.deliveryChannel.name is None

    assert broken(coupon) == []
    assert inspect(coupon).changes()["properties"] == {
        "startValidityDate": "2024-05-01T00:00:00.000Z",
        "totalAmount": 5,
    }
    coupon.properties.deliveryChannel.name = "shop"
    assert broken(coupon) == ["GrantedCoupon.properties.deliveryChannel.id: is required"]


def test_the_classes_are_declared_when_the_first_is_needed() -> None:
    code = (
        "import sys, contacthub_orm as o;"
        "loaded = lambda: 'contacthub_orm.contacthub.events' in sys.modules;"
        "o.Event(type='viewedPage', context='WEB'); assert not loaded();"
        "o.ViewedPage; assert loaded()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_of_a_type_that_does_not_exist_is_refused() -> None:
    with pytest.raises(AttributeError, match="no attribute 'ViewedPages'"):
        contacthub_orm.ViewedPages  # noqa: B018
    assert ViewedPage.__name__ in contacthub_orm.__all__
