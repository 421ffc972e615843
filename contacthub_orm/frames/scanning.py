"""Lazy frames of polars whose filters, columns and limits go into the requests."""
# pyright: reportMissingImports=false

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Final, NoReturn

import attrs

from contacthub_orm.errors import CompileError, InvalidRequestError
from contacthub_orm.frames.documents import Batches
from contacthub_orm.frames.libraries import library
from contacthub_orm.frames.predicates import Predicates
from contacthub_orm.frames.shapes import UNDECLARED, columns_of, narrowed, shape_of
from contacthub_orm.orm.criteria.criteria import Comparison
from contacthub_orm.orm.criteria.operators import Operator
from contacthub_orm.orm.query.options import load_only

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.frames.libraries import LazyFrame, PolarsFrame
    from contacthub_orm.orm.criteria.criteria import Criterion
    from contacthub_orm.orm.query.query import BaseQuery

__all__ = ["explain", "scan"]

_told: Final[ContextVar[list[str] | None]] = ContextVar("told", default=None)
"""What the scans that are explained would ask, or None while nothing is explained."""


def scan(query: BaseQuery[Any]) -> LazyFrame:
    """A lazy frame of the rows of a query, with a column for each single value and list, named by its path.

    Nothing is sent before it is collected. The query's own conditions stay; those of the frame come in addition.

    Raises:
        MissingExtra: if polars is not installed.
    """
    plugins = library("polars.io.plugins")
    source = _Source(query)
    return plugins.register_io_source(source, schema=source.schema, validate_schema=True)


def explain(frame: LazyFrame) -> str:
    """How a lazy frame is answered: polars' plan, and what each scan in it asks of the service. Nothing is sent.

    The frame is collected without rows, so functions of your own in it get empty frames.
    """
    told = [frame.explain()]
    token = _told.set(told)
    try:
        frame.collect()
    finally:
        _told.reset(token)
    return "\n\n".join(told)


class _Source:
    """What polars calls for the rows of a scan."""

    def __init__(self, query: BaseQuery[Any]) -> None:
        self._query = query
        shape = shape_of(query.entity)
        self._shape = narrowed(shape, query.fields) if query.fields else shape
        self._is_whole = not query.fields
        self._columns = {one.name: one for one in columns_of(self._shape)}
        batches = Batches(query.entity, self._shape, flat=True, undeclared=self._is_whole)
        self.schema = library("polars").from_arrow(batches.schema.empty_table()).schema

    def __reduce__(self) -> NoReturn:
        raise InvalidRequestError(
            "a scan belongs to its node, whose token it has: scan anew where the frame is needed"
        )

    def __call__(
        self, with_columns: list[str] | None, predicate: Any, n_rows: int | None, _: int | None = None
    ) -> Iterator[PolarsFrame]:
        """The rows: `n_rows` of them at most, of which those are given that a predicate keeps."""
        names = list(self.schema) if with_columns is None else with_columns
        read = {*names, *(() if predicate is None else predicate.meta.root_names())}
        query = self._loading(read)
        if n_rows is None and predicate is not None:
            query = self._filtered(query, predicate)
        if n_rows is not None and n_rows <= query.backend.page_size:
            query = query.limit(n_rows if query.limited is None else min(n_rows, query.limited))
        if (told := _told.get()) is not None:
            told.append(_explained(query, predicate))
            return iter(())
        frames = self._frames(query, read, predicate, n_rows)
        return (frame.select(names) for frame in frames)

    def _loading(self, names: set[str]) -> BaseQuery[Any]:
        """The query that loads no more than some columns need."""
        if not names or UNDECLARED in names or len(names) == len(self.schema):
            return self._query
        narrower = self._query.options(
            load_only(*(".".join(self._columns[name].asked) for name in sorted(names)))
        )
        return narrower if _is_asked(narrower) else self._query

    def _filtered(self, query: BaseQuery[Any], predicate: Any) -> BaseQuery[Any]:
        """The query with as much of a filter as the service can be asked."""
        if query.json is not None or query.limited is not None or query.skipped:
            return query
        for criterion in Predicates(query.entity, self._columns).criteria(predicate):
            narrower = (query.filter(one) for one in (criterion, _loosened(criterion)))
            query = next(filter(_is_asked, narrower), query)
        return query

    def _frames(
        self, query: BaseQuery[Any], names: set[str], predicate: Any, n_rows: int | None
    ) -> Iterator[PolarsFrame]:
        polars = library("polars")
        is_whole = UNDECLARED in names
        paths = [column.path for name, column in self._columns.items() if is_whole or name in names]
        batches = Batches(query.entity, narrowed(self._shape, paths), flat=True, undeclared=is_whole)
        left = n_rows
        for page in query.documents():
            frame = polars.from_arrow(batches.of(page if left is None else page[:left]))
            left = None if left is None else left - len(frame)
            yield frame if predicate is None else frame.filter(predicate)
            if left == 0:
                return


def _is_asked(query: BaseQuery[Any]) -> bool:
    """Whether the service can be asked a query."""
    try:
        query.compile()
    except CompileError:
        return False
    return True


def _loosened(criterion: Criterion) -> Criterion:
    """The same criterion with its bound included, which is all that some services take."""
    including = {Operator.GT: Operator.GTE, Operator.LT: Operator.LTE}
    if not isinstance(criterion, Comparison) or criterion.operator not in including:
        return criterion
    return attrs.evolve(criterion, operator=including[criterion.operator])


def _explained(query: BaseQuery[Any], predicate: Any) -> str:
    lines = [query.explain()]
    if query.fields:
        lines.append(f"columns: {', '.join('.'.join(path) for path in query.fields)}")
    if predicate is not None:
        lines.append(f"filtered in this process by {predicate}")
    return "\n".join(lines)
