"""The class reference of the manual as a checklist: every class, method, parameter and constant is there.

What is not, since it belongs to the SDK's inside, is named in the migration guide with what replaces it.
"""

from __future__ import annotations

import inspect
import re
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import requests

import contacthub_orm
from contacthub_orm import (
    APIError,
    Customer,
    Education,
    Event,
    Job,
    Like,
    Node,
    OperationNotPermitted,
    PaginatedList,
    Properties,
    ReadOnlyList,
    Subscription,
    Workspace,
)
from contacthub_orm.sandbox import Sandbox

GUIDE = Path(__file__).parents[2] / "docs" / "migration.md"

METHODS: dict[type, dict[str, str]] = {
    Workspace: {
        "__init__": "workspace_id token base_url",
        "from_ini_file": "file_path",
        "get_node": "node_id",
    },
    Node: {
        "__init__": "workspace node_id",
        "add_customer": "force_update forceUpdate **attributes",
        "add_customer_session": "customer_id session_id",
        "add_education": "customer_id **attributes",
        "add_event": "**attributes",
        "add_job": "customer_id **attributes",
        "add_like": "customer_id **attributes",
        "add_subscription": "customer_id **attributes",
        "add_tag": "customer_id tag",
        "create_session_id": "",
        "delete_customer": "id **attributes",
        "get_customer": "id external_id",
        "get_customer_education": "customer_id education_id",
        "get_customer_job": "customer_id job_id",
        "get_customer_like": "customer_id like_id",
        "get_customer_subscription": "customer_id subscription_id",
        "get_customers": "external_id page size fields",
        "get_event": "id",
        "get_events": "customer_id event_type context event_mode date_from date_to page size",
        "query": "entity",
        "remove_education": "customer_id education_id",
        "remove_job": "customer_id job_id",
        "remove_like": "customer_id like_id",
        "remove_subscription": "customer_id subscription_id",
        "remove_tag": "customer_id tag",
        "update_customer": "full_update **attributes",
        "update_education": "customer_id id **attributes",
        "update_job": "customer_id id **attributes",
        "update_like": "customer_id id **attributes",
        "update_subscription": "customer_id id **attributes",
    },
    Customer: {
        "__init__": "node default_attributes",
        "delete": "",
        "from_dict": "node attributes",
        "get_events": "",
        "get_mutation_tracker": "",
        "patch": "",
        "post": "force_update forceUpdate",
        "put": "",
        "to_dict": "",
    },
    **{
        element: {
            "__init__": "customer",
            "delete": "",
            "from_dict": "customer attributes",
            "post": "",
            "put": "",
            "to_dict": "",
        }
        for element in (Education, Job, Like, Subscription)
    },
    Event: {"__init__": "node", "from_dict": "node attributes", "post": "", "to_dict": ""},
    PaginatedList: {"next_page": "", "previous_page": ""},
}

CONSTANTS = {
    (Customer, "MOBILE_DEVICE_TYPES"): "APN GCM WP",
    (Customer, "NOTIFICATION_SERVICES"): "ADM APN GCM SNS WNS",
    (Customer, "OTHER_CONTACT_TYPES"): "EMAIL FAX MOBILE OTHER PHONE",
    (Customer, "SUBSCRIPTION_KINDS"): "DIGITAL_MESSAGE SERVICE OTHER",
    (Subscription, "KINDS"): "DIGITAL_MESSAGE SERVICE OTHER",
    (Education, "SCHOOL_TYPES"): "COLLEGE HIGH_SCHOOL OTHER PRIMARY_SCHOOL SECONDARY_SCHOOL",
    (Event, "CONTEXTS"): "CONTACT_CENTER DIGITAL_CAMPAIGN ECOMMERCE IOT MOBILE OTHER RETAIL SOCIAL WEB",
    (Event, "MODES"): "ACTIVE PASSIVE",
    (Event, "TYPES"): (
        "ABANDONED_CART ABANDONED_SESSION ADDED_COMPARE ADDED_PRODUCT ADDED_WISH_LIST CAMPAIGN_BLACKLISTED "
        "CAMPAIGN_BOUNCED CAMPAIGN_MARKED_SPAM CAMPAIGN_OPENED CAMPAIGN_SENT CAMPAIGN_SUBSCRIBED "
        "CAMPAIGN_UNSUBSCRIBED CHANGED_SETTING CLOSED_TICKET COMPLETED_ORDER EVENT_INVITED EVENT_PARTECIPATED "
        "FORM_COMPILED GENERIC_ACTIVE_EVENT GENERIC_PASSIVE_EVENT LOGGED_IN LOGGED_OUT OPENED_TICKET "
        "ORDER_SHIPPED REMOVED_COMPARE REMOVED_PRODUCT REMOVED_WISHLIST REPLIED_TICKET REVIEWED_PRODUCT SEARCHED "
        "SERVICE_SUBSCRIBED SERVICE_UNSUBSCRIBED VIEWED_PAGE VIEWED_PRODUCT VIEWED_PRODUCT_CATEGORY"
    ),
}

REPLACED = [
    "parent_attr",
    "properties_class",
    "Criterion",
    "COMPLEX_OPERATORS",
    "SIMPLE_OPERATORS",
    "EntityField",
    "EntityMeta",
    "previous_query",
    "update_tracking_with_new_prop",
    "DateEncoder",
    "convert_properties_obj_in_prop",
    "generate_mutation_tracker",
    "get_dictionary_paths",
    "remove_empty_attributes",
    "resolve_mutation_tracker",
    "not_implemented",
]
"""What the manual's class reference names and this library has not."""


