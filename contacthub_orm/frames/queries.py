"""The rows of queries as Arrow tables and readers, and as frames of pandas and polars."""
# pyright: reportMissingImports=false

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from contacthub_orm.errors import ArgumentError
from contacthub_orm.frames.documents import Batches
from contacthub_orm.frames.libraries import library
from contacthub_orm.frames.shapes import narrowed, shape_of

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Iterator

    from contacthub_orm.frames.libraries import ArrowReader, ArrowTable, PandasFrame, PolarsFrame
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["to_arrow", "to_arrow_reader", "to_pandas", "to_parquet", "to_polars"]

_GROUP: Final = 20
"""How many batches make a row group of a Parquet file."""

_ROWS: Final = 1_000
"""The least rows of a batch, but the last: each batch costs as much as some dozen rows."""


def to_arrow_reader(query: Any, *, flat: bool = False) -> ArrowReader:
    """See `Framed.to_arrow_reader`."""
    shape, paths = shape_of(query.entity), query.fields
    batches = Batches(
        query.entity, narrowed(shape, paths) if paths else shape, flat=flat, undeclared=not paths
    )
    made = (batches.of(rows) for rows in _gathered(query.documents(), query.batch or _ROWS))
    return pa.RecordBatchReader.from_batches(batches.schema, made)


def to_arrow(query: Any, *, flat: bool = False) -> ArrowTable:
    """See `Framed.to_arrow`."""
    return to_arrow_reader(query, flat=flat).read_all()


def to_pandas(query: Any, *, flat: bool = True) -> PandasFrame:
    """See `Framed.to_pandas`."""
    pandas = library("pandas")
    nullable = {pa.int64(): pandas.Int64Dtype(), pa.bool_(): pandas.BooleanDtype()}
    return to_arrow(query, flat=flat).to_pandas(types_mapper=nullable.get)


def to_polars(query: Any, *, flat: bool = False) -> PolarsFrame:
    """See `Framed.to_polars`."""
    return library("polars").from_arrow(to_arrow(query, flat=flat))


def to_parquet(query: Any, path: str | os.PathLike[str], *, flat: bool = False) -> int:
    """See `Framed.to_parquet`."""
    parquet = library("pyarrow.parquet")
    target = Path(path)
    part = target.with_name(f"{target.name}.part")
    reader = to_arrow_reader(query, flat=flat)
    rows = 0
    try:
        with parquet.ParquetWriter(part, reader.schema) as writer:
            while group := list(islice(reader, _GROUP)):
                writer.write_table(pa.Table.from_batches(group))
                rows += sum(batch.num_rows for batch in group)
        part.replace(target)
    except OSError as error:
        raise ArgumentError(f"path: {target} cannot be written: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return rows


def _gathered(pages: Iterable[list[Document]], least: int) -> Iterator[list[Document]]:
    """The documents of some pages together, so that batches are not too small."""
    gathered: list[Document] = []
    for page in pages:
        gathered += page
        if len(gathered) >= least:
            yield gathered
            gathered = []
    if gathered:
        yield gathered
