"""Lists that can only be read, and pages of a larger list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Never, NoReturn, Self, TypeVar

from contacthub_orm.errors import OperationNotPermitted
from contacthub_orm.orm.mapping.mapped import Mapped, render
from contacthub_orm.orm.service.tables import document_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from contacthub_orm.orm.service.search import Page

__all__ = ["PaginatedList", "ReadOnlyList"]

T = TypeVar("T")


class ReadOnlyList(list[T]):
    """A list that can only be read; a change raises OperationNotPermitted, which is a ValueError.

    A slice, a sum and a `copy()` of it are plain lists.
    """

    __slots__ = ()

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise OperationNotPermitted(
            f"a {type(self).__name__} can only be read; list(...) gives one to change"
        )

    # For a checker the methods take no argument that exists, so that it finds the calls that would be refused.
    if TYPE_CHECKING:

        def append(self, _: Never, /) -> None: ...  # type: ignore[override]
        def extend(self, _: Never, /) -> None: ...  # type: ignore[override]
        def insert(self, _: Never, __: Never, /) -> None: ...  # type: ignore[override]
        def remove(self, _: Never, /) -> None: ...  # type: ignore[override]
        def pop(self, _: Never, /) -> None: ...  # type: ignore[override]
        def clear(self, _: Never, /) -> None: ...  # type: ignore[override]
        def sort(self, _: Never, /) -> None: ...  # type: ignore[override]
        def reverse(self, _: Never, /) -> None: ...  # type: ignore[override]
        def __setitem__(self, _: Never, __: Never, /) -> None: ...  # type: ignore[override]
        def __delitem__(self, _: Never, /) -> None: ...  # type: ignore[override]
        def __iadd__(self, _: Never, /) -> None: ...  # type: ignore[override, misc]
    else:
        append = extend = insert = remove = pop = clear = sort = reverse = _refuse
        __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse

    def _repr_html_(self) -> str:
        """The table that a notebook shows: what is loaded of each element, without a request."""
        return document_table(render(one) if isinstance(one, Mapped) else {"": one} for one in self)

    def __reduce_ex__(self, _: Any) -> tuple[Any, ...]:
        """Pickle or copy it as a list of the same elements; a page no longer knows its neighbours then."""
        return ReadOnlyList, (list(self),)


class PaginatedList(ReadOnlyList[T]):
    """One page of a list, read-only; `next_page()` and `previous_page()` move it to its neighbours."""

    __slots__ = ("_page", "_turn")

    def __init__(
        self, elements: Iterable[T], page: Page, turn: Callable[[int, int], PaginatedList[T]]
    ) -> None:
        super().__init__(elements)
        self._page = page
        self._turn = turn

    @property
    def as_page(self) -> Page:
        """The page as the service gave it, with its documents."""
        return self._page

    @property
    def size(self) -> int:
        """How many elements a page holds."""
        return self._page.size

    @property
    def page_number(self) -> int:
        """The number of this page, counted from 0 as the service counts."""
        return self._page.number

    @property
    def total_elements(self) -> int:
        """How many elements all pages hold; at the service's cap for one search, there may be more."""
        return self._page.total

    @property
    def total_pages(self) -> int:
        """How many pages there are."""
        return -(-self._page.total // self._page.size) if self._page.size else 0

    @property
    def total_unfiltered_elements(self) -> int | None:
        """How many elements there would be without criteria, or None if the service does not say."""
        return self._page.unfiltered

    def next_page(self) -> Self:
        """Move this list to the page after this one, and return it. If the request fails, the list stays as it is.

        Raises:
            OperationNotPermitted: if this is the last page.
        """
        if self.page_number + 1 >= self.total_pages:
            raise OperationNotPermitted(
                f"page {self.page_number} is the last of {max(self.total_pages, 1)}, counted from 0"
            )
        return self._move_to(self.page_number + 1)

    def previous_page(self) -> Self:
        """Move this list to the page before this one, and return it. If the request fails, the list stays as it is.

        Raises:
            OperationNotPermitted: if this is the first page.
        """
        if self.page_number == 0:
            raise OperationNotPermitted("page 0 is the first")
        return self._move_to(self.page_number - 1)

    def _move_to(self, number: int) -> Self:
        other = self._turn(number, self.size)
        list.__setitem__(self, slice(None), other)
        self._page = other.as_page
        return self
