"""The rows of a query as frames of other libraries, which `contacthub_orm.frames` makes when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import MissingExtra

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from types import ModuleType

    from contacthub_orm.frames.libraries import ArrowReader, ArrowTable, PandasFrame, PolarsFrame
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Framed", "frames"]


class Framed:
    """What gives its rows as frames.

    A frame shows what the service has: unsaved changes are not in it. Each method raises MissingExtra if a library is not
    installed, ContentError if a value is not of the type that the class declares, and what a request raises.
    """

    __slots__ = ()

    def documents(self) -> Iterator[list[Document]]:
        """The documents of the rows, page by page."""
        raise NotImplementedError

    def to_arrow(self, *, flat: bool = False) -> ArrowTable:
        """All rows as a `pyarrow.Table`.

        Args:
            flat: whether each single value and list is a column, named by its path such as `base.contacts.email`; else
                objects are structs.
        """
        return frames().to_arrow(self, flat=flat)

    def to_arrow_reader(self, *, flat: bool = False) -> ArrowReader:
        """The rows as a `pyarrow.RecordBatchReader`, which reads them as they are asked for and keeps one batch."""
        return frames().to_arrow_reader(self, flat=flat)

    def to_pandas(self, *, flat: bool = True) -> PandasFrame:
        """All rows as a `pandas.DataFrame`; integers and booleans may be missing there, and stay what they are."""
        return frames().to_pandas(self, flat=flat)

    def to_polars(self, *, flat: bool = False) -> PolarsFrame:
        """All rows as a `polars.DataFrame`. `contacthub_orm.frames.scan` gives a lazy one."""
        return frames().to_polars(self, flat=flat)

    def to_parquet(self, path: str | os.PathLike[str], *, flat: bool = False) -> int:
        """Write the rows to a Parquet file as they are read. The file is there only when all rows are in it.

        Args:
            path: the file, which is replaced if it exists.
            flat: as for `to_arrow`.

        Returns:
            The number of rows.

        Raises:
            ArgumentError: if the file cannot be written.
        """
        rows: int = frames().to_parquet(self, path, flat=flat)
        return rows

    def __arrow_c_stream__(self, requested_schema: Any = None) -> object:
        """The rows by Arrow's C interface, so that a library takes the query as it is: `polars.DataFrame(query)`."""
        return self.to_arrow_reader().__arrow_c_stream__(requested_schema)


def frames() -> ModuleType:
    """The package that makes frames, which needs an extra of the package.

    Raises:
        MissingExtra: if the extra is not installed.
    """
    try:
        from contacthub_orm import frames as found
    except ImportError as missing:
        hint = 'pip install "contacthub_orm[frames]"'
        raise MissingExtra(f"frames need {missing.name}; install it with: {hint}") from missing
    return found
