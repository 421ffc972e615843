"""Signals of blinker that announce what happens in a session and on the wire.

A receiver is any callable. Connect it with `signal.connect(receiver)`, or with `signal.connect(receiver, sender=...)` for
one session or transport only. blinker holds receivers weakly: keep a reference, or connect with `weak=False`. Receivers
run at once, in the thread that sends the signal. With several requests in flight, several threads send `before_request`
and `after_response` at a time. An exception of a receiver reaches the caller, except for `after_response`.
"""

from __future__ import annotations

from typing import Final

from blinker import NamedSignal, Namespace

__all__ = [
    "after_commit",
    "after_flush",
    "after_response",
    "after_rollback",
    "before_commit",
    "before_flush",
    "before_request",
    "loaded",
]

_signals = Namespace()

before_flush: Final[NamedSignal] = _signals.signal(
    "before_flush",
    """Changes are about to be planned and sent. Sender: the session; keyword: `changes`, what is to be saved (`FieldChange`).

    A receiver may still add, change and delete entities, as part of this flush. Its exception stops the flush before
    anything is sent.
    """,
)

after_flush: Final[NamedSignal] = _signals.signal(
    "after_flush",
    """All changes were sent, and the entities hold the answers. Sender: the session; keywords: `account`, `changes`.

    A receiver may read. Changes that it makes wait for the next flush.
    """,
)

before_commit: Final[NamedSignal] = _signals.signal(
    "before_commit",
    """A commit begins; its flush follows. Sender: the session.

    A receiver may still change entities. Its exception stops the commit before anything is sent.
    """,
)

after_commit: Final[NamedSignal] = _signals.signal(
    "after_commit",
    """A commit fully succeeded. Sender: the session.

    Keywords: `account`, that of the commit; `changes` (`FieldChange`) and `events` (`DomainEvent`), all since the last
    commit. A receiver gets those that it has parameters for.

    A receiver may read. Its exception reaches the caller of `commit()`, whose changes are saved nevertheless.
    """,
)

after_rollback: Final[NamedSignal] = _signals.signal(
    "after_rollback",
    """Pending changes were discarded. Sender: the session.

    A receiver may read. The entities hold the service's last documents.
    """,
)

loaded: Final[NamedSignal] = _signals.signal(
    "loaded",
    """An entity came into the session from the service. Sender: its class; keyword: `entity`.

    A receiver may read the entity and set attributes of its own on it. It runs for every row of every query, so keep it
    short.
    """,
)

before_request: Final[NamedSignal] = _signals.signal(
    "before_request",
    """A request is about to be sent, or sent again. Sender: the transport.

    Keywords: `method`, `path` (relative to the base URL, quoted), `params` and `json`, as passed to `send()`. They hold
    personal data and are not masked. A receiver must not change them. Its exception stops the request.
    """,
)

after_response: Final[NamedSignal] = _signals.signal(
    "after_response",
    """An answer came, a success or an error. Sender: the transport. A request without an answer does not send this signal.

    Keywords: `method`, `path`, `status`, `milliseconds` (until the last byte of the body) and `attempt` (from 1). The
    exception of a receiver is logged and dropped: the request has had its effect, and its caller must learn of it.
    """,
)
