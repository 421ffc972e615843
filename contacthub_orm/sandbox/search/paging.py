"""Pages: which one is asked for, and how it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contacthub_orm.sandbox.documents.failures import malformed
from contacthub_orm.sandbox.documents.wire import encode
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.sandbox.service.calls import Call

__all__ = ["Order", "Page", "requested_order", "requested_page"]


@dataclass(frozen=True, slots=True)
class Page:
    """The page `number`, counted from 0, of `size` elements, among at most `cap` matches."""

    number: int
    size: int
    cap: int

    @property
    def offset(self) -> int:
        """The position of its first element."""
        return min(self.number * self.size, self.cap)

    @property
    def limit(self) -> int:
        """How many elements it can hold: fewer where the cap cuts it, none beyond."""
        return min(self.size, self.cap - self.offset)

    def answer(self, texts: Sequence[str], total: int, unfiltered: int) -> Answer:
        """The page with its elements, given as JSON texts.

        The page object has the keys of both generations of answers: those of the reference (`maxElements`,
        `maxPages`) and those of 2017 (`totalUnfilteredElements`), without which the Python SDK fails.
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
    """A path to sort by; equal values follow one another by id in the same direction."""

    path: str
    descending: bool


def requested_page(call: Call) -> Page:
    """The page that `page` and `size` ask for.

    Raises:
        Failure: 400 for what is not a number, negative, or larger than the largest page.
    """
    settings = call.settings
    size = _number(call, "size", settings.default_page_size)
    if size > settings.max_page_size:
        raise malformed(f"size is at most {settings.max_page_size}", "size", "maximum")
    return Page(_number(call, "page", 0), size, settings.page_cap)


def requested_order(call: Call, default: str) -> Order:
    """The order that `sort` asks for, as `path`, `path,asc` or `path,desc`; by default the newest first.

    Raises:
        Failure: 400 for a malformed one.
    """
    text = call.query.get("sort")
    if not text:
        return Order(default, descending=True)
    path, comma, direction = text.partition(",")
    if not path or (comma and direction not in ("asc", "desc")):
        raise malformed("sort is written as path, path,asc or path,desc", "sort")
    return Order(path, descending=direction == "desc")


def _number(call: Call, name: str, default: int) -> int:
    text = call.query.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise malformed(f"{name} is a whole number from 0 on", name, "type")
    return int(text)
