"""The routes of the update stream."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.reference import enum
from contacthub_orm.sandbox.documents.failures import Failure
from contacthub_orm.sandbox.documents.violations import Violation
from contacthub_orm.sandbox.documents.wire import encode
from contacthub_orm.sandbox.search.nodes import hidden_updates, shown_in
from contacthub_orm.sandbox.service.calls import Answer, Call
from contacthub_orm.sandbox.storage.tables import updates

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Row

    from contacthub_orm.sandbox.service.calls import Handler

__all__ = ["ROUTES"]

DEFAULT_SIZE: Final = 50
MAX_SIZE: Final = 4000
MAX_NUMBER: Final = 2**63 - 1
MAX_DIGITS: Final = len(str(MAX_NUMBER))


def last_offset(call: Call) -> Answer:
    """GET the offset of the newest update of a node and an entity; 0 if there is none."""
    where = _filters(call, _Numbers(call))
    return Answer.of(200, {"lastOffset": call.store.updates.last(call.connection, *where)})


def listing(call: Call) -> Answer:
    """GET the updates after an offset, or from a time on, or from the oldest that is kept, oldest first."""
    numbers = _Numbers(call)
    size = numbers.get("size", MAX_SIZE)
    offset, timestamp = numbers.get("offset"), numbers.get("timestamp")
    where = _filters(call, numbers)
    if offset is not None:
        where.append(updates.c.offset > offset)
    elif timestamp is not None:
        where.append(updates.c.time >= timestamp)
    stream, connection = call.store.updates, call.connection
    stream.expire(connection, call.now)
    size = DEFAULT_SIZE if size is None else size
    rows = stream.read(connection, size + 1, *where)
    shown = rows[:size]
    if len(rows) > size:
        following = shown[-1].offset if shown else rows[0].offset - 1
    else:  # all that match are shown, so that those left out by the filters need not be looked at again
        following = stream.last(connection)
    text = ",".join(_shown(row) for row in shown)
    return Answer(200, f'{{"nextOffset":{following},"updates":[{text}]}}')


def _shown(row: Row[Any]) -> str:
    entity = f'{{"type":{encode(row.entity)},"data":{row.document}}}'
    return f'{{"operation":{encode(row.operation)},"entity":{entity}}}'


def _filters(call: Call, numbers: _Numbers) -> list[ColumnElement[bool]]:
    """The clauses of `nodeId` and `entity`, and of the nodes that the token may read.

    Raises:
        Failure: 400 with all that is wrong with the parameters; 404 if the node is unknown.
    """
    entity = call.query.get("entity") or None
    known = enum("update_entities")
    violations = list(numbers.violations)
    if entity is not None and entity not in known:
        violations.append(Violation(f"entity is one of {', '.join(known)}", "entity", entity, "enum"))
    if violations:
        raise Failure(400, "source update query is not valid", violations=violations)
    where = [] if entity is None else [updates.c.entity == entity]
    node_id = call.query.get("nodeId") or None
    node = None if node_id is None else call.check_node(node_id)
    where.append(shown_in(call, node, updates, hidden_updates))
    return where


class _Numbers:
    """The numbers among the query parameters, and what is wrong with them."""

    def __init__(self, call: Call) -> None:
        self._query = call.query
        self.violations: list[Violation] = []

    def get(self, name: str, most: int = MAX_NUMBER) -> int | None:
        """A whole number from 0 to `most`, or None if it is missing or wrong."""
        text = self._query.get(name)
        if not text:
            return None
        if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS and int(text) <= most:
            return int(text)
        self.violations.append(Violation(f"{name} is a whole number from 0 to {most}", name, text, "range"))
        return None


ROUTES: Final[list[tuple[str, str, Handler]]] = [
    ("GET", "/updates", listing),
    ("GET", "/updates/last-offset", last_offset),
]
