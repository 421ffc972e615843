"""Handing over the domain events that a process left in its journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from contacthub_orm.orm.unit_of_work.journal import Journal

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

    from contacthub_orm.orm.entity.domain_event import DomainEvent

__all__ = ["drain_events", "kept_events"]


def kept_events(journal: str | os.PathLike[str]) -> list[tuple[DomainEvent, bool]]:
    """Read the domain events in a journal, and leave them there.

    Returns:
        The events, each with whether its operation is done, so that it is to be handed over; the others wait.

    Raises:
        JournalError: if the file does not exist, is not a journal, is damaged, or is in use.
    """
    opened = Journal(journal, place=None, create=False)
    try:
        due = [(event, True) for event in opened.due_events()]
        return due + [(event, False) for _, event in opened.waiting_events()]
    finally:
        opened.close()


def drain_events(journal: str | os.PathLike[str], handler: Callable[[DomainEvent], object]) -> int:
    """Hand over the domain events in a journal whose operations are done, in their order, and forget them.

    Each event is handed over at least once: again, under the same id, if this process dies before the handler has returned.
    Events of operations without an outcome stay in the journal until `recover` has found it out.

    Args:
        journal: the path of the journal.
        handler: is called with each event. If it raises, that event and those after it stay in the journal.

    Returns:
        How many events were handed over.

    Raises:
        JournalError: if the file does not exist, is not a journal, is damaged, or is in use.
    """
    opened = Journal(journal, place=None, create=False)
    try:
        events = opened.due_events()
        for event in events:
            handler(event)
            opened.forget_event(event)
    finally:
        opened.close()
    return len(events)
