"""How a node tells customers apart: the properties that make two customers one, and what it does about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import attrs

from contacthub_orm.errors import ConfigurationError
from contacthub_orm.orm.wire.evaluator import value_after

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contacthub_orm.orm.wire.documents import Document

__all__ = ["ASSUMED", "MatchingPolicy", "UniquenessPolicy"]

UniquenessPolicy = Literal["MERGE", "BLOCK"]
"""MERGE updates the customer that is there, BLOCK answers 409 (older workspaces); the reference knows MERGE alone."""


@attrs.frozen
class MatchingPolicy:
    """`properties` are paths that must all be equal for two customers to be one; `certain` whether the node said so."""

    properties: tuple[str, ...]
    case_sensitive: bool = False
    uniqueness: UniquenessPolicy = "MERGE"
    certain: bool = True

    @classmethod
    def of(cls, properties: Iterable[str], uniqueness: UniquenessPolicy) -> MatchingPolicy:
        """A policy that the user states. Raises ConfigurationError."""
        paths = (properties,) if isinstance(properties, str) else tuple(properties)
        if not paths or not all(isinstance(path, str) and path for path in paths):
            raise ConfigurationError(
                f"matching must be paths such as base.contacts.email, got {properties!r}"
            )
        if uniqueness not in ("MERGE", "BLOCK"):
            raise ConfigurationError(f'policy must be "MERGE" or "BLOCK", got {uniqueness!r}')
        return cls(paths, uniqueness=uniqueness)

    def values(self, document: Document, patch: Document | None = None) -> tuple[Any, ...] | None:
        """The document's matching values; None where one is missing, so that it matches nothing."""
        values = tuple(value_after(document, patch, tuple(path.split("."))) for path in self.properties)
        return None if any(value is None or value == "" for value in values) else values

    def unique_value(self, document: Document, patch: Document | None = None) -> str | None:
        """The matching values in the form in which they are compared."""
        values = self.values(document, patch)
        if values is None:
            return None
        texts = (str(value) if self.case_sensitive else str(value).casefold() for value in values)
        return ", ".join(f"{path} {text!r}" for path, text in zip(self.properties, texts, strict=True))


ASSUMED: Final = MatchingPolicy(("base.contacts.email",), certain=False)
"""What writes are ordered by while the node has not been asked: harmless where it is wrong."""
