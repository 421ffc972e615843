"""How many examples hypothesis tries: few in the quick tests, four times as many with the profile `many`."""

from __future__ import annotations

from typing import Any, Final

from hypothesis import HealthCheck, settings

__all__ = ["examples", "load_profiles"]

FEW: Final = 50
MANY: Final = 200


def load_profiles() -> None:
    """Let `--hypothesis-profile many` choose the many; without it, the few are the default."""
    for name, count in (("few", FEW), ("many", MANY)):
        # A busy machine takes long to make an example, which says nothing of the code.
        settings.register_profile(
            name, max_examples=count, deadline=None, suppress_health_check=[HealthCheck.too_slow]
        )
    settings.load_profile("few")


def examples(count: int, **others: Any) -> settings:
    """Settings for so many examples, or four times as many with the profile `many`."""
    return settings(max_examples=count * settings.default.max_examples // FEW, **others)