def parameters(method: Any) -> str:
    found = [one for one in inspect.signature(method).parameters.values() if one.name not in ("self", "cls")]
    return " ".join(f"**{one.name}" if one.kind is one.VAR_KEYWORD else one.name for one in found)


def test_a_method_takes_the_documented_parameters() -> None:
    for owner, methods in METHODS.items():
        for name, documented in methods.items():
            taken = parameters(getattr(owner, name)).split()

            assert [one for one in taken if one in documented.split()] == documented.split(), (owner, name)


@pytest.mark.parametrize(("owner", "name"), CONSTANTS, ids=str)
def test_a_documented_constant_is_there(owner: type, name: str) -> None:
    members = getattr(owner, name).__members__

    assert set(CONSTANTS[owner, name].split()) <= set(members)
    assert all(isinstance(member, Enum) and isinstance(member, str) for member in members.values())


def test_every_time_zone_has_the_name_that_the_manual_gives_it() -> None:
    zones = Customer.TIMEZONES

    assert len(zones) == 342
    for zone in zones:
        assert zone.name == re.sub(r"[/-]", "_", zone.value).upper()
    assert (zones.AMERICA_PORT_AU_PRINCE, zones.ANTARCTICA_DUMONTDURVILLE, zones.PACIFIC_WALLIS) == (
        "America/Port-au-Prince",
        "Antarctica/DumontDUrville",
        "Pacific/Wallis",
    )


@pytest.mark.parametrize(
    ("alias", "member"),
    [
        (Event.TYPES.ADDED_WISH_LIST, Event.TYPES.ADDED_WISHLIST),
        (Event.TYPES.EVENT_PARTECIPATED, Event.TYPES.EVENT_PARTICIPATED),
        (Event.TYPES.SERVICE_SUBSCRIBE, Event.TYPES.SERVICE_SUBSCRIBED),
        (Event.TYPES("addedWishList"), Event.TYPES.ADDED_WISHLIST),
        (Event.TYPES("removedWishList"), Event.TYPES.REMOVED_WISHLIST),
        (Event.BRING_BACK_TYPES("externalId"), Event.BRING_BACK_TYPES.EXTERNAL_ID),
        (Customer.MOBILE_DEVICE_TYPES.WP, Customer.MOBILE_DEVICE_TYPES.WINDOWS_PHONE),
        (Customer.MOBILE_DEVICE_TYPES("APN"), Customer.MOBILE_DEVICE_TYPES.IOS),
        (Customer.MOBILE_DEVICE_TYPES("GCM"), Customer.MOBILE_DEVICE_TYPES.ANDROID),
        (Customer.MOBILE_DEVICE_TYPES("WP"), Customer.MOBILE_DEVICE_TYPES.WINDOWS_PHONE),
    ],
)
def test_a_name_or_value_of_the_manual_stands_for_that_of_the_api(alias: Any, member: Any) -> None:
    assert alias is member


def test_a_value_that_nobody_documents_stands_for_nothing() -> None:
    with pytest.raises(ValueError, match="addedwishlist"):
        Event.TYPES("addedwishlist")


def test_the_exceptions_have_the_documented_bases() -> None:
    assert issubclass(APIError, requests.exceptions.HTTPError)
    assert issubclass(OperationNotPermitted, ValueError)


def test_a_paginated_list_is_a_read_only_list_is_a_list() -> None:
    assert issubclass(PaginatedList, ReadOnlyList)
    assert issubclass(ReadOnlyList, list)


def test_properties_have_the_documented_methods() -> None:
    assert Properties.from_dict(attributes={"a": 1}).to_dict() == {"a": 1}


@pytest.mark.parametrize(
    ("name", "documented"),
    [
        ("in_", "value list_attribute"),
        ("not_in_", "value list_attribute"),
        ("between_", "attribute value1 value2"),
    ],
)
def test_the_functions_of_the_query_module_take_the_documented_parameters(name: str, documented: str) -> None:
    assert name in contacthub_orm.__all__
    assert parameters(getattr(contacthub_orm, name)) == documented


def test_the_template_of_a_customer_is_given_by_place_as_documented(contacthub_sandbox: Sandbox) -> None:
    customer = Customer(
        contacthub_sandbox.node, {"extra": "usual", "base": {"firstName": "Ada"}}, externalId="1"
    )

    assert customer.to_dict() == {"extra": "usual", "base": {"firstName": "Ada"}, "externalId": "1"}


def test_a_filter_is_given_by_its_documented_name(contacthub_sandbox: Sandbox) -> None:
    by_name = contacthub_sandbox.node.query(Customer).filter(criterion=Customer.externalId == "1")

    assert by_name.criterion == (Customer.externalId == "1")


@pytest.mark.parametrize("service", ["APN", "GCM", "WP"])
def test_a_device_may_name_its_type_as_the_manual_does(contacthub_sandbox: Sandbox, service: str) -> None:
    device = {"identifier": "1", "name": "phone", "type": service, "notificationService": "APN"}

    contacthub_sandbox.node.add_customer(externalId="1", base={"contacts": {"mobileDevices": [device]}})

    [sent] = contacthub_sandbox.requests[-1].body["base"]["contacts"]["mobileDevices"]
    assert sent == {**device, "type": Customer.MOBILE_DEVICE_TYPES(service).value}


@pytest.mark.parametrize("name", REPLACED)
def test_the_migration_guide_says_what_replaces_what_is_not_there(name: str) -> None:
    assert name in GUIDE.read_text(encoding="utf-8")
