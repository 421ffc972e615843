"""Which answers are believed: the one place that decides it, for writes, reads and look-ups.

A success whose body makes no sense may come from a proxy, from a cache or from an exchange that is out of step. Each function
gives the reason why a body is no answer to a request, in a clause, or None. The checks look at shapes and ids alone, so
that they cost a page of rows next to nothing; only the answer to a creation is compared with what was sent.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from contacthub_orm.orm.wire.documents import is_empty
from contacthub_orm.orm.wire.ordering import compare

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contacthub_orm.orm.wire.documents import Document

__all__ = ["objection_to"]

_COLLECTION, _ENTITY, _BELOW = 1, 2, 3
"""How many segments the routes of a collection, an entity and what is below an entity have."""


def objection_to(
    method: str, path: tuple[str, ...], params: Mapping[str, str], body: Document | None
) -> Callable[[Any], str | None]:
    """What says of the decoded answer to a request why it makes no sense, or gives None.

    The service answers with nothing where it deletes or erases, and may where it accepts an event (changelog 1.11).
    """
    if method == "DELETE":
        return partial(_not_empty, path[-1])
    if method == "POST" and len(path) == _BELOW and path[-1] == "forget":
        return partial(_not_empty, path[1])
    if method == "GET":
        return _reading(path, params)
    if method == "POST":
        return partial(_not_created, path[-1], body or {})
    return partial(_not_empty if path[0] == "events" else _not_itself, path[-1])


def _reading(path: tuple[str, ...], params: Mapping[str, str]) -> Callable[[Any], str | None]:
    if path[0] not in ("customers", "events"):
        return _no_object
    if len(path) == _COLLECTION:
        size = params.get("size")
        return partial(_no_page, int(params.get("page", 0)), None if size is None else int(size))
    if len(path) == _BELOW:
        return partial(_no_export, path[1]) if path[-1] == "export" else _no_list
    return partial(_not_itself, path[-1])


def _no_object(body: Any) -> str | None:
    return None if isinstance(body, dict) else f"the body is {_kind(body)} and not an object"


def _not_itself(identity: str, body: Any) -> str | None:
    """The document with an id, whatever its case."""
    if not isinstance(body, dict):
        return _no_object(body)
    found = body.get("id")
    if found == identity or (isinstance(found, str) and found.casefold() == identity.casefold()):
        return None
    return (
        "the body has no id"
        if found is None
        else f"the body is the document of {found!r}, not of {identity!r}"
    )


def _not_empty(identity: str, body: Any) -> str | None:
    """Nothing, or the document of the entity."""
    return None if body is None else _not_itself(identity, body)


def _not_created(collection: str, sent: Document, body: Any) -> str | None:
    """The document of a new entity, or a part of it; the service may merge what is sent into another customer's."""
    if collection == "events" and body is None:
        return None  # older services name no id; the backend says that the outcome is unknown
    if not isinstance(body, dict):
        return _no_object(body)
    if not isinstance(body.get("id"), str) or not body["id"]:
        return "the body has no id"
    other = next((key for key, value in sent.items() if _contradicts(body.get(key), value)), None)
    return None if other is None else f"the body is a document with another {other} than was sent"


def _contradicts(stored: Any, sent: Any) -> bool:
    """Whether a stored value is another than the sent one, in whatever form the service keeps that.

    The service may leave a value out, trim it, change its case or its punctuation, or add to a list.
    """
    if is_empty(stored) or is_empty(sent) or stored == sent:
        return False
    if isinstance(sent, dict):
        return not isinstance(stored, dict) or any(
            _contradicts(stored.get(key), one) for key, one in sent.items()
        )
    if isinstance(sent, list):
        return not isinstance(stored, list) or not all(
            any(not _contradicts(one, other) for one in stored) for other in sent
        )
    if isinstance(stored, dict | list):
        return True
    return compare(stored, sent) != 0 and _letters(stored) != _letters(sent)


def _letters(value: Any) -> str:
    """The letters and digits of a value, in lower case."""
    return "".join(filter(str.isalnum, str(value).casefold()))


def _no_export(identity: str, body: Any) -> str | None:
    if not isinstance(body, dict):
        return _no_object(body)
    return _not_itself(identity, body.get("customer"))


def _no_list(body: Any) -> str | None:
    """An object with a list of documents, without pages."""
    if not isinstance(body, dict):
        return _no_object(body)
    return _no_rows(body.get("elements"))


def _no_rows(rows: Any) -> str | None:
    if not isinstance(rows, list):
        return f"`elements` is {_kind(rows)} and not a list"
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("id"), str):
            return "one of `elements` is not a document with an id"
    return None


def _no_page(number: int, size: int | None, body: Any) -> str | None:
    """The page that was asked for."""
    page = body.get("page") if isinstance(body, dict) else body
    if not isinstance(body, dict) or not isinstance(page, dict):
        return _no_object(body) or f"`page` is {_kind(page)} and not an object"
    objection = _other_page(page, number, size)
    if objection is not None or (size == 0 and "elements" not in body):
        return objection
    objection = _no_rows(body.get("elements"))
    if objection is None and len(body["elements"]) > page["size"]:
        return f"the page has {len(body['elements'])} elements, and its size is {page['size']}"
    return objection


def _other_page(page: Mapping[str, Any], number: int, size: int | None) -> str | None:
    for name in ("totalElements", "number", "size"):
        value = page.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            return f"`page.{name}` is {_kind(value)} and not a number, 0 or more"
    if page["number"] != number:
        return f"the page is number {page['number']}, and {number} was asked for"
    if size is not None and page["size"] != size:
        return f"the page has the size {page['size']}, and {size} was asked for"
    return None


def _kind(value: Any) -> str:
    if value is None:
        return "missing"
    return {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}.get(
        type(value), "a number"
    )
