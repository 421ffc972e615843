"""Spark: `spark.dataSource.register(ContacthubSource)`, then `format("contacthub")`. Needs the extra `spark`.

No option holds a credential, and none travels: each process reads the settings file or its environment.
"""
# pyright: reportMissingImports=false

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.distributed.filters import criterion_for
from contacthub_orm.distributed.following import Place, follow, updates_between
from contacthub_orm.distributed.loading import Job, load
from contacthub_orm.distributed.options import Options
from contacthub_orm.distributed.partitions import Partition, cut, narrowed
from contacthub_orm.errors import ArgumentError, ContacthubError, MissingExtra
from contacthub_orm.orm.query.options import load_only
from contacthub_orm.orm.query.select import select

try:
    from pyspark import TaskContext
    from pyspark.sql import datasource
    from pyspark.sql.pandas.types import from_arrow_schema, to_arrow_schema
    from pyspark.sql.types import StringType, StructField, StructType

    from contacthub_orm.frames.documents import Batches
    from contacthub_orm.frames.plain import check_columns, fitted, plain_schema
    from contacthub_orm.frames.queries import to_arrow_reader
    from contacthub_orm.frames.shapes import UNDECLARED, shape_of
except ImportError as missing:
    raise MissingExtra(
        f'Spark needs {missing.name}; install it with: pip install "contacthub_orm[spark]"'
    ) from missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contacthub_orm.distributed.loading import Loaded
    from contacthub_orm.orm.criteria.criteria import Criterion

__all__ = ["ContacthubSource"]

_CHANGE: Final = "change"
_BATCH: Final = "streaming.sql.batchId"

_SIGNS: Final = {
    datasource.EqualTo: "==",
    datasource.EqualNullSafe: "==",
    datasource.LessThan: "<",
    datasource.LessThanOrEqual: "<=",
    datasource.GreaterThan: ">",
    datasource.GreaterThanOrEqual: ">=",
    datasource.In: "in",
    datasource.IsNull: "is null",
    datasource.IsNotNull: "is not null",
}


class ContacthubSource(datasource.DataSource):  # type: ignore[misc]  # pyspark is not there for every check
    """Customers or events of a node as a data source; see `Options` for the options.

    Filters on declared columns go into the service's query, and Spark filters again. For that, set
    `spark.sql.python.filterPushdown.enabled` to true, without which Spark refuses to read.
    """

    def __init__(self, options: Any) -> None:
        super().__init__(options)
        self._options = Options.of(options)

    @classmethod
    def name(cls) -> str:
        """The name of the format."""
        return "contacthub"

    def schema(self) -> StructType:
        """The columns of the class, and `change` if the option `changes` is set."""
        schema = from_arrow_schema(plain_schema(self._options.entity))
        change = [StructField(_CHANGE, StringType())] if self._options.changes else []
        return StructType([*change, *schema.fields])

    def reader(self, schema: StructType) -> _Reader:
        """Reads partitions."""
        return _Reader(self._options, schema)

    def simpleStreamReader(self, schema: StructType) -> _StreamReader:  # noqa: N802 - the engine's name
        """Follows the update stream."""
        return _StreamReader(self._options, schema)

    def writer(self, schema: StructType, overwrite: bool) -> _Writer:  # noqa: ARG002 - the engine's signature
        """Loads partitions."""
        return _Writer(self._options, _job(self._options, overwrites=overwrite))

    def streamWriter(self, schema: StructType, overwrite: bool) -> _StreamWriter:  # noqa: ARG002, N802 - likewise
        """Loads the batches of a stream."""
        return _StreamWriter(self._options, _job(self._options, overwrites=overwrite))


# -- reading ----------------------------------------------------------------------------------------------------------


class _Task(datasource.InputPartition):  # type: ignore[misc]
    """What a task reads."""

    def __init__(self, partition: Partition) -> None:
        super().__init__(partition)
        self.partition = partition

    def __repr__(self) -> str:
        return f"rows from {self.partition.low} to {self.partition.high}"


class _Reader(datasource.DataSourceReader):  # type: ignore[misc]
    def __init__(self, options: Options, schema: StructType) -> None:
        if options.changes:
            raise ArgumentError("changes is for readStream: a read gives rows as they are")
        self._options = options
        self._schema = schema
        self._criteria: list[Criterion] = []
        check_columns(options.entity, _arrow(schema))

    def pushFilters(self, filters: list[Any]) -> Iterable[Any]:  # noqa: N802 - the engine's name
        """Take what the service can be asked; Spark applies all filters again."""
        for one in filters:
            sign = _SIGNS.get(type(one))
            value = getattr(one, "value", None)
            if sign is None or (value is None and not sign.startswith("is")):
                continue
            criterion = criterion_for(self._options.entity, one.attribute, sign, value)
            if criterion is not None:
                self._criteria.append(criterion)
        return filters

    def partitions(self) -> Sequence[_Task]:
        """Cut the rows."""
        statement = narrowed(self._options.access, select(self._options.entity), self._criteria)
        if UNDECLARED not in self._schema.names:
            statement = statement.options(load_only("id", *_paths(self._schema)))
        options = self._options
        if options.limit is not None:
            return [_Task(Partition(options.access, statement, limit=options.limit))]
        return [_Task(one) for one in cut(options.access, statement, options.partitions)]

    def read(self, partition: _Task) -> Iterator[Any]:
        """Read the rows of a task, by batches."""
        schema = _arrow(self._schema)
        for batch in to_arrow_reader(partition.partition):
            yield fitted(batch, schema)


def _arrow(schema: StructType) -> Any:
    return to_arrow_schema(schema, timezone="UTC")


