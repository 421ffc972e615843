"""The rows that go by requests: a session of their own sends them, with a journal of its own if the load has one.

That journal closes a commit after its last outcome. What was answered is noted in the load's journal before that, so that a
kill at any point leaves it in one of the two.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contacthub_orm.contacthub.bulk.journal import Result
from contacthub_orm.errors import (
    APIError,
    BadRequestError,
    CommitError,
    ConflictError,
    ContacthubError,
    NotFoundError,
    StaleDataError,
    ValidationError,
    message_of,
)
from contacthub_orm.orm import Outcome, Session, Verb, inspect, recover
from contacthub_orm.orm.entity.bodies import body_of
from contacthub_orm.orm.entity.detached import from_document, get_reference
from contacthub_orm.orm.service.account import Evidence

if TYPE_CHECKING:
    from contacthub_orm.contacthub.bulk.chunks import Chunk, Line
    from contacthub_orm.contacthub.bulk.journal import LoadJournal
    from contacthub_orm.contacthub.bulk.rows import BulkNode
    from contacthub_orm.orm import Entity
    from contacthub_orm.orm.service.account import Entry

__all__ = ["Requests"]

_ATTEMPTS = 3
"""How often what is in doubt is looked up before its row counts as unknown."""

_OF_THE_ROW = (BadRequestError, ConflictError, NotFoundError, StaleDataError, ValidationError)
"""The errors that a row itself causes. All others, such as a token that is refused, stop the load."""


class Requests:
    """Sends lines one by one.

    Args:
        node: the node.
        journal: the journal of the load.
        path: the path of the journal of requests, or None without one.
        settle: the seconds after which a write that is not found certainly did not take effect.
    """

    def __init__(self, node: BulkNode, journal: LoadJournal, path: Path | None, settle: float) -> None:
        self._node = node
        self._journal = journal
        self._path = path
        self._settle = settle

    def send(
        self, chunk: Chunk, answered: dict[int, tuple[str, str]], entity_of: Any, *, again: bool
    ) -> list[Result]:
        """Send the lines of a chunk, each once.

        Args:
            chunk: the chunk.
            answered: by its place, the status and the id of each line whose request was answered before.
            entity_of: gives the class of a line.
            again: whether the chunk was cut short, so that a journal of requests may have more of it.

        Raises:
            ContacthubError: if a failure is not a row's; what was sent is noted.
        """
        results = {place: Result(status, identity) for place, (status, identity) in answered.items()}
        twins = {
            place: self._twin(line, entity_of(line))
            for place, line in enumerate(chunk.lines)
            if place not in results
        }
        if again and self._path is not None and self._path.exists():
            results |= self._recovered(twins)
            twins = {place: twin for place, twin in twins.items() if place not in results}
        self._commit(chunk, twins, results)
        return [results[place] for place in range(len(chunk.lines))]

    def _twin(self, line: Line, entity: type[Entity]) -> Entity:
        if line.identity is not None:
            return get_reference(entity, self._node, line.identity, line.document)
        return from_document(entity, self._node, line.document, "keep")

    def _recovered(self, twins: dict[int, Entity]) -> dict[int, Result]:
        """What a recovery of the journal of requests finds, for the lines with the same requests."""
        assert self._path is not None
        report = recover(self._node, self._path, self._settle)
        waiting: dict[str, list[int]] = {}
        for place, twin in twins.items():
            waiting.setdefault(self._told(twin), []).append(place)
        found: dict[int, Result] = {}

        def note(operation: Any, result: Result) -> None:
            places = waiting.get(_told(operation.verb, operation.request))
            if places:
                found[places.pop(0)] = result

        for operation in (*report.confirmed, *report.adopted, *report.sent):
            key = inspect(operation.entity).identity
            note(operation, Result(_status(operation.verb), None if key is None else key.id))
        for entry in report.failed:
            if isinstance(entry.error, _OF_THE_ROW):
                note(entry.operation, Result("rejected", reason=_reason(entry.error)))
        for operation in report.open:
            note(
                operation,
                Result("rejected", reason="the answer was lost, and what it did is not known", known=False),
            )
        self._drop_journal()
        return found

    def _told(self, twin: Entity) -> str:
        verb = Verb.CREATE if inspect(twin).identity is None else Verb.UPDATE
        return _told(verb, self._node.backend.request(verb, twin, body_of(twin)))

    def _commit(self, chunk: Chunk, twins: dict[int, Entity], results: dict[int, Result]) -> None:
        if not twins:
            return
        with Session(self._node, on_error="continue", journal=self._path, settle=self._settle) as session:
            session.add_all(twins.values())
            waiting = dict(twins)

            def note(ended: int, planned: int) -> None:
                if ended == planned:
                    self._note_done(chunk, session, twins, results)

            for _ in range(_ATTEMPTS):
                entries = _entries(session, note)
                for place, twin in list(waiting.items()):
                    result = _result(entries.get(id(twin)), twin, session)
                    if result is not None:
                        results[place] = result
                        session.expunge(twin)
                        del waiting[place]
                if not waiting:
                    break
            for place in waiting:
                reason = "the answer was lost, and what it did is not known"
                results[place] = Result("rejected", reason=reason, known=False)
        if waiting:
            self._drop_journal()

    def _note_done(
        self, chunk: Chunk, session: Session, twins: dict[int, Entity], results: dict[int, Result]
    ) -> None:
        done = {
            place: (one.status, one.identity or "")
            for place, one in results.items()
            if one.status != "rejected"
        }
        for place, twin in twins.items():
            key = inspect(twin).identity
            if key is None or place in done or session.is_unsettled(twin):
                continue
            if chunk.lines[place].identity is None:
                done[place] = ("created", key.id)
            elif not session.is_modified(twin):
                done[place] = ("updated", key.id)
        self._journal.note_done(chunk.number, done)

    def _drop_journal(self) -> None:
        """Remove the journal of requests, whose open writes are accounted for."""
        if self._path is not None:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)


def _entries(session: Session, note: Any) -> dict[int, Entry]:
    """Commit, and return the last entry of each entity, by its `id()`."""
    try:
        account = session.commit(progress=note)
    except CommitError as error:
        account = error.account
    return {id(entry.entity): entry for entry in account}


def _result(entry: Entry | None, twin: Entity, session: Session) -> Result | None:
    """What became of a line, or None if that is not known yet.

    Raises:
        ContacthubError: if the failure is not the row's.
    """
    key = inspect(twin).identity
    if entry is None:  # nothing had changed, or an earlier commit has it
        unchanged = key is not None and not session.is_modified(twin)
        return Result("updated", None if key is None else key.id) if unchanged else None
    if entry.outcome is Outcome.DONE:
        created = entry.operation.verb is Verb.CREATE and entry.evidence is Evidence.ANSWER
        found = inspect(twin).identity
        return Result("created" if created else "updated", None if found is None else found.id)
    if entry.outcome is Outcome.UNKNOWN:
        return None
    if isinstance(entry.error, _OF_THE_ROW):
        return Result("rejected", reason=_reason(entry.error))
    if isinstance(entry.error, ContacthubError):
        raise entry.error
    return None


def _reason(error: Exception) -> str:
    """Why a row was refused: the service's message and its details, as in the results of a job."""
    if not isinstance(error, APIError):
        return message_of(error)
    details = [one for one in error.errors if isinstance(one, dict)]
    told = [f"{one.get('path')}: {one.get('message')}" for one in details]
    return "; ".join([error.message or f"status {error.status}", *told])


def _status(verb: Verb) -> str:
    return "created" if verb is Verb.CREATE else "updated"


def _told(verb: Verb, request: Any) -> str:
    """A request as text, the same for the same request."""
    sent = request.resolved()
    return json.dumps([verb.value, sent.path, sent.body], sort_keys=True, default=str)
