"""Execution: sends a plan and returns its account.

Requests are sent from worker threads, which only read entities. The observer changes them, in the calling thread.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Literal, Protocol, TypeAlias

from contacthub_orm.errors import (
    ConflictError,
    ContacthubError,
    InvalidRequestError,
    NotFoundError,
    OutcomeUnknown,
)
from contacthub_orm.orm.entity.bodies import writable
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.service.account import Account, Entry, Evidence, Outcome, created_key
from contacthub_orm.orm.service.fan_out import in_this_context
from contacthub_orm.orm.service.plan import Operation, Plan, Request, Verb
from contacthub_orm.orm.unit_of_work.polling import fetch_settled
from contacthub_orm.orm.wire.equivalence import holds_submitted
from contacthub_orm.orm.wire.versions import have_versions, is_newer

if TYPE_CHECKING:
    from collections.abc import Callable

    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.entity.resource import Key
    from contacthub_orm.orm.entity.sent_at import SentAt
    from contacthub_orm.orm.service.backend import Backend
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Execution", "Observer", "OnError", "Progress", "superseded"]


def superseded(deletion: Operation) -> Entry:
    """Make the entry of a deletion that is not sent, since a creation was merged into the entity."""
    reason = f"{deletion.entity!r} stays: the service merged an entity that was to be created into it"
    return Entry(deletion, deletion.request.resolved(), Outcome.SUPERSEDED, InvalidRequestError(reason))


OnError = Literal["stop", "continue"]
"""After a failed operation: send nothing more, or continue with the operations that do not depend on it."""


Progress: TypeAlias = "Callable[[int, int], object]"
"""Is called after each operation, with the number of those that have ended and the number of all."""


class Observer(Protocol):
    """Is told the outcome of each operation, in the calling thread."""

    def concluded(self, entry: Entry) -> None:
        """An operation has its outcome."""
        ...


class Execution:
    """Sends one plan, at most `backend.max_in_flight` requests at once, and records the outcome of every operation.

    Args:
        backend: the service.
        observer: is told every outcome.
        on_error: whether to stop after a failed operation.
        settle: how long the service may take to show what it has taken in.
        check_version: whether to read an entity before each update or deletion, which then fails with StaleDataError if
            another writer has changed the entity.
        progress: is called after each operation, in the calling thread. What it raises interrupts the execution.
    """

    def __init__(  # noqa: PLR0913 - what an execution may be told, by name
        self,
        backend: Backend,
        observer: Observer,
        *,
        on_error: OnError = "stop",
        settle: timedelta,
        check_version: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self.backend = backend
        self.observer = observer
        self.on_error = on_error
        self.settle = settle
        self.check_version = check_version
        self.progress = progress
        self._planned = 0
        self.entries: dict[Operation, Entry] = {}
        self._begun: dict[Operation, Entry] = {}
        self._created: set[Key] = set()
        self._stopped = threading.Event()
        self._interruption: BaseException | None = None

    def run(self, plan: Plan) -> Account:
        """Send all batches and return the account.

        If the calling thread is interrupted, the exception passes on after the requests under way have ended. At a
        second interrupt during this wait, the outcome of every request under way is UNKNOWN.
        """
        self._planned = len(plan)
        try:
            for batch in plan.batches:
                self._batch(batch)
        finally:
            try:
                self._conclude_rest()
            except BaseException:  # a further interrupt: what was sent is in doubt, whatever strikes
                self._conclude_rest()
                raise
        return self.account(plan)

    def account(self, plan: Plan) -> Account:
        """The outcome of every operation of a plan so far. What was not begun was not sent."""
        return Account(
            [
                self.entries.get(operation)
                or self._begun.get(operation)
                or Entry(operation, operation.request, Outcome.NOT_SENT)
                for operation in plan
            ]
        )

    def _batch(self, batch: tuple[Operation, ...]) -> None:
        workers = min(self.backend.max_in_flight, len(batch))
        if workers <= 1:
            for operation in batch:
                self._conclude(self._send(operation))
                self._raise_interruption()
                self._report_progress()
            return
        waiting: SimpleQueue[Operation] = SimpleQueue()
        ended: SimpleQueue[Entry] = SimpleQueue()
        for operation in batch:
            waiting.put(operation)
        with ThreadPoolExecutor(workers, thread_name_prefix="contacthub_orm") as pool:
            try:
                send = in_this_context(self._send)
                for _ in range(workers):
                    pool.submit(_work_off, send, waiting, ended)
                for _ in batch:
                    self._conclude(ended.get())
                    self._report_progress()
            except BaseException:
                self._stopped.set()
                raise
        self._raise_interruption()

    def _conclude_rest(self) -> None:
        """Conclude what an exception has left; that one is passed on, and none of these.

        What cannot be taken in as it ended is in doubt: the next commit looks it up.
        """
        for operation, entry in list(self._begun.items()):
            if operation not in self.entries:
                with suppress(Exception):
                    self._conclude(entry)
            if operation not in self.entries and entry.sent is not None:
                self._conclude(Entry(operation, entry.request, Outcome.UNKNOWN, None, entry.sent))

    def _raise_interruption(self) -> None:
        if self._interruption is not None:
            raise self._interruption

    def _report_progress(self) -> None:
        if self.progress is not None:
            self.progress(len(self.entries), self._planned)

    def _conclude(self, entry: Entry) -> None:
        key = created_key(entry)
        if key is not None:
            self._created.add(key)
        self.observer.concluded(entry)
        self.entries[entry.operation] = entry

    def _send(self, operation: Operation) -> Entry:
        """Send one operation; runs in a worker thread and touches no entity.

        The outcome is noted, too: an interrupt may lose what this returns. It raises nothing.
        """
        try:
            entry = self._outcome(operation)
        except BaseException as error:  # noqa: BLE001 - an interrupt; `_raise_interruption` passes it on
            self._interruption = error
            self._stopped.set()
            # UNKNOWN if it was begun, since the request may have been sent.
            entry = self._begun.get(operation) or Entry(operation, operation.request, Outcome.NOT_SENT)
        self._begun[operation] = entry
        return entry

    def _outcome(self, operation: Operation) -> Entry:
        if self._stopped.is_set() or not all(self._succeeded(one) for one in operation.after):
            return Entry(operation, operation.request, Outcome.NOT_SENT)
        request = operation.request.resolved()
        if operation.verb is Verb.DELETE and state_of(operation.entity).key in self._created:
            return superseded(operation)
        sent = operation.sent_before or self.backend.sending()
        self._begun[operation] = Entry(operation, request, Outcome.UNKNOWN, None, sent)
        try:
            document, evidence = self._exchange(operation, request, sent)
        except OutcomeUnknown as error:
            return self._failure(operation, request, Outcome.UNKNOWN, error, sent)
        except ContacthubError as error:
            return self._failure(operation, request, Outcome.FAILED, error, sent)
        return Entry(operation, request, Outcome.DONE, None, sent, document, evidence)

    def _exchange(
        self, operation: Operation, request: Request, sent: SentAt
    ) -> tuple[Document | None, Evidence]:
        """Send a request, and give the service's document after it and how it is known that it took effect."""
        if self.check_version and operation.verb in (Verb.UPDATE, Verb.REPLACE, Verb.DELETE):
            self._refuse_stale(operation)
        try:
            answer = self.backend.send(request)
        except NotFoundError:
            if self._was_deleted_before(operation):
                return None, Evidence.LOOK_UP
            raise
        except ConflictError as error:
            return self._ours_or_conflict(operation, request, error), Evidence.LOOK_UP
        if operation.verb is Verb.DELETE:
            return None, Evidence.ANSWER
        document = self.backend.stored(operation.verb, operation.entity, request.body or {}, answer)
        is_merged = operation.verb is Verb.CREATE and not self.backend.proves_creation(
            type(operation.entity), document, sent
        )
        return document, Evidence.MERGED if is_merged else Evidence.ANSWER

    def _ours_or_conflict(self, operation: Operation, request: Request, error: ConflictError) -> Document:
        """Return the document of a repeated creation if it collides with what the first send created.

        Raises:
            ConflictError: if it collides with another writer's entity, or is not a repeat.
        """
        if (
            operation.verb is Verb.CREATE
            and operation.sent_before is not None
            and error.conflicting_id is not None
        ):
            document = self.backend.fetch(type(operation.entity), error.conflicting_id)
            if document is not None and holds_submitted(document, request.body or {}):
                return document
        raise error

    def _was_deleted_before(self, operation: Operation) -> bool:
        """Whether a repeated deletion finds nothing because the entity is gone. Otherwise its route was not found."""
        if operation.verb is not Verb.DELETE or operation.sent_before is None:
            return False
        first = operation.sent_before.ours
        return fetch_settled(self.backend, operation.entity, operation.baseline, first, self.settle) is None

    def _refuse_stale(self, operation: Operation) -> None:
        """Make sure that the entity has not changed since it was read.

        Raises:
            StaleDataError: if another writer has changed or deleted it.
        """
        entity, baseline = operation.entity, operation.baseline
        # Only what has been read or created is known to exist, so that waiting for it makes sense.
        settle = self.settle if baseline else timedelta(0)
        current = fetch_settled(self.backend, entity, baseline, self.backend.now(), settle)
        if current is None or _is_stale(entity, baseline, current):
            raise self.backend.conflict(operation, current)

    def _failure(
        self,
        operation: Operation,
        request: Request,
        outcome: Outcome,
        error: ContacthubError,
        sent: SentAt,
    ) -> Entry:
        if self.on_error == "stop":
            self._stopped.set()
        return Entry(operation, request, outcome, error, sent)

    def _succeeded(self, operation: Operation) -> bool:
        entry = self.entries.get(operation)
        return entry is not None and entry.outcome is Outcome.DONE


def _work_off(
    send: Callable[[Operation], Entry], waiting: SimpleQueue[Operation], ended: SimpleQueue[Entry]
) -> None:
    """Send what waits until nothing does. FASTPATH: it takes fewer locks than a future for each operation."""
    with suppress(Empty):
        while True:
            ended.put(send(waiting.get_nowait()))


def _is_stale(entity: Entity, baseline: Document | None, current: Document) -> bool:
    """Whether another writer has changed an entity: its version tells, or where none can be compared, its values do."""
    if not baseline:
        return False
    keys = entity.__resource__.version_keys
    if have_versions(current, baseline, keys):
        return is_newer(current, baseline, keys)
    return not all(
        holds_submitted(current.get(key), value) for key, value in writable(entity, baseline).items()
    )
