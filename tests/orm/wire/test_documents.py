"""JSON documents: equality, difference, patch."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacthub_orm.orm.wire.documents import MISSING, apply_patch, difference, same

SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "b"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4)


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (1, 1, True),
        (1, 1.0, True),
        (1, True, False),
        (0, False, False),
        (True, True, True),
        ("1", 1, False),
        (None, None, True),
        (None, 0, False),
        ([], [], True),
        ([1, [True]], [1, [True]], True),
        ([1, [True]], [1, [1]], False),
        ({"a": 1}, {"a": 1.0}, True),
        ({"a": 1}, {"a": True}, False),
        ({"a": None}, {}, False),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, True),
        ([1, 2], [2, 1], False),
        ([], {}, False),
    ],
)
def test_same_compares_json_with_booleans_apart_from_numbers(left: Any, right: Any, expected: bool) -> None:
    assert same(left, right) is expected
    assert same(right, left) is expected


@pytest.mark.parametrize(
    ("old", "new", "patch"),
    [
        ({"a": 1}, {"a": 1}, MISSING),
        ({"a": 1}, {"a": 2}, {"a": 2}),
        ({"a": 1}, {"a": True}, {"a": True}),
        ({"a": 1, "b": 2}, {"a": 1}, {"b": None}),
        ({"a": None}, {}, MISSING),
        ({"a": [], "b": {}}, {}, MISSING),
        ({}, {"a": None}, MISSING),
        ({"a": 1}, {"a": None}, {"a": None}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3}}, {"a": {"c": 3}}),
        ({"a": {"b": 1}}, {"a": {}}, {"a": {"b": None}}),
        ({"a": {"b": 1}}, {"a": None}, {"a": None}),
        ({"a": {"b": 1}}, {"a": 5}, {"a": 5}),
        ({"a": 5}, {"a": {"b": 1}}, {"a": {"b": 1}}),
        ({"a": [1, 2]}, {"a": [2]}, {"a": [2]}),
        ({"a": [1]}, {"a": []}, {"a": []}),
        ({}, {"a": []}, MISSING),
        ({"a": None}, {"a": []}, MISSING),
        ({"a": None}, {"a": {}}, MISSING),
        (None, {"a": 1}, {"a": 1}),
        (None, {}, MISSING),
        (MISSING, 1, 1),
        (MISSING, None, MISSING),
        (1, None, None),
    ],
)
def test_difference_says_only_what_changed(old: Any, new: Any, patch: Any) -> None:
    assert difference(old, new) == patch


def test_apply_patch_merges_objects_and_replaces_everything_else() -> None:
    document = {"a": {"b": 1, "c": [1]}, "d": 2}

    patched = apply_patch(document, {"a": {"c": [2], "e": {"f": 1}}, "d": None})

    assert patched == {"a": {"b": 1, "c": [2], "e": {"f": 1}}, "d": None}


def test_apply_patch_leaves_its_arguments_alone() -> None:
    document = {"a": {"b": 1}}
    patch = {"a": {"c": 2}}

    apply_patch(document, patch)

    assert (document, patch) == ({"a": {"b": 1}}, {"a": {"c": 2}})


def without_nothing(value: Any) -> Any:
    """The value without nulls, empty objects and empty lists as keys, which the service does not tell from absence."""
    if isinstance(value, dict):
        kept = {key: without_nothing(item) for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None and item not in ({}, [])}
    return value


@given(DOCUMENTS, DOCUMENTS)
def test_the_difference_applied_to_the_old_document_gives_the_new_one(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    patch = difference(old, new)

    result = old if patch is MISSING else apply_patch(old, patch)

    assert same(without_nothing(result), without_nothing(new))


@given(DOCUMENTS)
def test_a_document_differs_in_nothing_from_itself(document: dict[str, Any]) -> None:
    assert difference(document, document) is MISSING


def test_missing_is_false_and_shows_its_name() -> None:
    assert not MISSING
    assert repr(MISSING) == "MISSING"
