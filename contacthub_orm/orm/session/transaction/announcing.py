"""What a session announces: its signals, with the facts that a receiver names."""

from __future__ import annotations

from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any

import attrs

from contacthub_orm import signals
from contacthub_orm.orm.service.account import Account

if TYPE_CHECKING:
    from collections.abc import Callable

    from blinker import NamedSignal

    from contacthub_orm.orm.service.account import Entry
    from contacthub_orm.orm.session.context.outbox import Outbox

__all__ = ["CommitLog", "announce"]


@attrs.define(eq=False)
class CommitLog:
    """What was done since the last commit, for `after_commit`.

    Attributes:
        entries: the done operations of the flushes that succeeded, if anybody listens. A CommitError tells its own.
    """

    _session: Any
    _outbox: Outbox
    entries: list[Entry] = attrs.field(factory=list, init=False)

    def announce(self, account: Account) -> None:
        """Announce a commit with its account."""
        entries, self.entries = self.entries, []
        events, self._outbox.to_announce = self._outbox.to_announce, []
        announce(
            signals.after_commit,
            self._session,
            account=lambda: account,
            changes=Account(entries).changes,
            events=lambda: events,
        )


def announce(signal: NamedSignal, session: Any, **facts: Callable[[], Any]) -> None:
    """Call the receivers of a signal with the session and with those of the facts that they have parameters for.

    A fact is only found out for a receiver that asks for it, at that moment.
    """
    if not signal.receivers or signal.is_muted:
        return
    for receiver in list(signal.receivers_for(session)):
        asked = _asked(receiver, facts)
        receiver(session, **{name: facts[name]() for name in asked})


def _asked(receiver: Callable[..., Any], facts: dict[str, Callable[[], Any]]) -> list[str]:
    try:
        parameters = signature(receiver).parameters.values()
    except (TypeError, ValueError):  # such as a function of C
        return []
    if any(one.kind is Parameter.VAR_KEYWORD for one in parameters):
        return list(facts)
    by_name = {
        one.name
        for one in parameters
        if one.kind in (Parameter.KEYWORD_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    }
    first = next(iter(parameters), None)
    return [name for name in facts if name in by_name and (first is None or name != first.name)]
