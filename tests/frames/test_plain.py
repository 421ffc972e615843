"""Batches in plain types, for engines."""

from __future__ import annotations

import pytest

from contacthub_orm import ArgumentError, Customer, Event

pytest.importorskip("pyarrow", reason="needs the extra frames")

import pyarrow as pa

from contacthub_orm.frames.documents import Batches
from contacthub_orm.frames.plain import check_columns, fitted, plain_schema
from contacthub_orm.frames.shapes import shape_of

DOCUMENTS = [
    {
        "id": "1",
        "base": {"lastName": "Kent", "contacts": {"mobileDevices": [{"identifier": "d", "type": "IOS"}]}},
    },
    {"id": "2"},
    {"id": "3", "extended": {"points": 3}},
]


def batch_of(entity, documents):
    return Batches(entity, shape_of(entity), flat=False, undeclared=True).of(documents)


@pytest.mark.parametrize("entity", [Customer, Event])
def test_a_batch_has_no_dictionaries_and_the_same_values(entity):
    batch = batch_of(entity, DOCUMENTS)
    plain = fitted(batch, plain_schema(entity))
    assert "dictionary" not in str(plain.schema)
    assert plain.to_pylist() == batch.to_pylist()


def test_a_schema_may_have_some_of_the_columns_in_any_order():
    schema = pa.schema([("base", pa.struct([("lastName", pa.string())])), ("id", pa.string())])
    check_columns(Customer, schema)
    assert fitted(batch_of(Customer, DOCUMENTS), schema).to_pylist() == [
        {"base": {"lastName": "Kent"}, "id": "1"},
        {"base": None, "id": "2"},
        {"base": None, "id": "3"},
    ]


def test_a_column_that_is_not_declared_or_of_another_type_is_refused():
    with pytest.raises(ArgumentError, match=r"Customer declares no base\.nickname; the column undeclared"):
        check_columns(Customer, pa.schema([("base", pa.struct([("nickname", pa.string())]))]))
    with pytest.raises(ArgumentError, match="externalId is string in Customer, not int64"):
        check_columns(Customer, pa.schema([("externalId", pa.int64())]))
