"""Faults: which requests a sandbox fails, and how."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, TypedDict

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Self, Unpack

__all__ = ["Effect", "Ending", "Fault", "RequestSelection"]

Ending: TypeAlias = Literal["whole", "garbage", "truncated", "closed", "reset"]

METHODS: Final = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE"})
ERROR_STATUSES: Final = range(400, 600)


class RequestSelection(TypedDict, total=False):
    """The keyword arguments by which a fault selects requests, for type checkers; see `Fault`."""

    method: str | Collection[str] | None
    path: str | None
    nth: int | Collection[int] | None
    probability: float
    seed: int | None
    times: int | None


@dataclass(frozen=True, kw_only=True)
class Effect:
    """What a fault does to a request.

    Attributes:
        name: what `sandbox.requests` calls the fault.
        applied: whether the API carries the request out.
        status: the status to answer with instead of the API's own answer, or None to keep that.
        retry_after: the seconds in that answer's `Retry-After`, or None for no such header.
        before: seconds to wait before the request is carried out.
        after: seconds to wait between that and the answer.
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
        """Refuse negative times.

        Raises:
            ValueError: if a number of seconds is negative.
        """
        if min(self.before, self.after, self.retry_after or 0) < 0:
            raise ValueError("seconds cannot be negative")


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A kind of failure and the requests that it strikes.

    Make one with the class methods, which take all attributes but `effect` as keyword arguments. If several
    faults of a sandbox would strike a request, the first in the list does. Each fault counts every request
    that its method and path select.

    Attributes:
        effect: what happens to the request.
        method: the method or methods to strike; None selects all.
        path: the path below `/workspaces/{id}`, of Notihub the whole path; None selects all. A name such as
            `"customers"` or `"customers/*/likes"` also selects everything below it. With a leading slash it
            is the complete path: `"/customers"` is the collection, `"/customers/*"` a single customer. `*`
            matches any one segment.
        nth: which of the requests that method and path select, one number or several, counted from 1 since
            the fault was set.
        probability: the share of those requests to strike, from 0 to 1.
        seed: makes the choice by `probability` reproducible: the same numbers of the count are struck each
            time.
        times: how many requests to strike at most.
    """

    effect: Effect
    method: str | Collection[str] | None = None
    path: str | None = None
    nth: int | Collection[int] | None = None
    probability: float = 1.0
    seed: int | None = None
    times: int | None = None

    def __post_init__(self) -> None:
        """Refuse a fault that could never strike.

        Raises:
            ValueError: if a method is unknown, the path is empty, or a number is out of its range.
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
        """The methods to strike, in upper case."""
        if self.method is None:
            return METHODS
        methods = [self.method] if isinstance(self.method, str) else self.method
        return frozenset(method.upper() for method in methods)

    @property
    def numbers(self) -> frozenset[int] | None:
        """The numbers of the count to strike, or None for all."""
        if self.nth is None:
            return None
        return frozenset([self.nth] if isinstance(self.nth, int) else self.nth)

    @classmethod
    def status(
        cls,
        code: int,
        *,
        applied: bool = False,
        retry_after: int | None = None,
        **selection: Unpack[RequestSelection],
    ) -> Self:
        """An error answer; the request is not carried out unless `applied`.

        Args:
            code: the status of the answer.
            applied: whether the API carries the request out all the same.
            retry_after: the seconds in `Retry-After`, or None for no such header.
            **selection: the requests to strike; see `Fault`.

        Raises:
            ValueError: if the code is not the status of an error.
        """
        if code not in ERROR_STATUSES:
            raise ValueError(f"{code} is not the status of an error")
        return cls(
            effect=Effect(name="status", applied=applied, status=code, retry_after=retry_after),
            **selection,
        )

    @classmethod
    def throttled(cls, retry_after: int | None = None, **selection: Unpack[RequestSelection]) -> Self:
        """429, with `Retry-After` if `retry_after` gives its seconds; the request is not carried out."""
        effect = Effect(name="throttled", applied=False, status=429, retry_after=retry_after)
        return cls(effect=effect, **selection)

    @classmethod
    def cut_before(cls, *, reset: bool = False, **selection: Unpack[RequestSelection]) -> Self:
        """The connection is closed after the request has arrived and before it is carried out.

        The client sees an orderly close without an answer (FIN) or, with `reset`, a broken connection (RST).
        """
        return cls(effect=Effect(name="cut_before", applied=False, ending=_cut(reset)), **selection)

    @classmethod
    def cut_after(cls, *, reset: bool = True, **selection: Unpack[RequestSelection]) -> Self:
        """The request is carried out; then the connection is reset (or closed) without an answer."""
        return cls(effect=Effect(name="cut_after", ending=_cut(reset)), **selection)

    @classmethod
    def slow(cls, seconds: float, *, before: bool = False, **selection: Unpack[RequestSelection]) -> Self:
        """The request is carried out at once, and its answer is held back for the seconds.

        With `before`, the request is carried out only after the wait, even if the client has given up by
        then.
        """
        effect = Effect(name="slow", before=seconds) if before else Effect(name="slow", after=seconds)
        return cls(effect=effect, **selection)

    @classmethod
    def garbage(cls, **selection: Unpack[RequestSelection]) -> Self:
        """The request is carried out; the body of its answer is not JSON."""
        return cls(effect=Effect(name="garbage", ending="garbage"), **selection)

    @classmethod
    def truncated(cls, **selection: Unpack[RequestSelection]) -> Self:
        """The request is carried out; the connection closes before the whole answer is sent."""
        return cls(effect=Effect(name="truncated", ending="truncated"), **selection)


def _cut(reset: bool) -> Ending:
    return "reset" if reset else "closed"
