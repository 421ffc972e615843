"""Documents as Arrow batches: no entity is made of them, and what can be done by column is.

A batch is made in three steps. `_object_step` looks at each document once: it gathers what is not declared, makes JSON text of
what a frame shows as such, and stops at values that pyarrow would take for something else. Then pyarrow makes the columns,
and at last dates and instants are parsed by column. If any of it fails, `misfit` finds the value that is to blame.
"""
# pyright: reportMissingImports=false

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import pyarrow as pa

from contacthub_orm.errors import ContentError
from contacthub_orm.frames.schema import arrow_type, raw_type, schema_of
from contacthub_orm.frames.shapes import Items, Kind, Leaf, Object
from contacthub_orm.orm.wire.conversion import parse_date, parse_datetime

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from contacthub_orm.frames.shapes import Shape
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Batches"]

_FAILURES: Final = (pa.ArrowException, OverflowError, RecursionError, TypeError, ValueError)
_MOST: Final = 2**63


class Batches:
    """Makes batches of documents.

    Args:
        entity: the class, for messages.
        shape: what is shown of its documents.
        flat: whether each value is a column, or objects are structs.
        undeclared: whether what is not declared is gathered in a column of its own.
    """

    def __init__(self, entity: type[Entity], shape: Object, *, flat: bool, undeclared: bool) -> None:
        self._entity = entity
        self._shape = shape
        self._flat = flat
        self._undeclared = undeclared
        self._take = _object_step(shape, gathers=undeclared)
        self._raw = raw_type(shape)
        self.schema = schema_of(shape, flat=flat, undeclared=undeclared)

    def of(self, documents: Sequence[Document]) -> pa.RecordBatch:
        """The batch of some documents.

        Raises:
            ContentError: if a value is not of the type that the class declares.
        """
        try:
            taken = [self._take(document) or (document, None) for document in documents]
            rows = _typed(pa.array([row for row, _ in taken], self._raw), self._shape)
            columns = _leaves(rows, self._shape) if self._flat else rows.flatten()
            if self._undeclared:
                texts = [None if rest is None else _text(rest) for _, rest in taken]
                columns = [*columns, pa.array(texts, pa.string())]
        except _FAILURES as error:
            raise self._refusal(documents) or error from None
        return pa.RecordBatch.from_arrays(columns, schema=self.schema)

    def _refusal(self, documents: Sequence[Document]) -> ContentError | None:
        for document in documents:
            for path, value, shape in _misfits(document, self._shape, ()):
                identity = document.get(self._entity.__resource__.id_key)
                place = ".".join((f"{self._entity.__name__} {identity}", *path))
                if isinstance(shape, Leaf) and shape.kind is Kind.JSON:
                    return ContentError(place, type(value).__name__, "is nested too deep to be shown as JSON")
                return ContentError(place, value, f"is not {shape}, as the class declares")
        return None


_Taken: TypeAlias = "tuple[Any, Any] | None"
"""A value that a frame takes in place of the service's, and what in it is not declared; None if it takes all as it is."""


def _object_step(shape: Object, *, gathers: bool) -> Callable[[Any], _Taken]:
    """Takes an object. FASTPATH: it looks only at keys that need it, and compares the others all at once."""
    found = {key: _step(inner, gathers=gathers) for key, inner in shape.fields.items()}
    steps = [(key, step) for key, step in found.items() if step is not None]
    declared = frozenset(shape.fields)

    def take(value: Any) -> _Taken:
        if type(value) is not dict:
            raise TypeError("an object was expected")
        changed = rest = None
        if gathers and not value.keys() <= declared:
            rest = {key: one for key, one in value.items() if key not in declared}
        for key, step in steps:
            one = value.get(key)
            if one is None or (taken := step(one)) is None:
                continue
            new, below = taken
            if new is not one:
                changed = changed or dict(value)
                changed[key] = new
            if below is not None:
                rest = rest or {}
                rest[key] = below
        return None if changed is rest is None else (changed or value, rest)

    return take


def _step(shape: Shape, *, gathers: bool) -> Callable[[Any], _Taken] | None:
    """What looks at a value of a shape, or None if pyarrow alone does."""
    if isinstance(shape, Object):
        return _object_step(shape, gathers=gathers)
    if isinstance(shape, Items):
        return _list_step(_step(shape.element, gathers=gathers))
    return {Kind.INTEGER: _integer, Kind.NUMBER: _number, Kind.JSON: _json}.get(shape.kind)


