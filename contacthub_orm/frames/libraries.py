"""Libraries of frames: those that are imported only when a program asks for their frames, and the types of all."""
# pyright: reportMissingImports=false

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeAlias

from contacthub_orm.errors import MissingExtra

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    ArrowReader: TypeAlias = pyarrow.RecordBatchReader
    ArrowTable: TypeAlias = pyarrow.Table
    LazyFrame: TypeAlias = polars.LazyFrame
    PandasFrame: TypeAlias = pandas.DataFrame
    PolarsFrame: TypeAlias = polars.DataFrame

__all__ = ["library"]


def library(name: str) -> Any:
    """A library that a program asked for.

    Raises:
        MissingExtra: if it is not installed.
    """
    try:
        return import_module(name)
    except ImportError as missing:
        raise MissingExtra(f"this needs {name}; install it with: pip install {name}") from missing
