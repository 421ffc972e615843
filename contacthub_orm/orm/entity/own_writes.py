"""What a session has written of an entity without being told the version that its writes made."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from contacthub_orm.orm.wire.equivalence import holds_submitted
from contacthub_orm.orm.wire.paths import value_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from contacthub_orm.orm.wire.documents import Document

__all__ = ["OwnWrites", "holds_at", "written_paths"]

Path = tuple[str, ...]


@attrs.frozen
class OwnWrites:
    """Writes that moved an entity past the version of its baseline: of its elements, or answered without a document.

    Attributes:
        paths: the paths that were written.
        until: the time by our clock from which on a search shows them.
    """

    paths: frozenset[Path]
    until: datetime

    def joined(self, earlier: OwnWrites | None) -> OwnWrites:
        """These writes and earlier ones."""
        return self if earlier is None else attrs.evolve(self, paths=self.paths | earlier.paths)

    def are_in(self, document: Document, baseline: Document | None) -> bool:
        """Whether a document holds at the written paths what the baseline, with the writes in it, holds there."""
        return holds_at(document, baseline, self.paths)


def holds_at(document: Document, baseline: Document | None, paths: Iterable[Path]) -> bool:
    """Whether a document holds at some paths what the baseline holds there."""
    return all(holds_submitted(value_at(document, one), value_at(baseline, one)) for one in paths)


def written_paths(body: Document, above: Path = ()) -> Iterator[Path]:
    """Yield the paths of the values in a body."""
    for key, value in body.items():
        if isinstance(value, dict) and value:
            yield from written_paths(value, (*above, key))
        else:
            yield (*above, key)
