"""Rows of frames as documents to be saved: those of Arrow, of whatever gives Arrow, of pandas, and of Parquet files.

What a frame has for "no value" (null, NaN, NaT, NA) is left out. Scalars of numpy and Arrow become plain values, whole
numbers of an integer column that a frame keeps as floats become integers, and columns that our frames show as JSON are read.
"""
# pyright: reportMissingImports=false

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from contacthub_orm.errors import ArgumentError
from contacthub_orm.frames.libraries import library
from contacthub_orm.frames.shapes import UNDECLARED, Items, Kind, Leaf, Object, shape_of
from contacthub_orm.orm.service.bulk_load import FrameRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from contacthub_orm.frames.shapes import Shape
    from contacthub_orm.orm.entity.entity import Entity

__all__ = ["rows_of"]

_AT_ONCE: Final = 1_000
_JSON: Final = Leaf(Kind.JSON)


def rows_of(frame: Any, entity: type[Entity], columns: Mapping[str, str | None]) -> Iterator[FrameRow]:
    """The rows of a frame.

    Args:
        frame: the frame, or the path of a Parquet file.
        entity: the class of the rows.
        columns: the path of each column that has another name, None for one that is left out.

    Raises:
        ArgumentError: if it is none, cannot be read, or lacks a column that `columns` names.
    """
    shape = shape_of(entity)
    paths: dict[str, str | None] = {}
    for names, rows in _parts(frame):
        if not paths:
            if lacking := columns.keys() - set(names):
                raise ArgumentError(
                    f"columns: the rows have no column {', '.join(sorted(map(repr, lacking)))}"
                )
            paths = {name: columns.get(name, name) for name in names}
        for row in rows:
            yield _row(dict(zip(names, row, strict=True)), paths, shape)


def _row(cells: dict[str, Any], paths: Mapping[str, str | None], shape: Object) -> FrameRow:
    values: dict[str, Any] = {}
    plain = {name: one for name, value in cells.items() if (one := _plain(value)) is not None}
    try:
        for name, one in plain.items():
            path = paths[name]
            of = None if path is None else _JSON if path == UNDECLARED else _at(shape, path.split("."))
            if path is not None and (value := _read(one, of, path)) is not None:
                values[path] = value
    except ValueError as error:
        return FrameRow(plain, problem=str(error))
    return FrameRow(plain, values, values.pop(UNDECLARED, None))


def _at(shape: Shape | None, path: list[str]) -> Shape | None:
    """The shape at a path, or None if nothing is declared there."""
    for key in path:
        shape = shape.fields.get(key) if isinstance(shape, Object) else None
    return shape


def _read(value: Any, shape: Shape | None, path: str) -> Any:
    """The value as it is sent; None if there is none.

    Raises:
        ValueError: if a text is no JSON, in a column that has it.
    """
    if isinstance(value, dict):
        inner = {key: _read(one, _at(shape, [key]), f"{path}.{key}") for key, one in value.items()}
        return {key: one for key, one in inner.items() if one is not None} or None
    if isinstance(value, list):
        element = shape.element if isinstance(shape, Items) else None
        return [_read(one, element, f"{path}[{index}]") for index, one in enumerate(value)]
    if not isinstance(shape, Leaf):
        return value
    if shape.kind is Kind.JSON and isinstance(value, str):
        try:
            return json.loads(value)
        except (ValueError, RecursionError) as error:
            raise ValueError(f"{path}: the column has JSON, and {value!r} is none: {error}") from None
    is_whole = shape.kind is Kind.INTEGER and isinstance(value, float) and value.is_integer()
    return int(value) if is_whole else value


def _plain(value: Any) -> Any:
    """A value of Python's own types; None for what a frame has in place of none."""
    if value is None or type(value) in (str, int, bool):
        return value
    if hasattr(value, "as_py"):
        return _plain(value.as_py())
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if hasattr(value, "dtype") and hasattr(value, "tolist"):
        is_instant = value.dtype.kind == "M"
        return _plain((value.astype("datetime64[us]") if is_instant else value).tolist())
    return None if _is_missing(value) else value


def _is_missing(value: Any) -> bool:
    """Whether it is NaN, NaT or NA, which equal nothing."""
    return type(value).__name__ == "NAType" or bool(value != value)  # noqa: PLR0124 - see above


# -- frames -----------------------------------------------------------------------------------------------------------


def _parts(frame: Any) -> Iterator[tuple[list[str], Iterable[Iterable[Any]]]]:
    """The names of the columns and the rows, part by part."""
    if hasattr(frame, "iloc"):
        yield from _pandas_parts(frame)
        return
    try:
        for batch in _batches(frame):
            for start in range(0, batch.num_rows, _AT_ONCE):
                part = batch.slice(start, _AT_ONCE)
                columns = [
                    _microseconds(column).to_pylist(maps_as_pydicts="strict") for column in part.columns
                ]
                yield _checked(part.schema.names), zip(*columns, strict=True)
    except (pa.ArrowException, OSError) as error:
        raise ArgumentError(f"rows: cannot be read: {error}") from error


def _batches(frame: Any) -> Iterator[Any]:
    """The Arrow batches of whatever gives some.

    Raises:
        ArgumentError: if it gives none.
    """
    if isinstance(frame, str | os.PathLike):
        parquet = library("pyarrow.parquet")
        yield from parquet.ParquetFile(os.fsdecode(frame)).iter_batches(_AT_ONCE)
    elif hasattr(frame, "to_batches"):  # a table or a data set
        yield from frame.to_batches()
    elif hasattr(frame, "read_next_batch"):
        yield from frame
    elif hasattr(frame, "__arrow_c_stream__"):
        yield from pa.RecordBatchReader.from_stream(frame)
    elif hasattr(frame, "__arrow_c_array__"):
        yield pa.record_batch(frame)
    else:
        raise ArgumentError(f"rows: a {type(frame).__name__} gives no rows; collect a lazy frame first")


def _microseconds(column: Any) -> Any:
    """Instants without nanoseconds, which no Python type and no wire has."""
    is_finer = pa.types.is_timestamp(column.type) and column.type.unit == "ns"
    return column.cast(pa.timestamp("us", column.type.tz), safe=False) if is_finer else column


def _pandas_parts(frame: Any) -> Iterator[tuple[list[str], Iterable[Iterable[Any]]]]:
    names = _checked(list(frame.columns))
    for start in range(0, len(frame), _AT_ONCE):
        part = frame.iloc[start : start + _AT_ONCE]
        yield names, zip(*(part[name].tolist() for name in names), strict=True)


def _checked(names: list[Any]) -> list[str]:
    """The names of the columns.

    Raises:
        ArgumentError: if one is no text, or two are the same.
    """
    wrong = [name for name in names if not isinstance(name, str)]
    double = sorted({name for name in names if names.count(name) > 1}) if not wrong else []
    if wrong or double:
        raise ArgumentError(f"rows: the names of columns are texts, each once, got {(wrong or double)[0]!r}")
    return names
