"""How many worker threads the sessions of one workspace use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import anyio
from anyio.lowlevel import RunVar

if TYPE_CHECKING:
    from contacthub_orm.orm import Bind

__all__ = ["limiter_of"]

_limiters: Final[RunVar[WeakKeyDictionary[Any, anyio.CapacityLimiter]]] = RunVar("contacthub_orm_limiters")
"""The limiters of each event loop: one loop cannot wait for what another holds."""


def limiter_of(bind: Bind) -> anyio.CapacityLimiter:
    """The limiter of the workspace that a node belongs to, or of another service's access, in the running event loop.

    It lets through as many threads as the workspace keeps connections (`Settings.pool_size`).
    """
    access: Any = getattr(bind, "workspace", bind)
    limiters = _limiters.get(None)
    if limiters is None:
        limiters = WeakKeyDictionary()
        _limiters.set(limiters)
    if access not in limiters:
        transport = getattr(access, "transport", None)
        threads = bind.backend.max_in_flight if transport is None else transport.settings.pool_size
        limiters[access] = anyio.CapacityLimiter(threads)
    return limiters[access]
