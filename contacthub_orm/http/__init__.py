"""The transport, built on requests: pooling, retry, throttling and redaction. It knows HTTP and JSON, but no service."""

import sys
from typing import TYPE_CHECKING, Final

from contacthub_orm.lazy_names import LazyNames

if TYPE_CHECKING:
    from contacthub_orm.http.budgets.budget import Budget
    from contacthub_orm.http.budgets.redis import RedisBudget
    from contacthub_orm.http.budgets.sqlite import SQLiteBudget
    from contacthub_orm.http.clock import Clock, ManualClock
    from contacthub_orm.http.gc_pause import paused_gc
    from contacthub_orm.http.paths import quote_path
    from contacthub_orm.http.responses import Answer
    from contacthub_orm.http.settings import Settings
    from contacthub_orm.http.throttle import Throttle
    from contacthub_orm.http.transport import Transport

__all__ = [
    "Answer",
    "Budget",
    "Clock",
    "ManualClock",
    "RedisBudget",
    "SQLiteBudget",
    "Settings",
    "Throttle",
    "Transport",
    "paused_gc",
    "quote_path",
]

_MODULES: Final = {
    "budgets.budget": ("Budget",),
    "budgets.redis": ("RedisBudget",),
    "budgets.sqlite": ("SQLiteBudget",),
    "clock": ("Clock", "ManualClock"),
    "gc_pause": ("paused_gc",),
    "paths": ("quote_path",),
    "responses": ("Answer",),
    "settings": ("Settings",),
    "throttle": ("Throttle",),
    "transport": ("Transport",),
}
"""The module of each name, which is imported when the name is first used."""

sys.modules[__name__].__class__ = LazyNames
