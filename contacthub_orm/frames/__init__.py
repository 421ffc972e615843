"""Frames: the rows of queries for Arrow, polars and pandas, and lazy scans whose filters go to the service."""

from contacthub_orm.frames.queries import to_arrow, to_arrow_reader, to_pandas, to_parquet, to_polars
from contacthub_orm.frames.rows import rows_of
from contacthub_orm.frames.scanning import explain, scan
from contacthub_orm.frames.schema import arrow_schema

__all__ = [
    "arrow_schema",
    "explain",
    "rows_of",
    "scan",
    "to_arrow",
    "to_arrow_reader",
    "to_pandas",
    "to_parquet",
    "to_polars",
]
