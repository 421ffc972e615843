"""Lists that can only be read, and one page of a larger list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from contacthub_orm.errors import OperationNotPermitted

if TYPE_CHECKING:
    from contacthub_orm.orm.backend import Page

__all__ = ["PaginatedList", "ReadOnlyList"]

T = TypeVar("T")


class ReadOnlyList(list[T]):
    """A list that can only be read; whatever would change it raises OperationNotPermitted, which is a ValueError.

    A slice, a sum and a `copy()` of it are plain lists.
    """

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise OperationNotPermitted(
            f"a {type(self).__name__} can only be read; list(...) gives one to change"
        )

    if not TYPE_CHECKING:
        append = extend = insert = remove = pop = clear = sort = reverse = _refuse
        __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse

    def __reduce_ex__(self, _: Any) -> tuple[Any, ...]:
        """Pickled or copied it is a list of the same elements; a page no longer knows its neighbours."""
        return ReadOnlyList, (list(self),)


class PaginatedList(ReadOnlyList[T]):
    """One page of a list, read-only; `next_page()` and `previous_page()` ask for its neighbours.

    Attributes:
        size: how many elements a page holds.
        page_number: the number of this page, counted from 0 as the service counts.
        total_elements: how many elements all pages hold together; at the service's limit for one search, at least so many.
        total_pages: how many pages there are.
        total_unfiltered_elements: how many there would be without criteria; None where the service does not tell.
    """

    __slots__ = (
        "_turn",
        "page_number",
        "size",
        "total_elements",
        "total_pages",
        "total_unfiltered_elements",
    )

    def __init__(
        self, elements: Iterable[T], page: Page, turn: Callable[[int, int], PaginatedList[T]]
    ) -> None:
        super().__init__(elements)
        self.size = page.size
        self.page_number = page.number
        self.total_elements = page.total
        self.total_pages = -(-page.total // page.size) if page.size else 0
        self.total_unfiltered_elements = page.unfiltered
        self._turn = turn

    def next_page(self) -> PaginatedList[T]:
        """The page after this one, by one request. Raises OperationNotPermitted after the last page."""
        if self.page_number + 1 >= self.total_pages:
            raise OperationNotPermitted(
                f"page {self.page_number} is the last of {max(self.total_pages, 1)}, counted from 0"
            )
        return self._turn(self.page_number + 1, self.size)

    def previous_page(self) -> PaginatedList[T]:
        """The page before this one, by one request. Raises OperationNotPermitted before the first page."""
        if self.page_number == 0:
            raise OperationNotPermitted("page 0 is the first")
        return self._turn(self.page_number - 1, self.size)
