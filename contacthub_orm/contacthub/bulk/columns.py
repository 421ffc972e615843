"""The properties of a class as columns: their paths, and what a cell of a bulk job's CSV can carry of their values.

The service makes a cell into the type that its schema has at the path. No document says how it reads lists, objects or null
(reference 1.299.1), and an empty cell sets nothing. So a cell carries texts, numbers and booleans, where it is known that
the schema has the same.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from contacthub_orm.errors import APIError, ArgumentError
from contacthub_orm.orm.mapping.attributes import Attr, Embedded
from contacthub_orm.orm.wire.conversion import dump, is_union, without_none
from contacthub_orm.orm.wire.types import is_list
from contacthub_orm.suggestions import unknown_attribute

if TYPE_CHECKING:
    from collections.abc import Callable

    from contacthub_orm.contacthub.api.records.workspaces import ExtendedPropertyDefinitionRecord
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.mapping.attributes import Attribute
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Columns", "Path"]

Path = tuple[str, ...]

MAX_STEPS: Final = 20


class Kind(Enum):
    """What the service's schema has at a path."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    OTHER = "list or object"
    UNKNOWN = "unknown"


_BY_SCHEMA: Final = {
    "string": Kind.TEXT,
    "integer": Kind.NUMBER,
    "number": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "array": Kind.OTHER,
    "object": Kind.OTHER,
}


class _Column(NamedTuple):
    path: Path
    attribute: Attribute | None


class Columns:
    """The columns of one class.

    Args:
        entity: the class.
        extended: reads the declared extended properties of customers; raises APIError if it may not.
    """

    def __init__(
        self, entity: type[Entity], extended: Callable[[], Mapping[str, ExtendedPropertyDefinitionRecord]]
    ) -> None:
        self._entity = entity
        self._read_extended = extended
        self._extended: Mapping[str, Any] | None = None
        self._columns: dict[Path, _Column] = {}
        self._kinds: dict[Path, Kind] = {}
        self._named: dict[Path, bool] = {}

    def document(self, row: Mapping[str, Any]) -> Document:
        """The document that a row describes: nested, or by dotted paths, with JSON keys or Python names.

        What only the service sets is left out, but for the id.

        Raises:
            ArgumentError: if a name is no property.
            UnsendableError: if a value has no JSON form.
        """
        document: Document = {}
        for name, value in row.items():
            if not isinstance(name, str) or not all(name.split(".")):
                raise ArgumentError(f"rows: {name!r} is no path such as base.contacts.email")
            self._put(document, tuple(name.split(".")), value)
        return document

    def _put(self, document: Document, steps: Path, value: Any) -> None:
        path, attribute = self._column(steps)
        if isinstance(attribute, Embedded) and isinstance(value, Mapping) and value:
            for name, inner in value.items():
                self._put(document, (*steps, str(name)), inner)
            return
        if attribute is not None and attribute.read_only and not attribute.derived and path != ("id",):
            return
        *above, last = path
        for key in above:
            document = document.setdefault(key, {})
            if not isinstance(document, dict):
                raise ArgumentError(f"rows: {'.'.join(path)} is given, and so is a value above it")
        document[last] = dump(value)

    def _column(self, steps: Path) -> _Column:
        if steps not in self._columns:
            self._columns[steps] = self._found(steps)
        return self._columns[steps]

    def _found(self, steps: Path) -> _Column:
        target: Any = self._entity
        path: Path = ()
        for place, step in enumerate(steps):
            attribute = target.__keys__.get(step) or target.__attributes__.get(step)
            where = ".".join((self._entity.__name__, *path))
            if attribute is None:
                if target.__open__:
                    return _Column((*path, *steps[place:]), None)
                raise ArgumentError(f"rows: {unknown_attribute(where, step, target.__attributes__)}")
            path = (*path, attribute.key)
            if place == len(steps) - 1:
                return _Column(path, attribute)
            if not isinstance(attribute, Embedded):
                raise ArgumentError(
                    f"rows: {where}.{step} has no attributes, got {steps[place + 1]!r} below it"
                )
            target = attribute.target
        raise AssertionError(steps)

    def of_text(self, name: str, text: str) -> Any:
        """The value of a cell of the user's CSV: of the type that the column has, or the text itself."""
        path, _ = self._column(tuple(name.split(".")))
        kind = self._kind(path)
        if kind is Kind.BOOLEAN:
            return {"true": True, "false": False}.get(text.strip().lower(), text)
        if kind in (Kind.NUMBER, Kind.OTHER):
            try:
                return json.loads(text)
            except (ValueError, RecursionError):
                return text
        return text

    def cell(self, path: Path, value: Any) -> str | None:
        """The cell for a value at a path, or None if no cell can carry it."""
        if path not in self._named:
            self._named[path] = len(path) <= MAX_STEPS and all(map(_is_plain, path))
        if not self._named[path]:
            return None
        if isinstance(value, str):
            is_text = value != "" and self._kind(path) in (Kind.TEXT, Kind.UNKNOWN)
            return value if is_text and _is_unicode(value) else None
        if isinstance(value, bool):
            return str(value).lower() if self._kind(path) is Kind.BOOLEAN else None
        if isinstance(value, int | float) and math.isfinite(value):
            return json.dumps(value) if self._kind(path) is Kind.NUMBER else None
        return None

    def _kind(self, path: Path) -> Kind:
        if path not in self._kinds:
            is_extended = path[0] == "extended" and self._entity.__resource__.name == "customers"
            self._kinds[path] = self._extended_kind(path[1:]) if is_extended else self._declared_kind(path)
        return self._kinds[path]

    def _declared_kind(self, path: Path) -> Kind:
        attribute = self._column(path).attribute
        return _kind_of(without_none(attribute.declared)) if isinstance(attribute, Attr) else Kind.UNKNOWN

    def _extended_kind(self, path: Path) -> Kind:
        """By the workspace's declaration: a class may say otherwise, and the service goes by its own."""
        if self._extended is None:
            try:
                self._extended = self._read_extended()
            except APIError:  # many tokens may not read it
                self._extended = {}
        record = self._extended.get(path[0]) if path else None
        if record is None:
            return Kind.UNKNOWN
        schema: Any = {"type": record.type, **record.unknown}
        for key in path[1:]:
            inner = schema.get("properties") if isinstance(schema, dict) else None
            schema = inner.get(key) if isinstance(inner, dict) else None
        found = schema.get("type") if isinstance(schema, dict) else None
        return _BY_SCHEMA.get(found, Kind.UNKNOWN) if isinstance(found, str) else Kind.UNKNOWN


def _kind_of(declared: Any) -> Kind:
    if declared is Any or is_union(declared):
        return Kind.UNKNOWN
    if is_list(declared) or not isinstance(declared, type):
        return Kind.OTHER
    if issubclass(declared, bool):
        return Kind.BOOLEAN
    if issubclass(declared, int | float) and not issubclass(declared, Enum):
        return Kind.NUMBER
    return Kind.TEXT


def _is_plain(step: str) -> bool:
    """Whether a step of a path can be told from others in a header."""
    return (
        bool(step) and "." not in step and step == step.strip() and step.isprintable() and _is_unicode(step)
    )


def _is_unicode(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text
