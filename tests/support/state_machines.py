"""How the models run: random steps, as many as asked for, whatever the time they take."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

__all__ = ["run_model"]


def run_model(
    model: type[RuleBasedStateMachine], examples: int, steps: int, *, derandomize: bool = False
) -> None:
    """Hold a model against the real thing, in so many examples of at most so many steps."""
    chosen = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=derandomize,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(model, settings=chosen)
