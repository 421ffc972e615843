"""The page of faults: which requests fail, how often they did, and the form for another."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.sandbox.console.visit import Done, View
from contacthub_orm.sandbox.documents.failures import Failure
from contacthub_orm.sandbox.service.faults import METHODS, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contacthub_orm.sandbox.console.visit import Visit

__all__ = ["add", "clear", "listing", "remove", "restart"]

KINDS: Final = {
    "status": "Error status",
    "throttled": "429, too many requests",
    "cut_before": "Connection cut before it is carried out",
    "cut_after": "Carried out, answer lost",
    "slow": "Late answer",
    "garbage": "Answer that is not JSON",
    "truncated": "Answer cut short",
}
LONGEST_RANGE: Final = 10_000


def listing(visit: Visit, error: str | None = None, values: Mapping[str, str] | None = None) -> View:
    """GET the faults in force with their counts."""
    faults, injector = visit.service.settings.faults, visit.service.state.injector
    counts = [(0, 0)] * len(faults) if injector is None else injector.counts
    data = {
        "faults": [_shown(fault, *counted) for fault, counted in zip(faults, counts, strict=False)],
        "kinds": KINDS,
        "methods": sorted(METHODS),
        "error": error,
        "values": values or {},
    }
    return View("faults.html", data, 400 if error else 200)


def add(visit: Visit) -> Done | View:
    """POST: set one more fault. All counts start again, as always when faults are set."""
    values = visit.form().fields
    try:
        fault = _made({name: value.strip() for name, value in values.items()})
    except (ValueError, TypeError) as wrong:
        return listing(visit, f"{wrong}.", values)
    visit.control.set_faults([*visit.service.settings.faults, fault])
    return Done(f"The fault {fault.effect.name} is set; all faults count from 1.", "/faults")


def remove(visit: Visit) -> Done:
    """POST: remove one fault by its place, from 0 on.

    Raises:
        Failure: 400 if there is none.
    """
    faults, place = list(visit.service.settings.faults), visit.form().fields.get("place", "")
    if not (place.isascii() and place.isdigit() and int(place) < len(faults)):
        raise Failure(400, f"there is no fault at place {place!r}")
    removed = faults.pop(int(place))
    visit.control.set_faults(faults)
    return Done(f"The fault {removed.effect.name} is removed; the others count from 1.", "/faults")


def restart(visit: Visit) -> Done:
    """POST: let the same faults count from 1."""
    visit.control.set_faults(visit.service.settings.faults)
    return Done("All faults count from 1.", "/faults")


def clear(visit: Visit) -> Done:
    """POST: remove all faults."""
    visit.control.set_faults(())
    return Done("No fault is set.", "/faults")


def _shown(fault: Fault, seen: int, struck: int) -> dict[str, Any]:
    effect = fault.effect
    return {
        "kind": effect.name,
        "says": KINDS.get(effect.name, effect.name),
        "status": effect.status,
        "retryAfter": effect.retry_after,
        "applied": effect.applied,
        "seconds": effect.before or effect.after,
        "methods": None if fault.method is None else sorted(fault.methods),
        "path": fault.path,
        "nth": None if fault.numbers is None else sorted(fault.numbers),
        "probability": fault.probability,
        "seed": fault.seed,
        "times": fault.times,
        "seen": seen,
        "struck": struck,
    }


def _made(values: Mapping[str, str]) -> Fault:
    """The fault that the form describes.

    Raises:
        ValueError: if a field says what no fault can do.
    """
    kind = values.get("kind", "")
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}, not {kind!r}")
    own: dict[str, Any] = {}
    if kind == "status":
        own = {"code": _number(values, "code", int) or 503, "applied": "applied" in values}
    if kind in ("status", "throttled"):
        own["retry_after"] = _number(values, "retry_after", int)
    if kind in ("cut_before", "cut_after"):
        own["reset"] = "reset" in values
    if kind == "slow":
        own = {"seconds": _number(values, "seconds", float) or 1.0, "before": "before" in values}
    probability = _number(values, "probability", float)
    make: Callable[..., Fault] = getattr(Fault, kind)
    return make(
        **own,
        method=values.get("method") or None,
        path=values.get("path") or None,
        nth=_numbers(values.get("nth", "")),
        probability=1.0 if probability is None else probability,
        seed=_number(values, "seed", int),
        times=_number(values, "times", int),
    )


def _number(values: Mapping[str, str], name: str, kind: type[int] | type[float]) -> Any:
    text = values.get(name, "")
    try:
        number = kind(text) if text else None
        if number is None or isfinite(number):
            return number
        raise ValueError
    except ValueError:
        raise ValueError(f"{name} is a number, not {text!r}") from None


def _numbers(text: str) -> set[int] | None:
    """The numbers of a list such as `1, 3-5`, or None for an empty one."""
    found: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        first, dash, last = part.partition("-")
        if not (first.strip().isdecimal() and (not dash or last.strip().isdecimal())):
            raise ValueError(f"nth is a list such as 1, 3-5, not {text!r}")
        numbers = range(int(first), int(last or first) + 1)
        if len(numbers) > LONGEST_RANGE:
            raise ValueError(f"nth has at most {LONGEST_RANGE} numbers in a range")
        found.update(numbers)
    return found or None
