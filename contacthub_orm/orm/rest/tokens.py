"""Tokens that keys are exchanged for, as the credentials of a transport.

Secrets are held in closures, which are in no `vars()`, no pickle and no local variable of a traceback.
"""

from __future__ import annotations

import os
import threading
from base64 import b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, Final

import attrs

from contacthub_orm.errors import ContacthubError
from contacthub_orm.http.channel import BearerToken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from contacthub_orm.http.clock import Clock

__all__ = ["BasicKeys", "ExchangedToken", "Token"]

_EARLY: Final = timedelta(minutes=5)
"""How long before its end a token is exchanged again."""


class BasicKeys(BearerToken):
    """Keys that are sent together, as in `Basic base64(key:key)`."""

    def __init__(self, reveal: Callable[[], tuple[str, ...]]) -> None:
        self._keys = reveal
        super().__init__(lambda: b64encode(":".join(reveal()).encode()).decode())

    def authorization(self) -> str:
        """The keys, joined and encoded."""
        return f"Basic {self._reveal()}"

    def secrets(self) -> Iterable[str]:
        """The keys, and their encoded form."""
        return (self._reveal(), *self._keys())


@attrs.frozen(repr=False)
class Token:
    """A token and the time, by our clock, at which it ends."""

    reveal: Callable[[], str]
    ends: datetime


class ExchangedToken:
    """A bearer token that is exchanged for keys: when first needed, before its end, and once the service refuses it.

    Args:
        exchange: fetches a token; raises as `Credentials.ready` does.
        clock: the clock that tells when the token ends.
    """

    def __init__(self, exchange: Callable[[], Token], clock: Clock) -> None:
        self._exchange = exchange
        self._clock = clock
        self._token: Token | None = None
        self._former: Token | None = None
        self._number = 0
        self._locks: dict[int, threading.Lock] = {}

    def ready(self) -> int:
        """Exchange the keys, if there is no token or it ends soon. Only one thread does so at a time."""
        if self._lasts(_EARLY):
            return self._number
        with self._lock():
            if not self._lasts(_EARLY):
                self._fetch()
            return self._number

    def authorization(self) -> str:
        """The token, as a bearer's; empty before the first exchange."""
        token = self._token
        return "" if token is None else f"Bearer {token.reveal()}"

    def renew(self, number: int) -> bool:
        """Drop the token, unless another thread has fetched a newer one meanwhile."""
        with self._lock():
            if number == self._number and self._token is not None:
                self._former, self._token = self._token, None
        return True

    def secrets(self) -> Iterable[str]:
        """The token and the one before, which a late answer may still name."""
        return [token.reveal() for token in (self._token, self._former) if token is not None]

    def _fetch(self) -> None:
        try:
            fetched = self._exchange()
        except ContacthubError:
            if not self._lasts(timedelta(0)):
                raise
            return  # the token that ends soon still serves
        self._former, self._token = self._token or self._former, fetched
        self._number += 1

    def _lasts(self, longer: timedelta) -> bool:
        token = self._token
        return token is not None and self._clock.now() + longer < token.ends

    def _lock(self) -> threading.Lock:
        """The lock of this process: one that another thread held during a fork would stay locked."""
        return self._locks.setdefault(os.getpid(), threading.Lock())
