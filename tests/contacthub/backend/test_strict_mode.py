"""When a write needs `mode=STRICT`: whenever merging subscriptions by id would not give the user's list."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm.contacthub.backend.strict import needs_strict

A, B = {"id": "1", "name": "a"}, {"id": "2", "name": "b"}


def strict(held: Any, wanted: Any) -> bool:
    return needs_strict({"base": {"subscriptions": held}}, {"base": {"subscriptions": wanted}})


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ([], [A]),
        (None, [A]),
        ([A], [A, B]),
        ([A], [{**A, "name": "c"}]),
        ([A], [{**A, "kind": "SERVICE"}]),
        ([A], [{**A, "name": None}]),
        ([{**A, "kind": None, "preferences": []}], [A]),
        ([{**A, "preferences": [{"key": "x"}]}], [{**A, "preferences": [{"key": "x"}, {"key": "y"}]}]),
        ([], None),
    ],
)
def test_merging_by_id_gives_the_list(held: Any, wanted: Any) -> None:
    assert not strict(held, wanted)


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        ([A, B], [A]),
        ([A, B], [B, A]),
        ([A], [B, A]),
        ([A], []),
        ([A], None),
        ([A], [{"id": "1"}]),
        ([A], [{**A, "id": "3"}]),
        ([A], [A, A]),
        ([A], [A, {"name": "no id"}]),
        ([{**A, "subscribeContext": {"ip": "::1"}}], [{**A, "subscribeContext": {}}]),
        ([{**A, "preferences": [{"key": "x"}]}], [{**A, "preferences": []}]),
    ],
)
def test_merging_by_id_gives_another_list(held: Any, wanted: Any) -> None:
    assert strict(held, wanted)


@pytest.mark.parametrize("body", [{}, {"base": None}, {"base": {"firstName": "x"}}, {"extra": "x"}])
def test_a_patch_without_subscriptions_needs_no_mode(body: dict[str, Any]) -> None:
    assert not needs_strict({"base": {"subscriptions": [A]}}, body)


@pytest.mark.parametrize("body", [{}, {"base": None}, {"base": {"firstName": "x"}}])
def test_a_whole_document_without_the_subscriptions_that_are_held_needs_it(body: dict[str, Any]) -> None:
    assert needs_strict({"base": {"subscriptions": [A]}}, body, replaces=True)
    assert not needs_strict({"base": {"subscriptions": []}}, body, replaces=True)


@pytest.mark.parametrize("baseline", [None, {}, {"base": None}, {"base": {}}])
def test_nothing_is_lost_where_nothing_is_held(baseline: Any) -> None:
    assert not needs_strict(baseline, {"base": {"subscriptions": [A]}})
