"""The parts of a session that save. Each is made, and its module is loaded, when the session first needs it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os

    from contacthub_orm.orm.service.account import Account
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.session.context.flushing import Flusher
    from contacthub_orm.orm.session.context.in_doubt_writes import InDoubtWrites
    from contacthub_orm.orm.session.context.intake import SessionIntake
    from contacthub_orm.orm.session.context.loading import Loader
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext
    from contacthub_orm.orm.session.context.reconciliation import Reconciliation
    from contacthub_orm.orm.session.transaction.committing import Committer
    from contacthub_orm.orm.unit_of_work.execution import OnError
    from contacthub_orm.orm.unit_of_work.journal import Journal

__all__ = ["Writing", "opened_journal"]


class Writing:
    """What a session saves with. A program that only reads does without."""

    backend: Backend
    settle: float
    _context: PersistenceContext
    _loader: Loader
    _journal: Journal | None
    _on_error: OnError
    _check_version: bool

    @property
    def account(self) -> Account:
        """The account of the last flush; of one that is under way, or was interrupted, what it has done so far."""
        return self._flusher.account

    @account.setter
    def account(self, account: Account) -> None:
        self._flusher.account = account

    @cached_property
    def _reconciliation(self) -> Reconciliation:
        from contacthub_orm.orm.session.context.reconciliation import Reconciliation

        now = None if self._journal is None else self.backend.now
        return Reconciliation(self._context, self._loader, now)

    @cached_property
    def _in_doubt(self) -> InDoubtWrites:
        from contacthub_orm.orm.session.context.in_doubt_writes import InDoubtWrites

        return InDoubtWrites(self.backend, self._context, self._reconciliation, self.settle)

    @cached_property
    def _flusher(self) -> Flusher:
        from contacthub_orm.orm.session.context.flushing import Flusher

        return Flusher(
            self.backend,
            self._context,
            self._reconciliation,
            self._in_doubt,
            self._journal,
            on_error=self._on_error,
            check_version=self._check_version,
        )

    @cached_property
    def _committer(self) -> Committer:
        from contacthub_orm.orm.session.transaction.committing import Committer
        from contacthub_orm.orm.session.transaction.conflicts import Conflicts

        this: Any = self
        parts = (self._context, self._flusher, self._in_doubt, self._reconciliation)
        conflicts = Conflicts(self._context, self._loader, self._in_doubt)
        return Committer(this, self.backend, *parts, self.settle, conflicts)

    @cached_property
    def _intake(self) -> SessionIntake:
        from contacthub_orm.orm.session.context.intake import SessionIntake

        return SessionIntake(
            self.backend, self._context, self._reconciliation, self.settle, self._check_version
        )


def opened_journal(path: str | os.PathLike[str], place: str) -> Journal:
    """Open the journal of a place, as `settled_journal` does."""
    from contacthub_orm.orm.unit_of_work.journal import settled_journal  # few programs use it

    return settled_journal(path, place)
