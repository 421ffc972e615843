"""Reading the pages of a list in turn, where the service does not say how many there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.errors import TransportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from contacthub_orm.orm.entity.resource import Resource
    from contacthub_orm.orm.service.search import Page

__all__ = ["pages_in_turn"]

_MOST_REPEATED: Final = 3
"""So many pages in a row of nothing but rows that came before are no movement of rows, but a list without end."""


def pages_in_turn(fetch: Callable[[int, Any], Page], resource: Resource) -> Iterator[Page]:
    """Yield the pages until one of them is the last.

    Args:
        fetch: reads a page, given its number and what the page before gave as its next.
        resource: what the rows are.

    Raises:
        TransportError: if the pages do not end: one leads to itself, or several bring nothing new.
    """
    number, after, repeated = 0, None, 0
    seen: set[str] = set()
    while True:
        page = fetch(number, after)
        yield page
        if page.next is None:
            return
        ids = {resource.id_in(one) for one in page.documents}
        repeated = repeated + 1 if ids <= seen else 0
        if page.next == after or repeated == _MOST_REPEATED:
            raise TransportError("the pages of the list do not end", method="GET", url=resource.name)
        seen |= ids
        number, after = number + 1, page.next
