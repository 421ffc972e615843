"""Whether a stored document holds what was sent: null, absent and objects of nulls are one thing."""

from __future__ import annotations

from contacthub_orm.orm.wire.equivalence import holds_submitted


def test_a_patch_of_nulls_is_held_by_a_document_with_other_values() -> None:
    assert holds_submitted({"extra": None, "externalId": "1"}, {"extra": None})
    assert not holds_submitted({"extra": "x"}, {"extra": None})


def test_an_object_of_nulls_is_held_where_there_is_none() -> None:
    assert holds_submitted({"address": None}, {"address": {"city": None}})
    assert holds_submitted({"address": {"city": None, "zip": None}}, {"address": None})
