"""Making sessions: with the same settings, and one per thread."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from contacthub_orm.orm.session.session import Session
from contacthub_orm.suggestions import refuse_unknown_arguments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contacthub_orm.orm.service.binds import Bind
    from contacthub_orm.orm.unit_of_work.execution import Progress

__all__ = ["scoped_session", "sessionmaker"]


class sessionmaker:  # noqa: N801 - SQLAlchemy's name
    """Makes sessions with the same settings: `Sessions = sessionmaker(bind); with Sessions() as session: ...`.

    Args:
        bind: what the sessions are opened on.
        settings: keyword arguments of `Session`.

    Raises:
        TypeError: if `Session` takes no such argument.
    """

    def __init__(self, bind: Bind, **settings: Any) -> None:
        refuse_unknown_arguments(Session.__init__, settings)
        self.bind = bind
        self.settings = settings

    def __call__(self, **settings: Any) -> Session:
        """Make a session; settings given here replace the common ones."""
        return Session(self.bind, **{**self.settings, **settings})

    @contextmanager
    def begin(self, *, atomic: bool = False, progress: Progress | None = None) -> Iterator[Session]:
        """Open a session in a block that commits at its end and closes the session.

        Args:
            atomic: whether what was done is undone if the block fails; see `Session.begin`.
            progress: of the commit at the end; see `Session.flush`.
        """
        with self() as session, session.begin(atomic=atomic, progress=progress):
            yield session


class scoped_session:  # noqa: N801 - SQLAlchemy's name
    """One session per thread: `Sessions = scoped_session(sessionmaker(bind)); Sessions().query(Book)`.

    Calling it returns the session of the calling thread, and `remove()` closes that session.

    Args:
        factory: makes a session.
    """

    def __init__(self, factory: Callable[[], Session]) -> None:
        self._factory = factory
        self._local = threading.local()

    def __call__(self) -> Session:
        """Return the thread's session, which the first call makes."""
        held: Session | None = getattr(self._local, "session", None)
        if held is None:
            held = self._local.session = self._factory()
        return held

    def remove(self) -> None:
        """Close the thread's session; the next call makes a new one."""
        held: Session | None = getattr(self._local, "session", None)
        if held is not None:
            held.close()
            del self._local.session
