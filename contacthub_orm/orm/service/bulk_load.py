"""A bulk load: many rows saved by jobs of the service, as the mapper sees it. A service that has none lacks `load_in_bulk`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, TypeAlias, TypedDict, runtime_checkable

import attrs

from contacthub_orm.errors import ArgumentError

if TYPE_CHECKING:
    import os

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.plan import Request, Verb
    from contacthub_orm.orm.wire.documents import Document

__all__ = [
    "BulkAccount",
    "BulkArguments",
    "BulkBind",
    "BulkOptions",
    "BulkPlan",
    "BulkRows",
    "FrameRow",
    "Intake",
    "OnReject",
    "Reject",
    "Strategy",
]

KEPT_REJECTS: Final = 1_000
"""How many rejects an account keeps in memory; a callable gets all of them."""

Strategy = Literal["auto", "bulk", "requests"]
BulkRows: TypeAlias = Any
"""Entities, dicts, the path of a CSV or Parquet file, or a frame."""


@attrs.frozen(eq=False)
class Reject:
    """A row that was not saved.

    Attributes:
        number: the place of the row, from 1.
        row: the row as it was given: the entity, the dict, or the cells of a line by their header.
        reason: why, in the service's words or in ours.
        known: whether it is certain that the row was not saved; False if its job gives no result for it.
    """

    number: int
    row: Any = attrs.field(repr=False)
    reason: str
    known: bool = True

    @property
    def entity(self) -> Entity | None:
        """The row, if it is an entity."""
        return self.row if hasattr(type(self.row), "__resource__") else None

    def __str__(self) -> str:
        return f"row {self.number}: {self.reason}"


@attrs.frozen
class FrameRow:
    """A row of a frame.

    Attributes:
        cells: its values by the frame's own names.
        values: its values by path.
        undeclared: the properties that no class declares, which the library's own frames have in a column.
        problem: why it cannot be saved, or None.
    """

    cells: dict[str, Any]
    values: dict[str, Any] = attrs.field(factory=dict)
    undeclared: Any = None
    problem: str | None = None


OnReject: TypeAlias = "Literal['stop', 'continue'] | Callable[[Reject], object]"


@attrs.frozen
class BulkPlan:
    """What a bulk load would send.

    Attributes:
        strategy: "bulk" or "requests".
        reason: why this one.
        rows: the number of rows.
        jobs: the number of jobs.
        requests: the number of rows that go by a request of their own.
        refused: the rows that go by neither.
        lookups: the least number of searches for rows that exist.
    """

    strategy: Strategy
    reason: str
    rows: int
    jobs: int
    requests: int
    refused: int = 0
    lookups: int = 0

    def __str__(self) -> str:
        parts = [f"{self.rows} rows: {self.jobs} jobs and {self.requests} single requests"]
        parts += [f"{self.lookups} searches before"] if self.lookups else []
        parts += [f"{self.refused} rows refused"] if self.refused else []
        return f"{', '.join(parts)} ({self.reason})"


@attrs.define
class BulkAccount:
    """What became of every row: `rows` is the sum of the five numbers after it.

    Attributes:
        strategy: "bulk" or "requests", the way that was taken.
        reason: why this way.
        rows: the number of rows that were read.
        created: how many are new at the service.
        updated: how many changed what the service had.
        unchanged: the entities without a change.
        rejected: how many were not saved, or perhaps not.
        open: how many have no outcome yet, because the load stopped.
        jobs: the number of jobs.
        requests: the number of rows that went by a request of their own.
        rejects: the first 1,000 of the rows that were not saved.
    """

    strategy: Strategy = "bulk"
    reason: str = ""
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    jobs: int = 0
    requests: int = 0
    rejects: list[Reject] = attrs.field(factory=list, repr=False)

    @property
    def ended(self) -> int:
        """How many rows have an outcome."""
        return self.created + self.updated + self.unchanged + self.rejected

    @property
    def open(self) -> int:
        """How many rows were read and have no outcome."""
        return self.rows - self.ended

    @property
    def succeeded(self) -> bool:
        """Whether every row was saved."""
        return not (self.rejected or self.open)

    def note(self, reject: Reject) -> None:
        """Count a row that was not saved."""
        self.rejected += 1
        if len(self.rejects) < KEPT_REJECTS:
            self.rejects.append(reject)

    def __str__(self) -> str:
        return (
            f"{self.rows} rows: {self.created} created, {self.updated} updated, {self.unchanged} unchanged, "
            f"{self.rejected} rejected, {self.open} open; {self.jobs} jobs, {self.requests} requests ({self.reason})"
        )


class BulkArguments(TypedDict, total=False):
    """The options of `Session.bulk_save`.

    Attributes:
        entity: the class of rows that are no entities; without it, the service's most common one.
        strategy: "bulk" takes jobs, and refuses rows that they cannot carry; "requests" sends one request for each row;
            "auto" (the default) takes what is cheaper, and requests for rows that jobs cannot carry.
        on_error: "stop" (the default) sends nothing more after a row was refused, "continue" sends the rest; both raise
            BulkSaveError at the end. A callable gets each `Reject`, the rest is sent, and nothing is raised for them.
        progress: is called with the number of rows that have an outcome, and of those read. What it raises stops the load.
        journal: the path of a file with which a load that was killed goes on where it stopped, given the same rows again.
        upsert_by: the natural key by which rows without an id are entities that exist, as in `merge_all(key=)`.
        columns: for a file or a frame: the path of each column that has another name, None for one that is left out.
    """

    entity: type[Entity] | None
    strategy: Strategy
    on_error: OnReject
    progress: Callable[[int, int], object] | None
    journal: str | os.PathLike[str] | None
    upsert_by: Any
    columns: Mapping[str, str | None]


@attrs.frozen
class BulkOptions:
    """The options of a bulk load, checked; see `BulkArguments`."""

    entity: type[Entity] | None = None
    strategy: Strategy = "auto"
    on_error: OnReject = "stop"
    progress: Callable[[int, int], object] | None = None
    journal: str | os.PathLike[str] | None = None
    upsert_by: Any = None
    columns: Mapping[str, str | None] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        if self.strategy not in ("auto", "bulk", "requests"):
            raise ArgumentError(f'strategy is "auto", "bulk" or "requests", got {self.strategy!r}')
        if self.on_error not in ("stop", "continue") and not callable(self.on_error):
            raise ArgumentError(f'on_error is "stop", "continue" or a callable, got {self.on_error!r}')
        if not (isinstance(self.columns, Mapping) and all(map(_is_path, self.columns.values()))):
            raise ArgumentError(f"columns: maps names to paths or None, got {self.columns!r}")


def _is_path(path: Any) -> bool:
    return path is None or isinstance(path, str)


class Intake(Protocol):
    """What a bulk load asks of the session whose entities it saves."""

    @property
    def settle(self) -> float:
        """The settle time of the session, in seconds."""
        ...

    def write_of(self, entity: Entity) -> tuple[Verb, Request] | str | None:
        """What saves an entity: the verb and the request. Why nothing can, in a clause; None if nothing has changed."""
        ...

    def take_in(self, entity: Entity, body: Document, identity: str | None, unsure: Collection[str]) -> None:
        """The service has saved an entity, and says at most its id; keys of `body` that are unsure are read again."""
        ...


@runtime_checkable
class BulkBind(Protocol):
    """What a session is opened on, if its service has bulk jobs."""

    def load_in_bulk(self, intake: Intake, rows: BulkRows, options: BulkOptions) -> BulkAccount:
        """Save rows."""
        ...

    def plan_bulk_load(self, intake: Intake, rows: BulkRows, options: BulkOptions) -> BulkPlan:
        """Say what `load_in_bulk` would send."""
        ...
