"""Which answers of a plain REST service are believed: those with the shape and the id that the request asks for.

Each function gives the reason why a decoded success is no answer to a request, in a clause, or None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from contacthub_orm.orm.rest.lists import ListStyle

__all__ = ["no_document", "no_list", "no_new_document", "or_nothing"]


def no_document(id_key: str, identity: str) -> Callable[[Any], str | None]:
    """Anything but the document with an id."""

    def objection(answer: Any) -> str | None:
        if not isinstance(answer, dict):
            return "the body is not an object"
        found = answer.get(id_key)
        if found is not None and str(found).casefold() == identity.casefold():
            return None
        return f"the body is the document of {found!r}, not of {identity!r}"

    return objection


def no_new_document(id_key: str) -> Callable[[Any], str | None]:
    """Anything but a document with an id."""

    def objection(answer: Any) -> str | None:
        if not isinstance(answer, dict):
            return "the body is not an object"
        return None if answer.get(id_key) not in (None, "") else "the body has no id"

    return objection


def or_nothing(objection: Callable[[Any], str | None]) -> Callable[[Any], str | None]:
    """An objection to anything but nothing, which is an empty body or object."""
    return lambda answer: objection(answer) if answer else None


def no_list(style: ListStyle, id_key: str, size: int) -> Callable[[Any], str | None]:
    """Anything but a page of documents with ids, of this size at most."""

    def objection(answer: Any) -> str | None:
        rows = style.rows(answer)
        if not isinstance(rows, list):
            return "the rows are not a list"
        if len(rows) > size:
            return f"the page has {len(rows)} rows, and {size} were asked for"
        whole = all(isinstance(one, dict) and one.get(id_key) not in (None, "") for one in rows)
        return None if whole else "one of the rows is not a document with an id"

    return objection
