"""The page on what of the API is covered."""

from __future__ import annotations

from contacthub_orm.reference import operations
from contacthub_orm.sandbox.server.table import ROUTES
from tools.coverage import PAGE, handler_of, page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tools.coverage writes it anew"


def test_every_route_of_the_sandbox_is_an_operation_of_the_facts() -> None:
    answered = {handler_of(operation) for operation in operations()}

    assert {handler for _, _, handler in ROUTES} == answered - {None}


def test_an_operation_without_a_route_has_no_handler() -> None:
    assert handler_of({"method": "GET", "path": "/nowhere"}) is None
