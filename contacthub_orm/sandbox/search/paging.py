"""Pages: the page and order that a search requests, and its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from contacthub_orm.sandbox.documents.failures import malformed
from contacthub_orm.sandbox.documents.wire import encode
from contacthub_orm.sandbox.search.counts import is_known_to_reach, note_count
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from sqlalchemy import Column, ColumnElement, Select

    from contacthub_orm.sandbox.service.calls import Call
    from contacthub_orm.sandbox.service.rules import NodeRules
    from contacthub_orm.sandbox.storage.timeline import Timeline

__all__ = ["Order", "Page", "requested_order", "requested_page"]

MAX_DIGITS: Final = 9

FURTHER: Final = 2
"""How many times the cap is counted up to, so that the count lasts for some writes."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the matches of a search.

    Attributes:
        number: the number of the page, from 0.
        size: the number of elements in a full page.
        cap: the number of matches that the search looks at.
    """

    number: int
    size: int
    cap: int

    @property
    def offset(self) -> int:
        """The position of the page's first element among the matches."""
        return min(self.number * self.size, self.cap)

    @property
    def limit(self) -> int:
        """The number of elements that the page can hold: fewer at the cap, none beyond it."""
        return min(self.size, self.cap - self.offset)

    @property
    def end(self) -> int:
        """The position after the page's last element."""
        return self.offset + self.limit

    def part(self, matches: Sequence[int]) -> Sequence[int]:
        """The page's part of all matches."""
        return matches[self.offset : self.end]

    def count(
        self,
        call: Call,
        column: Column[Any],
        where: Sequence[ColumnElement[bool]],
        *read: ColumnElement[Any],
        key: Hashable = None,
    ) -> int:
        """The number of rows of the column's table that match, up to the cap.

        Args:
            call: the request.
            column: the column.
            where: the clauses.
            *read: what is best read by its index.
            key: what is counted, if each write changes one of the matches at most; see `counts`.
        """
        is_lasting = key is not None and call.store.settled(call.now)
        if is_lasting and is_known_to_reach(call, key, self.cap):
            return self.cap
        most = FURTHER * self.cap if is_lasting else self.cap
        matches = select(column).where(*where).order_by(*read).limit(most).subquery()
        total = call.connection.scalar(select(func.count()).select_from(matches)) or 0
        if is_lasting and total > self.cap:
            note_count(call, key, total)
        return min(total, self.cap)

    def count_all(
        self, call: Call, timeline: Timeline, node: NodeRules, where: Sequence[ColumnElement[bool]]
    ) -> int:
        """The number of documents of a node, up to the cap.

        Args:
            call: the request.
            timeline: the documents.
            node: the node.
            where: the clauses for all that it shows.
        """
        # Whom a node hides depends on what customers are, so that one write may hide many events.
        key = None if node.exclusions else (timeline.table.name, node.shown)
        return self.count(call, timeline.table.c.row, where, key=key)

    def read(self, call: Call, documents: Select[Any]) -> Sequence[str]:
        """The page's part of a statement that selects JSON texts in order."""
        return call.connection.scalars(documents.limit(self.limit).offset(self.offset)).all()

    def answer(self, texts: Sequence[str], total: int, unfiltered: int) -> Answer:
        """The answer with this page.

        Its page object has the keys of both generations of answers: those of the reference (`maxElements`,
        `maxPages`) and those of 2017 (`totalUnfilteredElements`), without which the Python SDK fails.

        Args:
            texts: the JSON texts of the page's elements.
            total: the number of matches.
            unfiltered: the number of elements before filtering.
        """
        page = {
            "size": self.size,
            "totalElements": total,
            "totalUnfilteredElements": unfiltered,
            "totalPages": self._pages(total),
            "number": self.number,
            "maxElements": self.cap,
            "maxPages": self._pages(self.cap),
        }
        return Answer(200, f'{{"elements":[{",".join(texts)}],"page":{encode(page)}}}')

    def _pages(self, elements: int) -> int:
        return -(-elements // self.size) if self.size else 0


@dataclass(frozen=True, slots=True)
class Order:
    """A path to sort by, and the direction."""

    path: str
    descending: bool

    def clauses(self, column: ColumnElement[Any], identifier: ColumnElement[Any]) -> list[ColumnElement[Any]]:
        """Sort by a column; equal values by id in the same direction, rows without a value last."""
        key, equal = (one.desc() if self.descending else one.asc() for one in (column, identifier))
        # On a column that always has a value, the extra words would keep SQLite from using its index.
        return [key if getattr(column, "nullable", True) is False else key.nulls_last(), equal]


def requested_page(call: Call) -> Page:
    """The page that the parameters `page` and `size` request.

    Raises:
        Failure: 400 if one of them is not a non-negative integer, or if the size exceeds the largest page.
    """
    settings = call.settings
    size = _number(call, "size", settings.default_page_size)
    if size > settings.max_page_size:
        raise malformed(f"size is at most {settings.max_page_size}", "size", "maximum")
    return Page(_number(call, "page", 0), size, settings.page_cap)


def requested_order(call: Call, default: str) -> Order:
    """The order that the parameter `sort` requests, as `path`, `path,asc` or `path,desc` (in any case).

    Without the parameter it is by the default path, descending.

    Raises:
        Failure: 400 if it is malformed.
    """
    text = call.query.get("sort")
    if not text:
        return Order(default, descending=True)
    path, comma, direction = text.partition(",")
    direction = direction.lower()
    if not path or (comma and direction not in ("asc", "desc")):
        raise malformed("sort is written as path, path,asc or path,desc", "sort")
    return Order(path, descending=direction == "desc")


def _number(call: Call, name: str, default: int) -> int:
    text = call.query.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS):
        raise malformed(f"{name} is a whole number from 0 on", name, "type")
    return int(text)
