"""How a node tells customers apart: the properties by which it matches them, and what it does with a match."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.orm.wire.partial import lacks_path
from contacthub_orm.orm.wire.paths import value_after

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.wire.documents import Document

__all__ = ["ASSUMED", "MatchingPolicy", "UniquenessPolicy"]

UniquenessPolicy = Literal["MERGE", "BLOCK"]
"""MERGE updates the existing customer; BLOCK answers 409 (older workspaces, not in the reference)."""


@attrs.frozen
class MatchingPolicy:
    """A matching policy.

    Attributes:
        properties: dotted paths; two customers match if the values at all of them are equal.
        case_sensitive: whether values that differ only in case are different.
        uniqueness: what the node does with a match.
        certain: whether the user or the node's configuration states the policy; False if it is assumed.
    """

    properties: tuple[str, ...]
    case_sensitive: bool = False
    uniqueness: UniquenessPolicy = "MERGE"
    certain: bool = True
    _paths: tuple[tuple[str, ...], ...] = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        paths = tuple(tuple(path.split(".")) for path in self.properties)
        object.__setattr__(self, "_paths", paths)  # once, since every write asks

    @classmethod
    def of(cls, properties: Iterable[str], uniqueness: UniquenessPolicy) -> MatchingPolicy:
        """The policy that a user states.

        Raises:
            ConfigurationError: if `properties` are not paths, or `uniqueness` is not a policy.
        """
        paths = (properties,) if isinstance(properties, str) else tuple(properties)
        if not paths or not all(isinstance(path, str) and path for path in paths):
            raise ConfigurationError(
                f"matching must be paths such as base.contacts.email, got {properties!r}"
            )
        if uniqueness not in ("MERGE", "BLOCK"):
            raise ConfigurationError(f'policy must be "MERGE" or "BLOCK", got {uniqueness!r}')
        return cls(paths, uniqueness=uniqueness)

    def values(self, document: Document, patch: Document | None = None) -> tuple[Any, ...] | None:
        """The document's matching values, or None if one is missing: then it matches nothing."""
        values = [value_after(document, patch, path) for path in self._paths]
        return None if None in values or "" in values else tuple(values)

    def ignores_case(self, path: Iterable[str]) -> bool:
        """Whether the values at a path may match though they differ in case."""
        return not self.case_sensitive and ".".join(path) in self.properties

    def is_told_by(self, document: Document | None) -> bool:
        """Whether a document tells all matching values: None tells nothing, and a partial one may lack some."""
        return document is not None and not any(lacks_path(document, path) for path in self._paths)

    def unique_value(self, document: Document, patch: Document | None = None) -> str | None:
        """The matching values in the form in which they are compared."""
        values = self.values(document, patch)
        if values is None:
            return None
        strings = [str(value) if self.case_sensitive else str(value).casefold() for value in values]
        return ", ".join(
            [f"{path} {string!r}" for path, string in zip(self.properties, strings, strict=True)]
        )


ASSUMED: Final = MatchingPolicy(("base.contacts.email",), certain=False)
"""The policy by which writes are ordered until the node's own is known. It does no harm if it is wrong."""
