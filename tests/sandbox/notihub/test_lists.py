"""Lists of customers: pages, the search box, the active ones."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.sandbox.notihub.api import email, phone, push, refusal


@pytest.fixture
def five(api):
    api.sandbox.seed([{"externalId": str(number)} for number in range(1, 6)])
    return api


def test_customers_are_listed_in_the_order_of_their_creation(api):
    for name in ("b", "a", "c"):
        api.create(externalId=name)
    assert api.listed() == ["b", "a", "c"]


def test_a_list_shows_customers_as_a_get_does(api):
    created = api.create(externalId="1", contacts=[email(), push()])
    other = api.create(externalId="2")
    assert api.get("/customers/").json() == [api.customer(created), api.customer(other)]


@pytest.mark.parametrize(
    ("page", "shown"), [(1, ["1", "2"]), (2, ["3", "4"]), (3, ["5"]), (4, []), (10**14, [])]
)
def test_pages_count_from_1(five, page, shown):
    assert five.listed(limit=2, page=page) == shown


def test_without_numbers_a_list_is_the_first_page_of_25(api):
    api.sandbox.seed([{"externalId": str(number)} for number in range(30)])
    assert api.listed() == [str(number) for number in range(25)]
    assert len(api.listed(limit=200)) == 30


def test_pages_count_from_0_if_the_sandbox_is_told_so(five):
    five.sandbox.configure(first_page=0)
    assert five.listed(limit=2, page=0) == five.listed(limit=2) == ["1", "2"]
    assert five.listed(limit=2, page=1) == ["3", "4"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ({"limit": 0}, "limit is a number from 1 to 200"),
        ({"limit": 201}, "limit is a number from 1 to 200"),
        ({"limit": "ten"}, "limit is a number from 1 to 200"),
        ({"limit": "9" * 400}, "limit is a number from 1 to 200"),
        ({"page": 0}, "page is a number from 1 on"),
        ({"page": -1}, "page is a number from 1 on"),
        ({"page": "٣"}, "page is a number from 1 on"),
        ({"actives": "yes"}, "actives is true or false"),
        ({"active": "true"}, "unknown parameter active"),
        ({"active": "true", "limit": 0}, "unknown parameter active; limit is a number from 1 to 200"),
    ],
)
def test_a_parameter_that_means_nothing_is_refused(five, query, message):
    assert refusal(five.get("/customers/", **query)) == (400, message)


def test_the_active_ones_are_the_enabled_ones(api):
    api.sandbox.seed([{"externalId": "1"}, {"externalId": "2", "status": "DISABLED"}])
    assert api.listed(actives="true") == ["1"]
    assert api.listed(actives="false") == api.listed(actives="") == ["1", "2"]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("ada-1", ["Ada-1"]),
        ("A", ["Ada-1", "Bob"]),
        ("ÖSTER", ["Bob"]),
        ("+39", ["Bob"]),
        ("device", ["Eve"]),
        ("%", []),
        ("_", []),
        ("some-metadata", []),
        ("", ["Ada-1", "Bob", "Eve"]),
    ],
)
def test_a_search_finds_part_of_an_external_id_or_of_a_contact_in_any_case(api, search, found):
    api.sandbox.seed(
        [
            {"externalId": "Ada-1", "metadata": "some-metadata"},
            {"externalId": "Bob", "contacts": [email("a@öster.it"), phone("+39 055 12345")]},
            {"externalId": "Eve", "contacts": [push("device:1")]},
        ]
    )
    assert api.listed(search=search) == found


def test_a_search_names_a_customer_once_however_many_contacts_match(api):
    api.create(externalId="a@b.it", contacts=[email(), email("aa@b.it")])
    assert api.listed(search="a@b.it") == ["a@b.it"]


def test_search_and_actives_and_pages_work_together(api):
    api.sandbox.seed(
        [{"externalId": f"x{number}", "status": ["ENABLED", "DISABLED"][number % 2]} for number in range(8)]
        + [{"externalId": "other"}]
    )
    assert api.listed(search="x", actives="true", limit=3, page=2) == ["x6"]


def test_a_list_shows_a_new_customer_after_the_delay_and_a_get_at_once(api, clock):
    api.sandbox.configure(search_delay=5)
    api.headers = {"Authorization": f"Bearer {api.sandbox.issue_token()}"}
    created = api.create(externalId="1")
    assert api.customer(created) == created
    assert api.listed() == []
    clock.turn(5)
    assert api.listed() == ["1"]


def test_without_a_delay_a_list_shows_what_a_clock_that_was_turned_back_would_hide(api, clock):
    api.create(externalId="1")
    clock.turn(-3600)
    assert api.listed() == ["1"]


CUSTOMERS = st.lists(
    st.tuples(st.text("aAbß", min_size=1, max_size=3), st.sampled_from(["ENABLED", "DISABLED"])), max_size=6
)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    customers=CUSTOMERS,
    search=st.text("aAbß", max_size=2),
    actives=st.sampled_from(["true", "false"]),
    limit=st.integers(1, 4),
)
def test_the_pages_of_a_list_are_together_what_was_asked_for(api, customers, search, actives, limit):
    api.sandbox.reset()
    api.headers = {"Authorization": f"Bearer {api.sandbox.issue_token()}"}
    api.sandbox.seed([{"externalId": name, "status": status} for name, status in customers])
    expected = [
        name
        for name, status in customers
        if search.casefold() in name.casefold() and (actives == "false" or status == "ENABLED")
    ]
    pages = range(1, len(expected) // limit + 2)
    shown = [api.listed(search=search, actives=actives, limit=limit, page=page) for page in pages]
    assert [name for page in shown for name in page] == expected
    assert all(len(page) <= limit for page in shown)
