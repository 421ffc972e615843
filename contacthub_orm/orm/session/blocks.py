"""Blocks of a session: plain, nested and atomic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs

from contacthub_orm.errors import CommitError, ContacthubError, InvalidRequestError
from contacthub_orm.orm.mapping.baseline import absorb, revert
from contacthub_orm.orm.service.plan import Entry, Operation, Outcome, Verb, resolved
from contacthub_orm.orm.session.snapshots import Snapshot, start_anew
from contacthub_orm.orm.unit_of_work.compensation import Undone, undo

if TYPE_CHECKING:
    from contacthub_orm.orm.session.session import Session

__all__ = ["Block", "atomic_block", "nested_block", "plain_block"]


@attrs.define(eq=False)
class Block:
    """A `begin()` block: where it started and what was sent in it."""

    start: Snapshot
    atomic: bool
    done: list[Entry] = attrs.field(factory=list)
    unknown_before: frozenset[Operation] = frozenset()
    failed_save: BaseException | None = None
    """What the save of one entity in the block has raised, in place of a CommitError."""


@contextmanager
def plain_block(session: Session, block: Block) -> Iterator[None]:
    """Commit at the end; roll back on an exception, but not on a CommitError, or the like error of one entity's save."""
    try:
        yield
    except CommitError:
        raise
    except BaseException as error:
        if not session._closed and error is not block.failed_save:
            session.rollback()
        raise
    session.commit()


@contextmanager
def nested_block(start: Snapshot) -> Iterator[None]:
    """Go back to the start on an exception."""
    try:
        yield
    except BaseException:
        start.restore()
        raise


@contextmanager
def atomic_block(session: Session, block: Block) -> Iterator[None]:
    """Commit at the end; on any exception undo what was done in the block and go back to its start."""
    block.unknown_before = frozenset(one.operation for one in session._flusher.unsettled.values())
    try:
        yield
        _refuse_early_deletes(session)
        session.commit()
    except Exception as error:
        if session._closed:
            raise
        undone = _undo(session, block)
        if isinstance(error, CommitError):
            error.undone = undone
        _note_what_stays(error, undone)
        raise
    _settle_journal(session)


def _refuse_early_deletes(session: Session) -> None:
    """A delete cannot be undone, so in an atomic block nothing may come after one."""
    batches = session.plan().batches
    kinds = [{operation.verb is Verb.DELETE for operation in batch} for batch in batches]
    if any(True in kind and False in later for index, kind in enumerate(kinds) for later in kinds[index:]):
        raise InvalidRequestError(
            "an atomic block cannot delete before it writes, as it must here to free a value that another entity claims"
        )


def _undo(session: Session, block: Block) -> list[Undone]:
    unknown = _settle_unknown(session, block)
    done = [entry for entry in block.done if entry.operation not in block.unknown_before]
    undone = undo(session.backend, done, session.settle)
    for one in undone:
        if one.reason is None:
            _take_back(session, one)
    block.start.restore()
    _settle_journal(session)
    return [*undone, *unknown]


def _settle_unknown(session: Session, block: Block) -> list[Undone]:
    """Look up what the block has left unknown: what took effect is undone too, what stays unknown is reported."""
    flusher = session._flusher
    unknown = {
        one.operation: Entry(one.operation, one.request, Outcome.UNKNOWN, None, one.first_sent)
        for one in flusher.unsettled.values()
        if one.operation not in block.unknown_before
    }
    if not unknown:
        return []
    try:
        settled = flusher.settle_unknown()
    except ContacthubError as error:
        settled = [attrs.evolve(entry, error=error) for entry in unknown.values()]
    ours = [entry for entry in settled if entry.operation in unknown]
    block.done += [entry for entry in ours if entry.outcome is Outcome.DONE]
    left = [entry for entry in ours if entry.outcome is not Outcome.DONE]
    for entry in left:
        flusher.unsettled.pop(id(entry.entity), None)
    return [Undone(entry, str(entry.error)) for entry in left]


def _take_back(session: Session, undone: Undone) -> None:
    """Let an entity be again what it was before the operation."""
    entry = undone.entry
    entity = entry.entity
    holdings, flusher = session._holdings, session._flusher
    if entry.operation.verb is not Verb.CREATE:
        revert(entity)
        absorb(entity, undone.document)
        holdings.review(entity)
        flusher.bring_parent_up_to_date(entity, entry.operation.verb, undone.document)
        return
    flusher.bring_parent_up_to_date(entity, Verb.DELETE, None)
    if entity._state.key is not None:
        holdings.created.discard(entity._state.key)
    holdings.leave(entity)
    start_anew(entity, resolved(entry.operation.body))
    holdings.add(entity)


def _note_what_stays(error: BaseException, undone: list[Undone]) -> None:
    for one in undone:
        if one.reason is not None:
            error.add_note(f"could not be undone: {one.entry.request} ({one.reason})")


def _settle_journal(session: Session) -> None:
    flusher = session._flusher
    if flusher.journal is not None:
        flusher.journal.settle(write.operation for write in flusher.unsettled.values())