def _paths(schema: StructType, path: str = "") -> Iterator[str]:
    """The paths of the columns that are no objects."""
    for field in schema.fields:
        below = f"{path}{field.name}"
        if isinstance(field.dataType, StructType):
            yield from _paths(field.dataType, f"{below}.")
        else:
            yield below


# -- following --------------------------------------------------------------------------------------------------------


class _StreamReader(datasource.SimpleDataSourceStreamReader):  # type: ignore[misc]
    def __init__(self, options: Options, schema: StructType) -> None:
        if _CHANGE not in schema.names:
            raise ArgumentError(
                'a stream needs .option("changes", "true"): the column `change` tells a deletion from a row'
            )
        self._options = options
        self._schema = schema
        check_columns(options.entity, _arrow(self._without_change))

    @property
    def _without_change(self) -> StructType:
        return StructType([one for one in self._schema.fields if one.name != _CHANGE])

    def initialOffset(self) -> dict[str, Any]:  # noqa: N802 - the engine's name
        """The place of the option `since`."""
        since = self._options.since
        return attrs.asdict(Place(None if since == "earliest" else since))

    def read(self, start: dict[str, Any]) -> tuple[Iterator[Any], dict[str, Any]]:
        """The updates after a place."""
        options = self._options
        found, end = follow(options.access.node(), options.entity, Place(**start), options.max_rows)
        return iter(self._rows(found)), attrs.asdict(end)

    def readBetweenOffsets(self, start: dict[str, Any], end: dict[str, Any]) -> Iterator[Any]:  # noqa: N802 - likewise
        """The same updates once more."""
        options = self._options
        found = updates_between(options.access.node(), options.entity, Place(**start), Place(**end))
        return iter(self._rows(list(found)))

    def _rows(self, updates: list[Any]) -> list[tuple[Any, ...]]:
        schema = self._without_change
        batches = Batches(
            self._options.entity,
            shape_of(self._options.entity),
            flat=False,
            undeclared=UNDECLARED in schema.names,
        )
        batch = fitted(batches.of([one.document for one in updates]), _arrow(schema))
        columns = {name: batch.column(name).to_pylist() for name in schema.names}
        columns[_CHANGE] = [str(one.change) for one in updates]
        return list(zip(*(columns[name] for name in self._schema.names), strict=True))


# -- loading ----------------------------------------------------------------------------------------------------------


class _Message(datasource.WriterCommitMessage):  # type: ignore[misc]
    """What a task tells the driver."""

    def __init__(self, loaded: Loaded) -> None:
        self.loaded = loaded


class _Writer(datasource.DataSourceWriter):  # type: ignore[misc]
    def __init__(self, options: Options, job: Job) -> None:
        self._options = options
        self._job = job

    def write(self, iterator: Iterator[Any]) -> _Message:
        """Load the rows of a task."""
        return _written(self._options, self._job, iterator)

    def commit(self, messages: list[Any]) -> None:
        """All tasks have ended."""
        _commit(self._options, self._job, messages)

    def abort(self, messages: list[Any]) -> None:
        """The journals stay: the same write, begun again with the same folder, goes on."""


class _StreamWriter(datasource.DataSourceStreamWriter):  # type: ignore[misc]
    def __init__(self, options: Options, job: Job) -> None:
        self._options = options
        self._job = job

    def write(self, iterator: Iterator[Any]) -> _Message:
        """Load the rows of a task of a batch."""
        batch = TaskContext.get().getLocalProperty(_BATCH)
        if batch is None:
            raise ContacthubError("the engine does not say which batch of the stream this is")
        return _written(self._options, self._job.below(_folder(int(batch))), iterator)

    def commit(self, messages: list[Any], batchId: int) -> None:  # noqa: N803 - the engine's name
        """All tasks of a batch have ended; an engine that is started again begins with the last batch."""
        _commit(self._options, self._job.below(_folder(batchId)), messages)
        shutil.rmtree(Path(self._job.folder) / _folder(batchId - 2), ignore_errors=True)

    def abort(self, messages: list[Any], batchId: int) -> None:  # noqa: N803 - the engine's name
        """The journals stay, for the next attempt."""


def _folder(batch: int) -> str:
    return f"batch-{batch:08}"


def _job(options: Options, *, overwrites: bool) -> Job:
    if overwrites:
        raise ArgumentError('the mode must be "append": a load replaces nothing')
    if not options.journal:
        raise ArgumentError(
            'a write needs .option("journal", folder): a folder of its own, on a disk that all machines share'
        )
    return Job.begin(options.journal)


def _written(options: Options, job: Job, rows: Iterator[Any]) -> _Message:
    loaded = load(
        options.access.node(),
        (_filled(row.asDict(recursive=True)) for row in rows),
        job,
        TaskContext.get().partitionId(),
        settle=options.settle,
        entity=options.entity,
        strategy=options.strategy,
        upsert_by=options.upsert_by,
    )
    return _Message(loaded)


def _filled(value: Any) -> Any:
    """A row without what is null, and with instants that say their zone: Spark gives them in this machine's, without."""
    if isinstance(value, dict):
        found = {key: _filled(one) for key, one in value.items() if one is not None}
        return {key: one for key, one in found.items() if one != {}}
    if isinstance(value, list):
        return [_filled(one) for one in value]
    return value.astimezone(UTC) if isinstance(value, datetime) and value.tzinfo is None else value


def _commit(options: Options, job: Job, messages: list[Any]) -> None:
    """Sum up what became of the rows, and fail if some were not saved."""
    found = job.finish(one.loaded for one in messages if one is not None)
    if found.rejected and options.on_error == "fail":
        reasons = "; ".join(found.reasons[:3])
        raise ContacthubError(f"{found.rejected} of {found.rows} rows were not saved: {reasons}")
