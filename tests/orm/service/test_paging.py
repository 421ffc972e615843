"""Pages that are read in turn: they end, or are refused."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm.errors import TransportError
from contacthub_orm.orm import Page, Resource
from contacthub_orm.orm.service.paging import pages_in_turn

BOOKS = Resource("books")


def page(number: int, *ids: str, following: Any = None) -> Page:
    return Page([{"id": one} for one in ids], 0, number, 2, next=following)


def read(*pages: Page) -> list[str]:
    found = pages_in_turn(lambda number, _: pages[min(number, len(pages) - 1)], BOOKS)
    return [one["id"] for each in found for one in each.documents]


def test_pages_are_read_until_one_is_the_last() -> None:
    assert read(page(0, "a", "b", following="x"), page(1, following="y"), page(2, "c")) == ["a", "b", "c"]


def test_each_page_is_asked_for_with_what_the_one_before_gave() -> None:
    asked: list[tuple[int, Any]] = []

    def fetch(number: int, after: Any) -> Page:
        asked.append((number, after))
        return page(number, str(number), following=None if number else "x")

    list(pages_in_turn(fetch, BOOKS))

    assert asked == [(0, None), (1, "x")]


def test_rows_that_moved_may_come_again() -> None:
    moved = [page(number, "a", "b", following=number) for number in (1, 2)]

    assert read(*moved, page(2, "c")) == ["a", "b", "a", "b", "c"]


def test_a_cursor_that_leads_to_itself_is_refused() -> None:
    with pytest.raises(TransportError, match="the pages of the list do not end"):
        read(page(0, "a", following="x"), page(1, "b", following="x"))


def test_a_service_that_gives_the_same_page_for_ever_is_refused() -> None:
    pages = [page(number, "a", "b", following=number) for number in range(1, 100)]

    with pytest.raises(TransportError, match="the pages of the list do not end"):
        read(*pages)
