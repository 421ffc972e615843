"""Dask: `read(query, npartitions=)` gives a data frame whose partitions workers read by themselves. Needs the extra `dask`.

from contacthub_orm.distributed import dask as dask_contacthub
frame = dask_contacthub.read(session.query(Customer), npartitions=16)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.distributed.access import Access
from contacthub_orm.distributed.partitions import Partition, cut
from contacthub_orm.errors import MissingExtra
from contacthub_orm.orm.query.select import Select
from contacthub_orm.orm.query.statement import parts_of

if TYPE_CHECKING:
    from contacthub_orm.orm.query.query import BaseQuery

__all__ = ["read"]


def read(query: BaseQuery[Any], npartitions: int = 8) -> Any:
    """The rows of a query as a `dask.dataframe.DataFrame`, with a column for each value, named by its path.

    The rows are counted now and read when the frame is computed, each partition by one task. No credentials are in the
    graph: workers read the settings file or the environment that the query's workspace was made by.

    Args:
        query: a query for customers or events of a node.
        npartitions: at most how many partitions.

    Raises:
        ArgumentError: if the query cannot be read in parts, or its workspace holds what workers cannot read.
        MissingExtra: if the extra is not installed.
        TransportError: if there is no usable answer.
        APIError: if the service refuses it.
    """
    try:
        import dask.dataframe as frames  # pyright: ignore[reportMissingImports]  # the library, not this module
    except ImportError as missing:
        raise MissingExtra(
            f'Dask needs {missing.name}; install it with: pip install "contacthub_orm[dask]"'
        ) from missing
    statement: Select[Any] = Select(**parts_of(query))
    partitions = cut(Access.of(query.session.bind), statement, npartitions)
    empty = _Empty(partitions[0].access, statement)
    return frames.from_map(_frame, partitions, meta=_frame(empty), label="contacthub", enforce_metadata=True)


class _Empty(Partition):
    """No row, for the columns and their types."""

    def documents(self) -> Any:
        """No page."""
        return iter(())


def _frame(partition: Partition) -> Any:
    from contacthub_orm.frames import to_pandas

    return to_pandas(partition, flat=True)