def _list_step(of_element: Callable[[Any], _Taken] | None) -> Callable[[Any], _Taken]:
    def take(value: Any) -> _Taken:
        if type(value) is not list:
            raise TypeError("a list was expected")
        if of_element is None or not value:
            return None
        taken = [None if one is None else of_element(one) for one in value]
        if not any(taken):
            return None
        pairs = [(one, None) if found is None else found for one, found in zip(value, taken, strict=True)]
        rest = [below for _, below in pairs]
        return [new for new, _ in pairs], rest if any(one is not None for one in rest) else None

    return take


def _integer(value: Any) -> _Taken:
    if type(value) is not int and not (type(value) is float and value.is_integer()):
        raise TypeError("an integer was expected")
    return None


def _number(value: Any) -> _Taken:
    if type(value) is float:
        return None
    if type(value) is not int:
        raise TypeError("a number was expected")
    return float(value), None


def _json(value: Any) -> _Taken:
    return _text(value), None


def _text(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isascii() or _is_unicode(text) else json.dumps(value)


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _typed(array: Any, shape: Shape) -> Any:
    """The array with its dates and instants parsed."""
    if array.type == arrow_type(shape):
        return array
    if isinstance(shape, Leaf):
        return _parsed(array, shape.kind)
    if isinstance(shape, Items):
        values = _typed(array.values, shape.element)
        return pa.ListArray.from_arrays(array.offsets, values, type=arrow_type(shape), mask=array.is_null())
    inner = [_typed(one, of) for one, of in zip(array.flatten(), shape.fields.values(), strict=True)]
    wanted: Any = arrow_type(shape)
    return pa.StructArray.from_arrays(inner, fields=list(wanted), mask=array.is_null())


def _parsed(texts: pa.Array, kind: Kind) -> pa.Array:
    wanted = arrow_type(Leaf(kind))
    try:
        return texts.cast(wanted)
    except pa.ArrowInvalid:  # a form that Arrow does not know, such as an instant without a zone
        parse = _PARSERS[kind]
        return pa.array([None if one is None else parse(one) for one in texts.to_pylist()], wanted)


def _instant(text: str) -> datetime:
    return parse_datetime(text).astimezone(UTC)


_PARSERS: Final[dict[Kind, Callable[[str], Any]]] = {Kind.DATE: parse_date, Kind.INSTANT: _instant}


def _leaves(rows: Any, shape: Object) -> list[Any]:
    """The arrays of the columns of a flat frame."""
    found: list[Any] = []
    for array, inner in zip(rows.flatten(), shape.fields.values(), strict=True):
        found.extend(_leaves(array, inner) if isinstance(inner, Object) else [array])
    return found


def _misfits(value: Any, shape: Shape, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, Shape]]:
    """The values in one that are not of their shape, with their paths."""
    if value is None:
        return
    if isinstance(shape, Object) and isinstance(value, dict):
        for key, inner in shape.fields.items():
            yield from _misfits(value.get(key), inner, (*path, key))
    elif isinstance(shape, Items) and isinstance(value, list):
        for index, one in enumerate(value):
            yield from _misfits(one, shape.element, (*path[:-1], f"{path[-1]}[{index}]"))
    elif not (isinstance(shape, Leaf) and _fits(value, shape.kind)):
        yield path, value, shape


def _fits(value: Any, kind: Kind) -> bool:
    if kind is Kind.JSON:
        return _is_json(value)
    if isinstance(value, str):
        return _is_unicode(value) if kind in (Kind.TEXT, Kind.CHOICE) else _is_parsed(value, kind)
    if isinstance(value, bool) or kind is Kind.BOOLEAN:
        return isinstance(value, bool) and kind is Kind.BOOLEAN
    if kind is Kind.INTEGER:
        return isinstance(value, int | float) and value == value // 1 and -_MOST <= value < _MOST
    return kind is Kind.NUMBER and isinstance(value, int | float) and _is_finite(value)


def _is_json(value: Any) -> bool:
    try:
        _text(value)
    except (RecursionError, ValueError):  # nested too deep, or an integer of too many digits
        return False
    return True


def _is_parsed(text: str, kind: Kind) -> bool:
    try:
        _PARSERS[kind](text)
    except (KeyError, ValueError, OverflowError):
        return False
    return True


def _is_finite(number: float) -> bool:
    try:
        float(number)
    except OverflowError:
        return False
    return True
