"""The settings of a sandbox: its node's policies, its limits, its delays and its faults."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from difflib import get_close_matches
from math import inf
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypedDict

from contacthub_orm.reference import MAX_MATCHED_ELEMENTS, MAX_PAGE_SIZE, enum
from contacthub_orm.sandbox.service.faults import Fault

if TYPE_CHECKING:
    from contacthub_orm.sandbox.documents.shapes import UnsetForm

__all__ = [
    "Clock",
    "Settings",
    "SettingsArguments",
    "UniquenessPolicy",
    "refuse_unknown_settings",
    "utc_now",
]

Clock: TypeAlias = Callable[[], datetime]
UniquenessPolicy: TypeAlias = Literal["MERGE", "BLOCK"]


class SettingsArguments(TypedDict, total=False):
    """The keyword arguments that set `Settings`, for type checkers."""

    uniqueness_policy: UniquenessPolicy
    matching: Sequence[str]
    case_sensitive: bool
    mandatory: Sequence[str]
    extended_schema: Mapping[str, Mapping[str, Any]] | None
    enabled_event_types: Collection[str] | None
    unset: UnsetForm
    latency: float
    search_delay: float
    page_cap: int
    default_page_size: int
    max_page_size: int
    max_requests_per_minute: int
    clock: Clock
    faults: Sequence[Fault]


def utc_now() -> datetime:
    """The current time in UTC: the sandbox's clock by default."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings of one sandbox; `Sandbox` takes the same names as keyword arguments.

    Attributes:
        uniqueness_policy: what a POST of a known customer does. `MERGE` updates it (reference 1.299.1);
            `BLOCK` answers 409 (swaggers 1.0 to 1.51; older workspaces still do).
        matching: the paths of the properties that identify a customer of the node if all of them are equal.
        case_sensitive: whether matching distinguishes upper and lower case.
        mandatory: the paths of the properties that every customer of the node must have.
        extended_schema: the declared extended properties, a JSON schema for each name; None accepts any
            property.
        enabled_event_types: the types of events that the API accepts; None enables all.
        unset: what customers show for `base`, and for an object in it, that is not set. `object` shows an object
            of nulls, which all published SDKs can read; `null` shows null, as the Go SDK recorded. It applies
            to what is written from then on.
        latency: seconds before each answer.
        search_delay: seconds until searches see a write and until a posted event can be read.
        page_cap: the largest number of elements that a search can match.
        default_page_size: elements in a page if the request does not say.
        max_page_size: the largest number of elements in a page.
        max_requests_per_minute: the workspace's budget of requests; the API answers 429 once it is spent. 0
            sets no limit.
        clock: returns the current time as an aware datetime; tests can replace it.
        faults: how some of the requests fail; see `Fault`.
    """

    uniqueness_policy: UniquenessPolicy = "MERGE"
    matching: Sequence[str] = ("base.contacts.email",)
    case_sensitive: bool = False
    mandatory: Sequence[str] = ()
    extended_schema: Mapping[str, Mapping[str, Any]] | None = None
    enabled_event_types: Collection[str] | None = None
    unset: UnsetForm = "object"
    latency: float = 0.0
    search_delay: float = 0.0
    page_cap: int = MAX_MATCHED_ELEMENTS
    default_page_size: int = 10
    max_page_size: int = MAX_PAGE_SIZE
    max_requests_per_minute: int = 0
    clock: Clock = utc_now
    faults: Sequence[Fault] = ()

    def __post_init__(self) -> None:
        """Refuse invalid settings.

        Raises:
            ValueError: if the API does not know the policy or an event type, or if a number is negative.
            TypeError: if `faults` contains something other than a `Fault`.
        """
        if self.uniqueness_policy not in ("MERGE", "BLOCK"):
            raise ValueError(f"uniqueness_policy is MERGE or BLOCK, not {self.uniqueness_policy!r}")
        if self.unset not in ("object", "null"):
            raise ValueError(f"unset is object or null, not {self.unset!r}")
        unknown = set(self.enabled_event_types or ()) - set(enum("event_types"))
        if unknown:
            raise ValueError(f"unknown event types: {', '.join(sorted(unknown))}")
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, (int, float)) and not 0 <= value < inf:
                raise ValueError(f"{field.name} is a finite number that is not negative")
        object.__setattr__(self, "faults", tuple(self.faults))
        if not all(isinstance(fault, Fault) for fault in self.faults):
            raise TypeError("faults is a list of Fault")

    def now(self) -> int:
        """The clock's time in milliseconds since 1970, the unit of times in the store."""
        return int(self.clock().timestamp() * 1000)

    def visible_from(self, now: int) -> int:
        """When searches start to see what is written at `now`; 0, meaning always, if there is no delay."""
        return now + round(self.search_delay * 1000) if self.search_delay else 0


def refuse_unknown_settings(names: Iterable[str]) -> None:
    """Refuse a keyword argument that is no setting; the message suggests the nearest that is one.

    Raises:
        TypeError: if there is one.
    """
    known = ["path", "host", "port", *(field.name for field in fields(Settings))]
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise TypeError(f"a sandbox has no setting {name!r}{hint}")
