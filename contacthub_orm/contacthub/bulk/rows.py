"""The rows of a load: entities, dicts, the lines of a CSV file, or the rows of a frame."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

import attrs

from contacthub_orm.contacthub.bulk.columns import Columns
from contacthub_orm.contacthub.entities.customer import Customer
from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.errors import ArgumentError, ValidationError, message_of
from contacthub_orm.orm import Entity, Verb
from contacthub_orm.orm.query.framed import frames
from contacthub_orm.orm.query.statement import Statement
from contacthub_orm.orm.service.bulk_load import FrameRow
from contacthub_orm.orm.wire.conversion import dump_datetime, unsendable

if TYPE_CHECKING:
    from contacthub_orm.contacthub.api.api import Api
    from contacthub_orm.contacthub.backend.backend import NodeBackend
    from contacthub_orm.orm.active_record.call_session import CallSession
    from contacthub_orm.orm.service.bulk_load import BulkOptions, Intake
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["BulkNode", "Row", "Rows", "can_be_read_twice"]

_LONGEST_CELL: Final = 16 * 1024 * 1024


class BulkNode(Protocol):
    """The node that a load writes to."""

    node_id: str
    backend: NodeBackend

    @cached_property
    def api(self) -> Api:
        """Every operation of the API."""
        ...

    def lend(self) -> CallSession:
        """A session for one call."""
        ...


@attrs.define(eq=False)
class Row:
    """One row.

    Attributes:
        number: its place, from 1.
        given: the row as the user gave it.
        resource: "customers" or "events".
        event_type: the type of an event, empty for a customer.
        identity: the id of the customer or event that it changes, or None.
        document: what it writes.
        problem: why it cannot be saved, or None.
        unchanged: whether it is an entity without a change.
        key: tells the rows that write the same customer or event; None if that is not known.
    """

    number: int
    given: Any
    resource: str
    event_type: str = ""
    identity: str | None = None
    document: Document = attrs.field(factory=dict)
    problem: str | None = None
    unchanged: bool = False
    key: str | None = None

    @property
    def entity(self) -> Entity | None:
        """The entity that the row is."""
        return self.given if isinstance(self.given, Entity) else None


class Rows:
    """Reads rows, one after another.

    Args:
        node: the node that they are saved to.
        intake: the session that they are saved by.
        options: how; the class of rows that are no entities, and the names of columns, are among them.

    Raises:
        ArgumentError: if `entity` is no class of customers or events.
    """

    def __init__(self, node: BulkNode, intake: Intake, options: BulkOptions) -> None:
        entity = options.entity
        chosen = Customer if entity is None else entity
        if not (isinstance(chosen, type) and issubclass(chosen, Customer | Event)):
            raise ArgumentError(f"entity is a class of customers or events, got {entity!r}")
        self.entity: type[Entity] = chosen
        self._renamed = options.columns
        self._node = node
        self._intake = intake
        self._columns: dict[type[Entity], Columns] = {}

    def columns(self, entity: type[Entity]) -> Columns:
        """The columns of a class."""
        if entity not in self._columns:
            read = self._node.api.configuration.get_customer_extended_properties
            self._columns[entity] = Columns(entity, read)
        return self._columns[entity]

    def read(self, rows: Any) -> Iterator[Row]:
        """Read the rows.

        Raises:
            ArgumentError: if they are not of a kind that can be read, or a column names no property.
        """
        for number, given in enumerate(self._given(rows), 1):
            if isinstance(given, Entity):
                yield self._of_entity(number, given)
            elif isinstance(given, _Line):
                yield self._of_line(number, given)
            elif isinstance(given, FrameRow):
                yield self._of_frame(number, given)
            elif isinstance(given, Mapping):
                yield self._of_document(number, given, given)
            else:
                raise ArgumentError(f"rows: row {number} is an entity or a dict, got {type(given).__name__}")

    def _given(self, rows: Any) -> Iterator[Any]:
        if not isinstance(rows, Statement) and _is_frame(
            rows
        ):  # a query is a frame too, but gives entities here
            found: Iterator[Any] = frames().rows_of(rows, self.entity, self._renamed)
            return found
        if isinstance(rows, str | os.PathLike):
            return _lines(Path(rows))
        if self._renamed:
            raise ArgumentError("columns: is for the columns of a file or a frame")
        if isinstance(rows, Mapping | Entity | bytes) or not isinstance(rows, Iterable):
            raise ArgumentError(
                "rows: expected entities, dicts, the path of a CSV or Parquet file, or a frame, "
                f"got {type(rows).__name__}"
            )
        return iter(rows)

    def _of_entity(self, number: int, entity: Entity) -> Row:
        if not isinstance(entity, Customer | Event):
            raise ArgumentError(f"rows: a bulk save takes customers and events, got {entity!r}")
        row = Row(number, entity, entity.__resource__.name)
        write = self._intake.write_of(entity)
        if write is None:
            row.unchanged = True
        elif isinstance(write, str):
            row.problem = write
        else:
            verb, request = write
            row.document = dict(request.body or {})
            row.identity = request.path[-1] if verb is Verb.UPDATE else None
            row.problem = None if not request.params else "the entity loses elements of a list: commit it"
            self._complete(row, str(entity.type) if isinstance(entity, Event) else "")
        return row

    def _of_line(self, number: int, line: _Line) -> Row:
        if line.problem is not None:
            return Row(number, line.cells, self.entity.__resource__.name, problem=line.problem)
        columns = self.columns(self.entity)
        paths = {name: self._renamed.get(name, name) for name, text in line.cells.items() if text}
        values = {
            path: columns.of_text(path, line.cells[name]) for name, path in paths.items() if path is not None
        }
        return self._of_document(number, line.cells, values)

    def _of_frame(self, number: int, given: FrameRow) -> Row:
        if given.problem is not None:
            return Row(number, given.cells, self.entity.__resource__.name, problem=given.problem)
        row = self._of_document(number, given.cells, given.values)
        if given.undeclared is not None and row.problem is None:
            row.problem = _merged_into(row.document, given.undeclared, "undeclared")
        return row

    def _of_document(self, number: int, given: Any, values: Mapping[str, Any]) -> Row:
        row = Row(number, given, self.entity.__resource__.name)
        try:
            document = self.columns(self.entity).document(values)
        except ValidationError as error:
            row.problem = message_of(error)
            return row
        identity = document.pop("id", None)
        if identity is not None and not (isinstance(identity, str) and identity.strip("/. ")):
            row.problem = f"id: expected the id of a customer or event, got {identity!r}"
        row.identity, row.document = identity, document
        own = getattr(self.entity, "__event_type__", None)
        self._complete(row, str(own or document.get("type") or ""))
        return row

    def _complete(self, row: Row, event_type: str) -> None:
        """Give an event its type and date, and take out of a customer what the job itself says."""
        document = row.document
        if row.resource == "events":
            row.event_type = event_type
            document.pop("mode", None)
            if row.identity is None:
                document["type"] = event_type
                document.setdefault("date", dump_datetime(self._node.backend.now()))
        elif document.get("nodeId", self._node.node_id) != self._node.node_id:
            row.problem = f"nodeId: the row is of node {document['nodeId']}, the load of {self._node.node_id}"
        document.pop("nodeId", None) if row.resource == "customers" else None
        row.problem = row.problem or _broken(document)


def can_be_read_twice(rows: Any) -> bool:
    """Whether reading the rows does not use them up."""
    return not isinstance(rows, Iterator) and not hasattr(rows, "read_next_batch")


def _broken(value: Any, path: str = "") -> str | None:
    """Why a value, or one in it, cannot be sent as JSON."""
    if isinstance(value, dict | list):
        inner = value.items() if isinstance(value, dict) else enumerate(value)
        reasons = (_broken(one, f"{path}.{key}" if path else str(key)) for key, one in inner)
        return next((reason for reason in reasons if reason is not None), None)
    rule = unsendable(value)
    return None if rule is None else f"{path}: {rule}"


@attrs.frozen
class _Line:
    """A line of a CSV file: its cells by the header, or why it has none."""

    cells: dict[str, str]
    problem: str | None = None


def _lines(path: Path) -> Iterator[_Line]:
    """The lines of a CSV file in UTF-8 with a header; empty ones are passed over.

    Raises:
        ArgumentError: if it cannot be read, or is no such file.
    """
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.reader(file, strict=True)
            header = [name.strip() for name in next(lines, [])]
            if not header or not all(header) or len(set(header)) < len(header):
                raise ArgumentError(f"rows: {path} has no header of column names, each once")
            for cells in lines:
                if len(cells) == len(header):
                    yield _Line(dict(zip(header, cells, strict=True)))
                elif cells:
                    known = dict(zip(header, cells, strict=False))
                    yield _Line(known, f"the line has {len(cells)} cells, and the header has {len(header)}")
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ArgumentError(f"rows: {path} cannot be read as CSV in UTF-8: {error}") from error


def _is_frame(rows: Any) -> bool:
    """Whether rows are a frame, or the path of a file with one."""
    if isinstance(rows, str | os.PathLike):
        return os.fsdecode(rows).lower().endswith(".parquet")
    given = (
        "__arrow_c_stream__",
        "__arrow_c_array__",
        "to_batches",
        "read_next_batch",
        "iloc",
        "collect_schema",
    )
    return any(hasattr(rows, name) for name in given)


def _merged_into(document: Any, undeclared: Any, place: str) -> str | None:
    """Put undeclared properties where they were in a document; say why that cannot be done, else None.

    Those of the elements of a list need the list: alone they would replace it.
    """
    if isinstance(undeclared, dict) and isinstance(document, dict):
        for key, value in undeclared.items():
            if isinstance(document.get(key), dict | list):
                problem = _merged_into(document[key], value, f"{place}.{key}")
                if problem is not None:
                    return problem
            else:
                document[key] = value
    elif isinstance(undeclared, list) and isinstance(document, list) and len(undeclared) == len(document):
        problems = (
            _merged_into(one, value, place) for one, value in zip(document, undeclared, strict=True) if value
        )
        return next((one for one in problems if one is not None), None)
    else:
        return f"{place}: is no part of what the other columns have there; leave the column out"
    return None
