"""The preferences of a customer."""

from __future__ import annotations

import pytest

from tests.sandbox.notihub.api import refusal


@pytest.fixture
def path(api):
    return f"/customers/{api.create()['customerId']}/preferences/"


def news(*mechanisms):
    return {"templateGroupId": "news", "mechanisms": list(mechanisms)}


def test_a_customer_begins_without_preferences(api, path):
    answer = api.get(path)
    assert (answer.status_code, answer.json()) == (200, [])


def test_preferences_are_kept_as_they_are_sent(api, path):
    sent = [news("EMAIL", "PUSH"), {"templateGroupId": "alerts", "mechanisms": ["NONE"]}]
    answer = api.post(path, sent)
    assert (answer.status_code, answer.json()) == (201, sent)
    assert api.get(path).json() == sent


def test_a_group_is_replaced_and_other_groups_stay(api, path):
    api.post(path, [news("EMAIL"), {"templateGroupId": "alerts", "mechanisms": ["PUSH"]}])
    answer = api.post(path, [news("NONE")])
    assert answer.json() == [news("NONE"), {"templateGroupId": "alerts", "mechanisms": ["PUSH"]}]


def test_sms_is_another_word_for_phone(api, path):
    assert api.post(path, [news("SMS", "PHONE")]).json() == [news("PHONE")]


@pytest.mark.parametrize("empty", [{}, {"mechanisms": None}, {"mechanisms": []}])
def test_a_preference_may_have_no_mechanisms(api, path, empty):
    assert api.post(path, [{"templateGroupId": "news", **empty}]).json() == [news()]


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "the body must be a JSON array"),
        (None, "the body must be a JSON array"),
        ([5], "a preference is a JSON object"),
        ([{"mechanisms": ["EMAIL"]}], "templateGroupId is required"),
        ([{"templateGroupId": {}}], "templateGroupId is required"),
        ([news("FAX")], "mechanisms is an array of EMAIL, PHONE, PUSH, SMS, NONE"),
        ([news([])], "mechanisms is an array of EMAIL, PHONE, PUSH, SMS, NONE"),
        ([{**news(), "mechanisms": "EMAIL"}], "mechanisms is an array of EMAIL, PHONE, PUSH, SMS, NONE"),
        ([news("NONE", "EMAIL")], "mechanisms is NONE or others, not both"),
        ([news("EMAIL"), news("PUSH")], "templateGroupId news is there twice"),
        (
            [{**news(), "a": 1}, {"b": 1}],
            "unknown property a; unknown property b; templateGroupId is required",
        ),
    ],
)
def test_preferences_that_break_a_rule_are_refused_as_a_whole(api, path, body, message):
    api.post(path, [{"templateGroupId": "alerts", "mechanisms": ["PUSH"]}])
    assert refusal(api.post(path, body)) == (400, message)
    assert api.get(path).json() == [{"templateGroupId": "alerts", "mechanisms": ["PUSH"]}]


def test_preferences_belong_to_one_customer(api, path):
    other = f"/customers/{api.create(externalId='2')['customerId']}/preferences/"
    api.post(path, [news("EMAIL")])
    assert api.get(other).json() == []


def test_preferences_go_with_their_customer(api, path):
    api.post(path, [news("EMAIL")])
    api.delete(path.removesuffix("/preferences/"))
    assert refusal(api.get(path)) == (404, "Customer Not found")
