"""What values a property may have, whether a JSON schema says so or a declared type."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeAlias

import attrs

__all__ = [
    "ANYTHING",
    "Alternatives",
    "Anything",
    "Choice",
    "Field",
    "ListOf",
    "Scalar",
    "Shape",
    "Structure",
    "covers",
    "field_of",
    "shape_of",
    "text",
]

_DEEPEST: Final = 20
"""Levels of a schema that are read; what is deeper may be anything."""

_FORMATS: Final = ("date", "date-time", "time")
_SCALARS: Final = ("string", "integer", "number", "boolean")


@attrs.frozen
class Anything:
    """Any value."""


@attrs.frozen
class Scalar:
    """A value of one kind: a type of JSON schema, or one of its formats."""

    kind: str


@attrs.frozen
class Choice:
    """One of some values."""

    values: tuple[Any, ...]


@attrs.frozen
class ListOf:
    """A list of values."""

    element: Shape


@attrs.frozen
class Alternatives:
    """A value of one of several shapes."""

    shapes: tuple[Shape, ...]


@attrs.frozen
class Field:
    """A property: its values, and what is said of it.

    Attributes:
        shape: what values it may have.
        description: what it means, in the workspace's words.
        required: whether its object must have it.
        max_length: the largest number of characters of a string, if that is stated.
    """

    shape: Shape
    description: str | None = None
    required: bool = False
    max_length: int | None = None


@attrs.frozen
class Structure:
    """An object with named properties; with any if `fields` is None."""

    fields: Mapping[str, Field] | None = None


Shape: TypeAlias = Anything | Scalar | Choice | ListOf | Alternatives | Structure

ANYTHING: Final = Anything()


def shape_of(schema: Any, depth: int = 0) -> Shape:
    """The shape that a JSON schema states; what it leaves open, or says in a way that is not known here, is anything."""
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return ANYTHING
    if (alternative := _alternative(schema)) is not None:
        return shape_of(alternative, depth + 1)
    return _choice(schema.get("enum")) or _of_kind(schema, depth)


def _of_kind(schema: Mapping[str, Any], depth: int) -> Shape:
    kind = _kind(schema)
    if kind == "object":
        return _structure(schema, depth)
    if kind == "array":
        return ListOf(shape_of(schema.get("items"), depth + 1))
    if kind == "string" and schema.get("format") in _FORMATS:
        return Scalar(schema["format"])
    return Scalar(kind) if kind in _SCALARS else ANYTHING


def _alternative(schema: Mapping[str, Any]) -> Any:
    """The only schema in a `oneOf` or `anyOf` that is not null's."""
    for name in ("oneOf", "anyOf"):
        several = schema.get(name)
        if isinstance(several, list):
            others = [one for one in several if one != {"type": "null"}]
            return others[0] if len(others) == 1 else {}
    return None


def _choice(values: Any) -> Choice | None:
    """The values of an `enum`, if a Literal can name them all."""
    given = [one for one in values if one is not None] if isinstance(values, list) else []
    is_nameable = given and all(isinstance(one, str | int) for one in given)
    return Choice(tuple(dict.fromkeys(given))) if is_nameable and len(set(map(type, given))) == 1 else None


def _kind(schema: Mapping[str, Any]) -> str | None:
    """The type, without null; None if there are several. The published schemas also write `number/null`."""
    stated = schema.get("type")
    kinds = stated.split("/") if isinstance(stated, str) else stated if isinstance(stated, list) else []
    others = [one for one in kinds if one != "null"]
    if len(others) == 1 and isinstance(others[0], str):
        return others[0]
    return "object" if not others and isinstance(schema.get("properties"), Mapping) else None


def _structure(schema: Mapping[str, Any], depth: int) -> Structure:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping) or not properties:
        return Structure()
    required = schema.get("required")
    return Structure(
        {
            name: field_of(one, depth + 1, required=isinstance(required, list) and name in required)
            for name, one in properties.items()
        }
    )


def field_of(schema: Any, depth: int = 0, *, required: bool = False) -> Field:
    """The property that a JSON schema with Contacthub's own keys states (`contactlabProperties`)."""
    shape = shape_of(schema, depth)
    if not isinstance(schema, Mapping):
        return Field(shape)
    own = schema.get("contactlabProperties")
    own = own if isinstance(own, Mapping) else {}
    said = (
        one for one in (schema.get("description"), own.get("label")) if isinstance(one, str) and one.strip()
    )
    length = own.get("maxLength", schema.get("maxLength"))
    if shape != Scalar("string") or not isinstance(length, int) or isinstance(length, bool) or length < 1:
        length = None
    return Field(shape, next(said, None), required, length)


def covers(wide: Shape, narrow: Shape) -> bool:
    """Whether each value of the second shape is one of the first. Objects are compared by their properties, elsewhere."""
    if wide == ANYTHING:
        return True
    if isinstance(narrow, Alternatives):
        return all(covers(wide, one) for one in narrow.shapes)
    if isinstance(wide, Alternatives):
        return any(covers(one, narrow) for one in wide.shapes)
    if isinstance(wide, ListOf) and isinstance(narrow, ListOf):
        return covers(wide.element, narrow.element)
    return _covers_other(wide, narrow)


def _covers_other(wide: Shape, narrow: Shape) -> bool:
    if isinstance(wide, Choice):
        known = [(type(one), one) for one in wide.values]  # True is no 1
        return isinstance(narrow, Choice) and all((type(one), one) in known for one in narrow.values)
    if isinstance(wide, Structure):
        return isinstance(narrow, Structure)
    return isinstance(wide, Scalar) and _covers_scalar(wide.kind, narrow)


def _covers_scalar(kind: str, narrow: Shape) -> bool:
    if isinstance(narrow, Choice):
        return all(kind in _kinds_of(one) for one in narrow.values)
    if not isinstance(narrow, Scalar):
        return False
    below = {"string": (*_FORMATS, "uuid"), "number": ("integer",)}
    return narrow.kind == kind or narrow.kind in below.get(kind, ())


def _kinds_of(value: Any) -> tuple[str, ...]:
    if isinstance(value, bool):
        return ("boolean",)
    return (
        ("string",)
        if isinstance(value, str)
        else ("integer", "number")
        if isinstance(value, int)
        else ("number",)
    )


def text(shape: Shape) -> str:
    """A shape in a few words."""
    if isinstance(shape, Scalar):
        return shape.kind
    if isinstance(shape, Choice):
        return "one of " + ", ".join(map(str, shape.values))
    if isinstance(shape, ListOf):
        return f"list of {text(shape.element)}"
    if isinstance(shape, Alternatives):
        return " or ".join(map(text, shape.shapes))
    return "object" if isinstance(shape, Structure) else "anything"
