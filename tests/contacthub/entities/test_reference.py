"""What is declared is what the API's reference says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from enum import Enum
from typing import Any, get_args

import pytest

from contacthub_orm import Consents, Customer, CustomerBase, Event, Subscription
from contacthub_orm.contacthub.entities.customer import Tags
from contacthub_orm.contacthub.values import enums
from contacthub_orm.contacthub.values.timezones import Timezone
from contacthub_orm.orm import Attr, Embedded, Mapped
from contacthub_orm.orm.wire.conversion import without_none
from contacthub_orm.orm.wire.types import element_type, is_list
from contacthub_orm.reference import enum, operations, schema


@pytest.mark.parametrize(
    ("declared", "name"),
    [
        (enums.BringBackType, "bring_back_types"),
        (enums.EventContext, "event_contexts"),
        (enums.EventMode, "event_modes"),
        (enums.EventOrigin, "event_origins"),
        (enums.EventType, "event_types"),
        (enums.MobileDeviceType, "mobile_device_types"),
        (enums.NotificationService, "notification_services"),
        (enums.OtherContactType, "other_contact_types"),
        (enums.SchoolType, "school_types"),
        (enums.SubscriptionKind, "subscription_kinds"),
        (Timezone, "timezones"),
    ],
)
def test_an_enumeration_holds_the_values_of_the_reference(declared: type[Enum], name: str) -> None:
    assert sorted(member.value for member in declared) == sorted(enum(name))


def test_every_enumeration_is_compared_with_the_reference() -> None:
    assert len(enums.__all__) == 10


@pytest.mark.parametrize(
    ("member", "value"),
    [
        (Event.TYPES.COMPLETED_ORDER, "completedOrder"),
        (Event.CONTEXTS.DIGITAL_CAMPAIGN, "DIGITAL_CAMPAIGN"),
        (Event.MODES.PASSIVE, "PASSIVE"),
        (Event.BRING_BACK_TYPES.EXTERNAL_ID, "EXTERNAL_ID"),
        (Customer.TIMEZONES.EUROPE_ROME, "Europe/Rome"),
        (Customer.OTHER_CONTACT_TYPES.FAX, "FAX"),
        (Customer.MOBILE_DEVICE_TYPES.WINDOWS_PHONE, "WINDOWS_PHONE"),
        (Customer.NOTIFICATION_SERVICES.APN, "APN"),
        (Customer.SUBSCRIPTION_KINDS.SERVICE, "SERVICE"),
        (Subscription.KINDS.SERVICE, "SERVICE"),
    ],
)
def test_enumerations_are_at_hand_on_their_classes(member: Enum, value: str) -> None:
    assert member == value


Property = tuple[str, type[Mapped], str, dict[str, Any]]


def properties(place: str, declared: type[Mapped], node: dict[str, Any]) -> Iterator[Property]:
    """Every property of a schema, at any depth, with the class that must declare it."""
    for key, child in node.get("properties", {}).items():
        yield f"{place}.{key}", declared, key, child
        inner = declared.__keys__.get(key)
        if isinstance(inner, Embedded):
            yield from properties(f"{place}.{key}", inner.target, child)
        elif inner is not None and is_list(inner.declared) and "properties" in child.get("items", {}):
            yield from properties(f"{place}.{key}", element_type(inner.declared), child["items"])


SECTIONS = {"base": CustomerBase, "consents": Consents, "tags": Tags}
DECLARED = [
    one for name, section in SECTIONS.items() for one in properties(name, section, schema("customer", name))
]
FORMATS = {"date": date, "date-time": datetime}
TYPES = {"string": str, "boolean": bool, "integer": int, "number": float}


def fits(declared: Any, node: dict[str, Any]) -> bool:
    """Whether a declared type is the one that a schema asks for."""
    (kind,) = {node["type"]} if isinstance(node["type"], str) else set(node["type"]) - {"null"}
    declared = without_none(declared)
    if kind == "array":
        return is_list(declared) and fits(element_type(declared), node["items"])
    if kind == "object":
        return isinstance(declared, type) and issubclass(declared, Mapped)
    if "enum" in node and isinstance(declared, type) and issubclass(declared, Enum):
        return {member.value for member in declared} == {value for value in node["enum"] if value is not None}
    return declared is FORMATS.get(node.get("format", ""), TYPES[kind])


def test_every_property_of_the_schemas_is_declared_with_a_fitting_type() -> None:
    for place, declared, key, node in DECLARED:
        attribute = declared.__keys__[key]
        assert fits(attribute.declared, node), (place, attribute.declared)
        assert isinstance(attribute, Embedded) is ("object" in node["type"]), place


def test_the_walk_reaches_the_leaves() -> None:
    assert len(DECLARED) > 100
    assert {
        "base.contacts.mobileDevices.notificationService",
        "consents.marketing.automatic.im.objection",
    } <= {place for place, *_ in DECLARED}


@pytest.mark.parametrize("required", ["base.educations", "base.likes", "base.jobs", "base.subscriptions"])
def test_an_element_of_a_collection_needs_its_id(required: str) -> None:
    collection = CustomerBase.__keys__[required.removeprefix("base.")]

    assert element_type(collection.declared).__keys__["id"].required


@pytest.mark.parametrize("entity", [Customer, Event])
def test_what_the_service_sets_is_read_only(entity: Any) -> None:
    read_only = {name for name, attribute in entity.__attributes__.items() if attribute.read_only}

    assert {"id", "registeredAt", "updatedAt", "version"} <= read_only


def test_every_declared_attribute_can_be_resolved() -> None:
    def walk(declared: Any) -> None:
        for attribute in declared.__attributes__.values():
            if isinstance(attribute, Embedded):
                walk(attribute.target)
            elif isinstance(attribute, Attr) and is_list(attribute.declared):
                inner = element_type(attribute.declared)
                walk(inner) if hasattr(inner, "__attributes__") else get_args(inner)

    walk(Customer)
    walk(Event)


def test_the_resources_are_routes_of_the_reference() -> None:
    paths = {operation["path"] for operation in operations()}

    for entity in (Customer, Event):
        assert any(path.endswith(f"/{entity.__resource__.name}") for path in paths)
