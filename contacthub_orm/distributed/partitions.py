"""Partitions of a query: ranges of the scan's key with about as many rows each, which any process can read by itself."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.errors import ArgumentError, ContacthubError
from contacthub_orm.orm.criteria.criteria import ALWAYS
from contacthub_orm.orm.scan.keyset import Keyset
from contacthub_orm.orm.scan.scan import counted_ranges, scan
from contacthub_orm.orm.service.search import Search

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from contacthub_orm.contacthub import Node
    from contacthub_orm.distributed.access import Access
    from contacthub_orm.orm.criteria.criteria import Criterion
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.query.statement import Statement
    from contacthub_orm.orm.scan.scan import Range
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Partition", "cut", "narrowed"]

_MOST: Final = 100_000
"""How many partitions there may be; each costs a request."""


@attrs.frozen
class Partition:
    """The rows of a query at the positions `low <= position < high` of the scan's key; None does not bound.

    It can be pickled, and holds no credentials. Frames are made of it as of a query (`contacthub_orm.frames`).

    Attributes:
        access: where the credentials are.
        statement: what is asked, such as a `select`.
        low: the first position.
        high: the position after the last.
        rows: about how many rows there are, or None if that is not known.
        limit: how many rows are read at most, or None for all.
    """

    access: Access
    statement: Statement[Any] = attrs.field(eq=False)
    low: int | None = None
    high: int | None = None
    rows: int | None = attrs.field(default=None, eq=False)
    limit: int | None = None

    @property
    def entity(self) -> type[Entity]:
        """The class of the rows."""
        return self.statement.entity

    @property
    def fields(self) -> tuple[tuple[str, ...], ...]:
        """The paths to load, empty for whole documents."""
        return self.statement.fields_along(self.access.node().backend.scan_key(self.entity))

    @property
    def batch(self) -> int | None:
        """The rows of a page, or None for pages as large as they can be."""
        return self.statement.batch

    def documents(self) -> Iterator[list[Document]]:
        """The documents, page by page, each once.

        Raises:
            TransportError: if there is no usable answer.
            APIError: if the service refuses it.
        """
        node = self.access.node()
        keyset = _keyset(node, self.statement).between(self.low, self.high)
        if self.limit is None:
            yield from scan(keyset, node.backend.max_in_flight)
        else:
            yield from _first(self.limit, scan(keyset, 1))


def cut(access: Access, statement: Statement[Any], number: int) -> list[Partition]:
    """Cut the rows of a query into at most so many partitions of about the same size.

    The rows are counted over ranges of the key until each is below the service's cap, and each cut is made at a row. The
    first partition and the last are open to their sides, so that none is lost that is written meanwhile.

    Args:
        access: where the credentials are.
        statement: what is asked.
        number: how many partitions there should be.

    Raises:
        ArgumentError: if the number makes no sense, or the query cannot be read in parts.
        TransportError: if there is no usable answer.
        APIError: if the service refuses it.
    """
    if isinstance(number, bool) or not isinstance(number, int) or not 1 <= number <= _MOST:
        raise ArgumentError(f"the number of partitions is from 1 to {_MOST:,}, got {number!r}")
    keyset = _keyset(access.node(), statement)
    first = keyset.fetch(size=1)
    if number == 1 or not first.documents:
        return [Partition(access, statement)]
    low = keyset.position(first.documents[0])
    ranges = list(counted_ranges(keyset, low))
    total = sum(one.rows for one in ranges)
    number = min(number, max(1, total // keyset.page_size))
    bounds = sorted({_position(keyset, ranges, total * part // number) for part in range(1, number)} - {low})
    edges = [None, *bounds, None]
    return [
        Partition(access, statement, below, above, total // number)
        for below, above in itertools.pairwise(edges)
    ]


def narrowed(access: Access, statement: Statement[Any], criteria: Iterable[Criterion]) -> Statement[Any]:
    """The statement with those of some criteria that the service can be asked together; sends nothing."""
    backend = access.node().backend
    for criterion in criteria:
        narrower = statement.filter(criterion)
        try:
            backend.compile(Search(narrower.entity, narrower.condition))
        except ContacthubError:
            continue
        statement = narrower
    return statement


def _first(number: int, pages: Iterator[list[Document]]) -> Iterator[list[Document]]:
    """The first rows of some pages; no page is read for more."""
    for page in pages:
        yield page[:number]
        number -= len(page)
        if number <= 0:
            return


def _position(keyset: Keyset, ranges: list[Range], row: int) -> int:
    """The position of a row, by its number in the order of the key."""
    for one in ranges:
        if row < one.rows:
            page = keyset.fetch(one.low, one.high, row // keyset.page_size)
            found = page.documents[min(row % keyset.page_size, len(page.documents) - 1) :]
            return keyset.position(found[0]) if found else one.high
        row -= one.rows
    return ranges[-1].high


def _keyset(node: Node, statement: Statement[Any]) -> Keyset:
    """The rows of a query along their key.

    Raises:
        ArgumentError: if the query cannot be read in parts.
    """
    entity: type[Entity] = statement.entity
    key = node.backend.scan_key(entity)
    parts = {
        "an order": statement.order,
        "a limit": statement.limited is not None,
        "an offset": statement.skipped,
        "a raw query": statement.json is not None,
        "filter_locally": statement.local != ALWAYS,
    }
    hindrances = [name for name, given in parts.items() if given]
    if key is None:
        hindrances.append(f"{entity.__name__}, which is no customer or event")
    if key is None or hindrances:
        raise ArgumentError(f"a query cannot be read in parts with {' and '.join(hindrances)}: leave it out")
    backend = node.backend
    fields = statement.fields_along(key)
    return Keyset(backend.search, entity, statement.condition, key, backend.page_size, fields)
