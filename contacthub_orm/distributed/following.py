"""Updates in batches that can be read again: those between two places in a node's update stream."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import attrs

from contacthub_orm.errors import OffsetExpired

if TYPE_CHECKING:
    from collections.abc import Iterator

    from contacthub_orm.contacthub import Node
    from contacthub_orm.orm.service.updates import Update

__all__ = ["Place", "follow", "updates_between"]


@attrs.frozen
class Place:
    """A place in an update stream.

    Attributes:
        offset: the offset to go on from, None for the oldest update that is kept.
        rows: how many updates were told before, since the beginning.
    """

    offset: str | None = None
    rows: int = 0


def follow(node: Node, entity: type, start: Place, most: int) -> tuple[list[Update], Place]:
    """The updates after a place, and the place after them. They end with the page that reaches the most.

    Raises:
        OffsetExpired: if updates may have been lost.
        TransportError: if there is no usable answer.
        APIError: if the service refuses it.
    """
    found: list[Update] = []
    place = start
    for page in node.updates(since=start.offset, entity=entity).pages():
        found += page.updates
        place = Place(page.offset, start.rows + len(found))
        if len(found) >= most:
            break
    return found, place


def updates_between(node: Node, entity: type, start: Place, end: Place) -> Iterator[Update]:
    """The same updates again: an engine reads a batch once more if it was not finished.

    Raises:
        OffsetExpired: if the service keeps them no longer.
        TransportError: if there is no usable answer.
        APIError: if the service refuses it.
    """
    number = end.rows - start.rows
    found = 0
    for update in islice(node.updates(since=start.offset, entity=entity), number):
        found += 1
        yield update
    if found < number:
        raise OffsetExpired(
            f"{number} updates were told after this offset, and the service has {found} of them"
        )
