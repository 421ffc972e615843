"""Faults: which requests a sandbox fails, and how."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypedDict

if TYPE_CHECKING:
    from typing import Self, Unpack

__all__ = ["Effect", "Ending", "Fault", "Which"]

Ending: TypeAlias = Literal["whole", "garbage", "truncated", "closed", "reset"]

METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})


class Which(TypedDict, total=False):
    """The keyword arguments that choose the requests, for type checkers; see `Fault`."""

    method: str | Collection[str] | None
    path: str | None
    nth: int | Collection[int] | None
    probability: float
    seed: int | None
    times: int | None


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What becomes of a request that a fault strikes.

    name: what the fault is called in `sandbox.requests`.
    applied: whether the API carries the request out.
    status: the status to answer with in place of the API's own answer.
    retry_after: the seconds in that answer's `Retry-After`; None for no such header.
    before: seconds that pass before it is carried out.
    after: seconds that pass between that and the answer.
    ending: how much of the answer reaches the client.
    """

    name: str
    applied: bool = True
    status: int | None = None
    retry_after: int | None = None
    before: float = 0.0
    after: float = 0.0
    ending: Ending = "whole"

    def __post_init__(self) -> None:
        """Refuse negative seconds.

        Raises:
            ValueError: there are some.
        """
        if min(self.before, self.after, self.retry_after or 0) < 0:
            raise ValueError("seconds cannot be negative")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One kind of failure for some of the requests. The class methods make one; all take these arguments:

    method: the method or methods struck; all if None.
    path: the path below `/workspaces/{id}`. A name such as `"customers"` or `"customers/*/likes"` stands for itself and
        all below it. With a slash in front it is the path to its end: `"/customers"` is the collection, `"/customers/*"`
        a single customer. `*` is any one segment. All if None.
    nth: which of the requests that method and path choose, counted from 1 since the fault was set: a number, or several.
    probability: the share of those that is struck.
    seed: makes the choice by `probability` the same each time: the same numbers of the count are struck.
    times: how many are struck at most.

    Where several faults would strike, the first in the list does; each counts all the requests it looks at.
    """

    effect: Effect
    method: str | Collection[str] | None = None
    path: str | None = None
    nth: int | Collection[int] | None = None
    probability: float = 1.0
    seed: int | None = None
    times: int | None = None

    def __post_init__(self) -> None:
        """Refuse what could never strike.

        Raises:
            ValueError: an unknown method, or a number out of its range.
        """
        unknown = self.methods - METHODS
        if unknown or not self.methods:
            raise ValueError(f"method is one or several of {', '.join(sorted(METHODS))}, not {self.method!r}")
        if self.path is not None and not self.path.strip("/"):
            raise ValueError("path is empty")
        if self.numbers is not None and (not self.numbers or min(self.numbers) < 1):
            raise ValueError("nth counts from 1")
        if not 0 <= self.probability <= 1:
            raise ValueError("probability is between 0 and 1")
        if self.times is not None and self.times < 0:
            raise ValueError("times cannot be negative")

    @property
    def methods(self) -> frozenset[str]:
        """The methods that are struck."""
        if self.method is None:
            return METHODS
        given = [self.method] if isinstance(self.method, str) else self.method
        return frozenset(method.upper() for method in given)

    @property
    def numbers(self) -> frozenset[int] | None:
        """The places in the count that are struck; None for all."""
        if self.nth is None:
            return None
        return frozenset([self.nth] if isinstance(self.nth, int) else self.nth)

    @classmethod
    def status(
        cls, code: int, *, applied: bool = False, retry_after: int | None = None, **which: Unpack[Which]
    ) -> Self:
        """An error answer; the request is not carried out unless `applied`.

        Raises:
            ValueError: the code is no error's.
        """
        if not 400 <= code <= 599:
            raise ValueError(f"{code} is not the status of an error")
        return cls(
            effect=Effect(name="status", applied=applied, status=code, retry_after=retry_after),
            **which,
        )

    @classmethod
    def throttled(cls, retry_after: int | None = None, **which: Unpack[Which]) -> Self:
        """429, with `Retry-After` if seconds are given; the request is not carried out."""
        effect = Effect(name="throttled", applied=False, status=429, retry_after=retry_after)
        return cls(effect=effect, **which)

    @classmethod
    def cut_before(cls, *, reset: bool = False, **which: Unpack[Which]) -> Self:
        """The connection is closed once the request has arrived, and before it is carried out.

        The client sees an orderly close without an answer (FIN), or with `reset` a broken connection (RST).
        """
        return cls(effect=Effect(name="cut_before", applied=False, ending=_cut(reset)), **which)

    @classmethod
    def cut_after(cls, *, reset: bool = True, **which: Unpack[Which]) -> Self:
        """The request is carried out, then the connection is reset without an answer, or closed without `reset`."""
        return cls(effect=Effect(name="cut_after", ending=_cut(reset)), **which)

    @classmethod
    def slow(cls, seconds: float, *, before: bool = False, **which: Unpack[Which]) -> Self:
        """The request is carried out at once and its answer held back.

        With `before` it is carried out only after the wait, also when the client has given up by then.
        """
        effect = Effect(name="slow", before=seconds) if before else Effect(name="slow", after=seconds)
        return cls(effect=effect, **which)

    @classmethod
    def garbage(cls, **which: Unpack[Which]) -> Self:
        """The request is carried out; the body of its answer is not JSON."""
        return cls(effect=Effect(name="garbage", ending="garbage"), **which)

    @classmethod
    def truncated(cls, **which: Unpack[Which]) -> Self:
        """The request is carried out; its answer ends, with the connection, before the announced length."""
        return cls(effect=Effect(name="truncated", ending="truncated"), **which)


def _cut(reset: bool) -> Ending:
    return "reset" if reset else "closed"
