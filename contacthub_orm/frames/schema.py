"""Arrow schemas of shapes."""
# pyright: reportMissingImports=false

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pyarrow as pa

from contacthub_orm.frames.shapes import UNDECLARED, Items, Kind, Leaf, Object, columns_of, shape_of

if TYPE_CHECKING:
    from contacthub_orm.frames.shapes import Shape
    from contacthub_orm.orm.entity.entity import Entity

__all__ = ["arrow_schema", "arrow_type", "raw_type", "schema_of"]

JSON_TEXT: Final = {"contacthub_orm": "json"}
"""The metadata of columns that are JSON text."""

_TYPES: Final = {
    Kind.TEXT: pa.string(),
    Kind.BOOLEAN: pa.bool_(),
    Kind.INTEGER: pa.int64(),
    Kind.NUMBER: pa.float64(),
    Kind.DATE: pa.date32(),
    Kind.INSTANT: pa.timestamp("us", "UTC"),
    Kind.CHOICE: pa.dictionary(pa.int32(), pa.string()),
    Kind.JSON: pa.string(),
}
_READ_AS_TEXT: Final = (Kind.DATE, Kind.INSTANT)


def arrow_schema(entity: type[Entity], *, flat: bool = False) -> pa.Schema:
    """The Arrow schema of the rows of a class, as its queries give them.

    Args:
        entity: the class.
        flat: whether each single value and list is a column, named by its path, or objects are structs.

    Raises:
        ConfigurationError: if two columns would have the same name, or the class declares a type that cannot be mapped.
    """
    return schema_of(shape_of(entity), flat=flat, undeclared=True)


def schema_of(shape: Object, *, flat: bool, undeclared: bool) -> pa.Schema:
    """The schema of the rows of a shape, perhaps with the column of what is not declared."""
    if flat:
        fields = [_field(one.name, one.shape) for one in columns_of(shape)]
    else:
        fields = [_field(key, inner) for key, inner in shape.fields.items()]
    return pa.schema([*fields, *([pa.field(UNDECLARED, pa.string(), metadata=JSON_TEXT)] * undeclared)])


def arrow_type(shape: Shape) -> pa.DataType:
    """The Arrow type of a shape."""
    if isinstance(shape, Object):
        return pa.struct([_field(key, inner) for key, inner in shape.fields.items()])
    return pa.list_(arrow_type(shape.element)) if isinstance(shape, Items) else _TYPES[shape.kind]


def _field(name: str, shape: Shape) -> pa.Field:
    is_json = isinstance(shape, Leaf) and shape.kind is Kind.JSON
    return pa.field(name, arrow_type(shape), metadata=JSON_TEXT if is_json else None)


def raw_type(shape: Shape) -> pa.DataType:
    """The type with which the service's values become Arrow as they are: dates and instants are texts there."""
    if isinstance(shape, Object):
        return pa.struct([pa.field(key, raw_type(inner)) for key, inner in shape.fields.items()])
    if isinstance(shape, Items):
        return pa.list_(raw_type(shape.element))
    return pa.string() if shape.kind in _READ_AS_TEXT else _TYPES[shape.kind]
