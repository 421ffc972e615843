"""The settings of a sandbox: those of every server, and of Contacthub its node's policies, its limits, its delays and its faults."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from difflib import get_close_matches
from math import inf
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, TypedDict

from contacthub_orm.reference import MAX_MATCHED_ELEMENTS, MAX_PAGE_SIZE, enum
from contacthub_orm.sandbox.service.faults import Fault

if TYPE_CHECKING:
    from contacthub_orm.sandbox.documents.shapes import UnsetForm

__all__ = [
    "CONFIGURED",
    "Clock",
    "ServerSettings",
    "ServerSettingsArguments",
    "Settings",
    "SettingsArguments",
    "UniquenessPolicy",
    "refuse_unknown_settings",
    "utc_now",
]

CONFIGURED: Final = frozenset(
    {
        "uniqueness_policy",
        "matching",
        "case_sensitive",
        "mandatory",
        "extended_schema",
        "enabled_event_types",
        "max_requests_per_minute",
        "nodes",
    }
)
"""The settings that are start values of the configuration."""

Clock: TypeAlias = Callable[[], datetime]
UniquenessPolicy: TypeAlias = Literal["MERGE", "BLOCK"]


class ServerSettingsArguments(TypedDict, total=False):
    """The keyword arguments that set `ServerSettings`, for type checkers."""

    latency: float
    max_requests_per_minute: int
    clock: Clock
    faults: Sequence[Fault]


class SettingsArguments(ServerSettingsArguments, total=False):
    """The keyword arguments that set `Settings`, for type checkers."""

    uniqueness_policy: UniquenessPolicy
    matching: Sequence[str]
    case_sensitive: bool
    mandatory: Sequence[str]
    extended_schema: Mapping[str, Mapping[str, Any]] | None
    enabled_event_types: Collection[str] | None
    unset: UnsetForm
    search_delay: float
    bulk_job_delay: float
    page_cap: int
    default_page_size: int
    max_page_size: int
    nodes: Sequence[str]
    strict: bool


def utc_now() -> datetime:
    """The current time in UTC: the sandbox's clock by default."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class ServerSettings:
    """The settings that every sandbox has, whichever service it serves.

    Attributes:
        latency: seconds before each answer.
        max_requests_per_minute: the client's budget of requests; the API answers 429 once it is spent. 0 sets
            no limit.
        clock: returns the current time as an aware datetime; tests can replace it.
        faults: how some of the requests fail; see `Fault`.
    """

    latency: float = 0.0
    max_requests_per_minute: int = 0
    clock: Clock = utc_now
    faults: Sequence[Fault] = ()

    def __post_init__(self) -> None:
        """Refuse invalid settings.

        Raises:
            ValueError: if a number is negative.
            TypeError: if `faults` contains something other than a `Fault`.
        """
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


@dataclass(frozen=True, kw_only=True)
class Settings(ServerSettings):
    """The settings of one Contacthub; `Sandbox` takes the same names as keyword arguments.

    Those of `ServerSettings` are among them.

    `uniqueness_policy`, `matching`, `case_sensitive`, `mandatory`, `extended_schema`, `enabled_event_types`,
    `max_requests_per_minute` and `nodes` are start values of the configuration, which the API can change.

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
        search_delay: seconds until searches see a write and until a posted event can be read.
        bulk_job_delay: seconds that a bulk job stays in each of the statuses before PROCESSED.
        page_cap: the largest number of elements that a search can match.
        default_page_size: elements in a page if the request does not say.
        max_page_size: the largest number of elements in a page.
        nodes: the names of entry nodes that the workspace has besides the first one; they match alike.
        strict: whether to refuse all that the reference refuses, instead of accepting what live clients send.
    """

    uniqueness_policy: UniquenessPolicy = "MERGE"
    matching: Sequence[str] = ("base.contacts.email",)
    case_sensitive: bool = False
    mandatory: Sequence[str] = ()
    extended_schema: Mapping[str, Mapping[str, Any]] | None = None
    enabled_event_types: Collection[str] | None = None
    unset: UnsetForm = "object"
    search_delay: float = 0.0
    bulk_job_delay: float = 0.0
    page_cap: int = MAX_MATCHED_ELEMENTS
    default_page_size: int = 10
    max_page_size: int = MAX_PAGE_SIZE
    nodes: Sequence[str] = ()
    strict: bool = False

    def __post_init__(self) -> None:
        """Refuse invalid settings.

        Raises:
            ValueError: if the API does not know the policy or an event type, if a number is negative, or if `nodes` is
                one string.
            TypeError: if `faults` contains something other than a `Fault`.
        """
        if self.uniqueness_policy not in ("MERGE", "BLOCK"):
            raise ValueError(f"uniqueness_policy is MERGE or BLOCK, not {self.uniqueness_policy!r}")
        if self.unset not in ("object", "null"):
            raise ValueError(f"unset is object or null, not {self.unset!r}")
        unknown = set(self.enabled_event_types or ()) - set(enum("event_types"))
        if unknown:
            raise ValueError(f"unknown event types: {', '.join(sorted(unknown))}")
        if isinstance(self.nodes, str):
            raise ValueError(f"nodes is a list of names, not {self.nodes!r}")
        super().__post_init__()

    def visible_from(self, now: int) -> int:
        """When searches start to see what is written at `now`; 0, meaning always, if there is no delay."""
        return now + round(self.search_delay * 1000) if self.search_delay else 0


def refuse_unknown_settings(names: Iterable[str], settings: type[ServerSettings]) -> None:
    """Refuse a keyword argument that is no setting; the message suggests the nearest that is one.

    Args:
        names: the names of the arguments.
        settings: the class of the settings.

    Raises:
        TypeError: if there is one.
    """
    known = ["path", "host", "port", *(field.name for field in fields(settings))]
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise TypeError(f"a sandbox has no setting {name!r}{hint}")
