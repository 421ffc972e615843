"""What an answer is made into: records that keep unknown fields, lists of them, and pages that fetch the next ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping  # noqa: TC003 - cattrs reads annotations
from datetime import date, datetime
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

import attrs
from cattrs import Converter

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.wire.conversion import parse_date, parse_datetime, without_none

__all__ = ["Pages", "Record", "objection_to", "read"]

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Record:
    """An object of an answer. A field that did not come is None.

    Attributes:
        unknown: the fields that no document states, and those that came in another form than is stated, as they came.
    """

    unknown: Mapping[str, Any] = attrs.field(factory=dict)


class Pages(Generic[T]):
    """A page of an answer. Iterating it gives its elements and those of the pages after it, each fetched when needed.

    Attributes:
        elements: the elements of this page.
        number: its number; the first is 0.
        size: how many elements a page holds.
        total: how many elements all pages hold.
        page: the page's description, as it came.
    """

    def __init__(
        self, elements: list[T], page: Mapping[str, Any], following: Callable[[int], Pages[T]] | None
    ) -> None:
        self.elements = elements
        self.page = page
        self.number: int = page["number"]
        self.size: int = page["size"]
        self.total: int = page["totalElements"]
        self._following = following

    @property
    def is_last(self) -> bool:
        """Whether no page follows."""
        return not self.elements or (self.number + 1) * self.size >= self.total

    def __iter__(self) -> Iterator[T]:
        page = self
        yield from page.elements
        while not page.is_last:
            if page._following is None:
                raise InvalidRequestError(
                    f"the service holds {page.total} elements, and no document says how to ask for the next page: "
                    "`elements` has those of the first one"
                )
            page = page._following(page.number + 1)
            yield from page.elements

    def __repr__(self) -> str:
        return f"Pages(number={self.number}, size={self.size}, total={self.total})"


def _exact(*classes: type) -> Callable[[Any, Any], Any]:
    def structure(value: Any, _: Any) -> Any:
        if not isinstance(value, classes) or (isinstance(value, bool) and bool not in classes):
            raise ValueError(f"{type(value).__name__} is not {classes[0].__name__}")
        return value

    return structure


def _record_hook(record: type[Record]) -> Callable[[Any, Any], Record]:
    declared = {name: kind for name, kind in get_type_hints(record).items() if name != "unknown"}
    hooks = {
        name: (_converter.get_structure_hook(without_none(kind)), without_none(kind))
        for name, kind in declared.items()
        if without_none(kind) is not Any
    }

    def structure(document: Any, _: Any) -> Record:
        if not isinstance(document, dict):
            raise ValueError(f"{type(document).__name__} is no object")
        found: dict[str, Any] = {}
        unknown: dict[str, Any] = {}
        for name, value in document.items():
            if name not in declared:
                unknown[name] = value
            elif value is None or name not in hooks:
                found[name] = value
            else:
                hook, kind = hooks[name]
                try:
                    found[name] = hook(value, kind)
                except (ValueError, TypeError, OverflowError):
                    unknown[name] = value
        return record(**found, unknown=unknown)

    return structure


def _list_hook(declared: Any) -> Callable[[Any, Any], list[Any]]:
    (kind,) = get_args(declared)

    def structure(value: Any, _: Any) -> list[Any]:
        if not isinstance(value, list):
            raise ValueError(f"{type(value).__name__} is no list")
        return [_converter.structure(item, kind) for item in value]

    return structure


def _map_hook(declared: Any) -> Callable[[Any, Any], dict[str, Any]]:
    kind = get_args(declared)[1]

    def structure(value: Any, _: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValueError(f"{type(value).__name__} is no object")
        return {
            name: item if kind is Any else _converter.structure(item, kind) for name, item in value.items()
        }

    return structure


_converter = Converter(detailed_validation=False)
for _scalar, _classes in {str: (str,), int: (int,), float: (float, int), bool: (bool,)}.items():
    _converter.register_structure_hook(_scalar, _exact(*_classes))
_converter.register_structure_hook(datetime, lambda value, _: parse_datetime(value))
_converter.register_structure_hook(date, lambda value, _: parse_date(value))


def _is_a(container: type) -> Callable[[Any], bool]:
    return lambda kind: get_origin(kind) is container


_converter.register_structure_hook_factory(_is_a(list), _list_hook)
_converter.register_structure_hook_factory(_is_a(dict), _map_hook)
_converter.register_structure_hook_factory(
    lambda kind: isinstance(kind, type) and issubclass(kind, Record), _record_hook
)


def read(body: Any, declared: Any, following: Callable[[int], Any] | None) -> Any:
    """The answer that an operation declares, of the body that came.

    Args:
        body: the decoded body, to which `objection_to` has no objection.
        declared: the type that the operation returns.
        following: gives a later page, by its number; None if the operation cannot ask for one.
    """
    if declared is type(None):
        return None
    if declared is str:
        return body
    if get_origin(declared) is Pages:
        (kind,) = get_args(declared)
        return Pages(_converter.structure(body["elements"], list[kind]), body["page"], following)  # type: ignore[valid-type]
    return _converter.structure(_rows(body, declared), declared)


def objection_to(body: Any, declared: Any, number: int) -> str | None:
    """Why a body makes no sense as an answer of the declared type, in a clause; None if it does.

    Args:
        body: the decoded body.
        declared: the type that the operation returns.
        number: the number of the page that was asked for.
    """
    if declared is type(None):
        return (
            None if body is None or isinstance(body, dict) else f"the body is {_kind(body)} and not an object"
        )
    if declared is str:
        return None
    if get_origin(declared) is Pages:
        return _page_objection(body, number)
    try:
        read(body, declared, None)
    except (ValueError, TypeError) as error:
        return f"the body is not in the stated form: {error}"
    return None


def _rows(body: Any, declared: Any) -> Any:
    """The list in an answer: some operations wrap it in an object with `elements`."""
    if get_origin(declared) is list and isinstance(body, dict):
        return body.get("elements")
    return body


def _page_objection(body: Any, number: int) -> str | None:
    page = body.get("page") if isinstance(body, dict) else None
    if not isinstance(page, dict):
        return "the body is no page"
    rows = body.get("elements", [] if page.get("size") == 0 else None)
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        return "`elements` is not a list of objects"
    for name in ("size", "totalElements", "number"):
        value = page.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            return f"`page.{name}` is {_kind(value)} and not a number, 0 or more"
    if page["number"] != number:
        return f"the page is number {page['number']}, and {number} was asked for"
    body.setdefault("elements", rows)
    return None


def _kind(value: Any) -> str:
    return "nothing" if value is None else type(value).__name__
