"""What happens in a session and on the wire, announced as blinker signals.

A receiver is any callable, connected with `signal.connect(receiver)`, or `signal.connect(receiver, sender=...)` for one
session or one transport only. blinker holds receivers weakly: keep a reference, or connect with `weak=False`. Receivers
run at once, in the thread that sends the signal; with more than one request in flight, `before_request` and
`after_response` come from several threads at a time. What a receiver raises reaches the caller, but for
`after_response`.
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
    """Changes are about to be planned and sent. Sender: the session.

    A receiver may still add, change and delete entities; they are part of this flush. What it raises stops the flush
    before anything is sent.
    """,
)

after_flush: Final[NamedSignal] = _signals.signal(
    "after_flush",
    """Everything pending was sent and taken into the entities. Sender: the session.

    A receiver may read; changes it makes wait for the next flush.
    """,
)

before_commit: Final[NamedSignal] = _signals.signal(
    "before_commit",
    """A commit begins, ahead of its flush. Sender: the session.

    A receiver may still change entities. What it raises stops the commit before anything is sent.
    """,
)

after_commit: Final[NamedSignal] = _signals.signal(
    "after_commit",
    """A commit succeeded in full. Sender: the session.

    A receiver may read. What it raises reaches the caller of `commit()`, whose changes are saved all the same.
    """,
)

after_rollback: Final[NamedSignal] = _signals.signal(
    "after_rollback",
    """Pending changes were thrown away. Sender: the session.

    A receiver may read; the entities hold what the service last said.
    """,
)

loaded: Final[NamedSignal] = _signals.signal(
    "loaded",
    """An entity came into the session from the service. Sender: its class; keyword: `entity`.

    A receiver may read it and give it attributes of its own. Work done here is paid for by every row of every query.
    """,
)

before_request: Final[NamedSignal] = _signals.signal(
    "before_request",
    """A request is about to be sent, or sent again. Sender: the transport.

    Keywords: `method`, `path` (relative to the base URL, quoted), `params` and `json` as given to `send()`. They hold
    personal data and are not masked; a receiver must not change them. What it raises stops the request.
    """,
)

after_response: Final[NamedSignal] = _signals.signal(
    "after_response",
    """An answer came, a success or an error. Sender: the transport. A request without an answer sends no such signal.

    Keywords: `method`, `path`, `status`, `milliseconds` (until the last byte of the body) and `attempt` (from 1). What
    a receiver raises is logged and dropped: the request has had its effect, and its caller must learn of it.
    """,
)
