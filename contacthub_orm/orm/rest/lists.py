"""How a service gives a list in parts: by the number of a page, or by a cursor that each page gives for the next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import attrs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Cursors", "ListStyle", "NumberedPages"]


class ListStyle(Protocol):
    """The parameters that ask for a page, and what its answer means."""

    @property
    def largest(self) -> int:
        """How many rows a page may have."""
        ...

    def parameters(self, number: int, size: int, after: Any) -> dict[str, str]:
        """The query parameters for a page.

        Args:
            number: which page, from 0.
            size: the number of rows that it may have.
            after: what the page before gave as its next, None for the first page.
        """
        ...

    def rows(self, answer: Any) -> Any:
        """The rows in an answer; anything but a list makes no sense."""
        ...

    def next(self, answer: Any, number: int, size: int) -> Any:
        """What the next page is asked with, None if this is the last."""
        ...


@attrs.frozen
class NumberedPages:
    """Pages by number; one that is not full is the last.

    Rows that other writers delete meanwhile move those behind them, so that a list of several pages may miss one.

    Attributes:
        largest: how many rows a page may have.
        size: the parameter for the number of rows.
        number: the parameter for the number of the page.
        first: the number of the first page.
        items: the key of the rows in the answer, None if the answer is the list itself.
    """

    largest: int = 100
    size: str = "limit"
    number: str = "page"
    first: int = 1
    items: str | None = None

    def parameters(self, number: int, size: int, after: Any) -> dict[str, str]:  # noqa: ARG002 - pages have numbers
        """The size and the number of the page."""
        return {self.size: str(size), self.number: str(number + self.first)}

    def rows(self, answer: Any) -> Any:
        """The rows, of the answer itself or at its key."""
        return _rows(answer, self.items)

    def next(self, answer: Any, number: int, size: int) -> Any:
        """The number of the next page, if this one is full."""
        rows: Sequence[Document] = self.rows(answer)
        return number + 1 if len(rows) >= size else None


@attrs.frozen
class Cursors:
    """Pages that each give the cursor of the next one.

    Attributes:
        largest: how many rows a page may have.
        size: the parameter for the number of rows.
        cursor: the parameter for the cursor.
        items: the key of the rows in the answer.
        following: the key of the cursor of the next page, which is null or missing on the last.
    """

    largest: int = 100
    size: str = "limit"
    cursor: str = "cursor"
    items: str = "items"
    following: str = "next"

    def parameters(self, number: int, size: int, after: Any) -> dict[str, str]:  # noqa: ARG002 - cursors have no numbers
        """The size, and the cursor but for the first page."""
        return {self.size: str(size)} if after is None else {self.size: str(size), self.cursor: str(after)}

    def rows(self, answer: Any) -> Any:
        """The rows at their key."""
        return _rows(answer, self.items)

    def next(self, answer: Any, number: int, size: int) -> Any:  # noqa: ARG002 - the service says it
        """The cursor in the answer."""
        return answer.get(self.following)


def _rows(answer: Any, key: str | None) -> Any:
    if key is None:
        return answer
    return answer.get(key) if isinstance(answer, dict) else None
