"""Batches in the plain types that every engine has, and with the columns that it asks for."""
# pyright: reportMissingImports=false

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa

from contacthub_orm.errors import ArgumentError
from contacthub_orm.frames.schema import arrow_schema
from contacthub_orm.frames.shapes import UNDECLARED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.entity.entity import Entity

__all__ = ["check_columns", "fitted", "plain_schema"]


def plain_schema(entity: type[Entity]) -> pa.Schema:
    """The Arrow schema of a class with types that every engine has: texts in place of dictionaries."""
    schema = arrow_schema(entity)
    return pa.schema([pa.field(one.name, _plain(one.type)) for one in schema])


def check_columns(entity: type[Entity], schema: pa.Schema) -> None:
    """Make sure that a class has the columns of a schema.

    Raises:
        ArgumentError: if one is missing, or is of another type.
    """
    _check(schema, plain_schema(entity), entity, ())


def fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """A batch with the columns of a schema that `check_columns` has passed."""
    columns = [_fitted(batch.column(field.name), field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _plain(kind: Any) -> Any:
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_struct(kind):
        return pa.struct([pa.field(one.name, _plain(one.type)) for one in kind])
    return pa.list_(_plain(kind.value_type)) if pa.types.is_list(kind) else kind


def _check(wanted: Iterable[Any], known: Any, entity: type[Entity], path: tuple[str, ...]) -> None:
    there = {one.name: one.type for one in known}
    for field in wanted:
        below = (*path, field.name)
        found = there.get(field.name)
        if found is None:
            raise ArgumentError(
                f"{entity.__name__} declares no {'.'.join(below)}; the column {UNDECLARED} has what it does not declare"
            )
        if pa.types.is_struct(field.type) and pa.types.is_struct(found):
            _check(field.type, found, entity, below)
        elif not _is_same(field.type, found):
            raise ArgumentError(f"{'.'.join(below)} is {found} in {entity.__name__}, not {field.type}")


def _is_same(one: Any, other: Any) -> bool:
    """Whether two types are the same but for the names of the elements of lists."""
    if pa.types.is_list(one) and pa.types.is_list(other):
        return _is_same(one.value_type, other.value_type)
    if pa.types.is_struct(one) and pa.types.is_struct(other):
        pairs = [(a, b) for a, b in zip(one, other, strict=False) if a.name == b.name]
        return len(pairs) == one.num_fields == other.num_fields and all(
            _is_same(a.type, b.type) for a, b in pairs
        )
    return bool(one.equals(other))


def _fitted(array: Any, kind: Any) -> Any:
    """An array as another type: with some of the fields of objects, or texts for a dictionary."""
    if array.type.equals(kind):
        return array
    if pa.types.is_struct(kind):
        # Flattened, since what is below a missing object may be no index of a dictionary.
        below = dict(zip([one.name for one in array.type], array.flatten(), strict=True))
        inner = [_fitted(below[one.name], one.type) for one in kind]
        return pa.StructArray.from_arrays(inner, fields=list(kind), mask=array.is_null())
    return array.cast(kind)
