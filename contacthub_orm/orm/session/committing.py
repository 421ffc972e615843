"""When a session sends: at a flush, at a commit, at the end of a block."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs

from contacthub_orm import signals
from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.service.account import commit_error
from contacthub_orm.orm.session.blocks import AtomicBlock, PlainBlock, commit
from contacthub_orm.orm.session.context.snapshots import Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.service.account import Account
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.session.blocks import Block, Committing
    from contacthub_orm.orm.session.context.flushing import Flusher
    from contacthub_orm.orm.session.context.in_doubt_writes import InDoubtWrites
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.context.reconciliation import Reconciliation
    from contacthub_orm.orm.unit_of_work.execution import Progress

__all__ = ["Committer"]


@attrs.define(eq=False)
class Committer:
    """Flushes and commits for a session, and knows the block that it is in.

    Attributes:
        flushing: whether a flush is under way. Receivers and queries may not begin another.
    """

    _session: Committing
    _backend: Backend
    _context: PersistenceContext
    _flusher: Flusher
    _in_doubt: InDoubtWrites
    _reconciliation: Reconciliation
    _settle: float
    _block: Block | None = attrs.field(default=None, init=False)
    flushing: bool = attrs.field(default=False, init=False)

    def flush(self, objects: Iterable[Entity] | None, progress: Progress | None) -> Account:
        """Flush; see `Session.flush`."""
        self._refuse_within_flush()
        self.flushing = True
        try:
            chosen = self._with_additions_of_receivers(objects)
            account = self._flusher.flush(chosen, atomic=self._is_atomic, progress=progress)
            self._session.account = account
        finally:
            self.flushing = False
        self._conclude(account)
        try:
            signals.after_flush.send(self._session)
        finally:
            self._session.account = account  # a receiver may have flushed
        return account

    def commit(self, *, atomic: bool, progress: Progress | None) -> Account:
        """Commit; see `Session.commit`."""
        if self._is_atomic:
            return self._session.flush(progress=progress)
        if not atomic:
            return commit(self._session, progress)
        with self._running(self._atomic_block(progress, keeps_pending=True)):
            pass
        return self._session.account

    @contextmanager
    def begin(self, *, atomic: bool, progress: Progress | None) -> Iterator[None]:
        """Run a block; see `Session.begin`."""
        if self._block is not None:
            raise InvalidRequestError("the session has already begun a block: nest with begin_nested()")
        plain = PlainBlock(self._session, self._context, progress)
        with self._running(self._atomic_block(progress) if atomic else plain):
            yield

    @contextmanager
    def _running(self, block: Block) -> Iterator[None]:
        self._refuse_within_flush()
        outer, self._block = self._block, block
        try:
            with block.run():
                yield
        finally:
            self._block = outer

    def _atomic_block(self, progress: Progress | None, *, keeps_pending: bool = False) -> AtomicBlock:
        return AtomicBlock(
            self._session,
            Snapshot(self._context),
            self._backend,
            self._context,
            self._flusher,
            self._in_doubt,
            self._reconciliation,
            self._settle,
            progress,
            keeps_pending=keeps_pending,
        )

    @property
    def _is_atomic(self) -> bool:
        return self._block is not None and self._block.atomic

    def _refuse_within_flush(self) -> None:
        if self.flushing:
            raise InvalidRequestError("the session is already flushing")

    def _with_additions_of_receivers(self, objects: Iterable[Entity] | None) -> list[Entity] | None:
        """Announce the flush, and add to the objects what the receivers have added or deleted."""
        if objects is None:
            signals.before_flush.send(self._session)
            return None
        pending = {id(one): one for one in self._context.pending()}
        signals.before_flush.send(self._session)
        return [*objects, *(one for one in self._context.pending() if id(one) not in pending)]

    def _conclude(self, account: Account) -> None:
        """Close the journal's commit, but for what is in doubt, and raise what failed."""
        if not self._is_atomic:
            self._flusher.settle_journal()
        if not account.succeeded:
            error = commit_error(account)
            self._flusher.note_journal_failure(error)
            raise error
