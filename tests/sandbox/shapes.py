"""What the facts state of an answer, compared with an answer: fields, types, enumerations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from contacthub_orm.reference import enum, models

KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
    "uuid": (str,),
}


def departures(response: dict[str, Any], answer: Any) -> list[str]:
    """Where an answer departs from what an operation's facts state."""
    return list(_departures(response, answer))


def _departures(response: dict[str, Any], answer: Any) -> Iterator[str]:
    if "page_of" in response:
        yield from _of_object(models()["Page"]["fields"], answer["page"], "page")
        yield from _of_list(response["page_of"], answer["elements"], "elements")
    elif "elements_of" in response:
        yield from _of_list(response["elements_of"], answer["elements"], "elements")
    elif "array_of" in response:
        yield from _of_list(response["array_of"], answer, "")
    elif "map_of" in response:
        yield from _of_map(response["map_of"], answer)
    elif "object" in response:
        yield from _of_model(response["object"], answer, "")
    elif "json_schema" in response:
        if "properties" not in answer:
            yield "no JSON schema"
    elif "fields" in response:
        yield from _of_object(response["fields"], answer, "")
    elif answer is not None:
        yield f"a body where none is stated: {answer}"


def _of_map(kind: str, answer: dict[str, Any]) -> Iterator[str]:
    for name, value in answer.items():
        if kind.startswith("map of "):
            yield from _of_map(kind.removeprefix("map of "), value)
        elif kind.startswith("array of "):
            yield from _of_list(kind.removeprefix("array of "), value, name)
        else:
            yield from _of_model(kind, value, name)


def _of_list(kind: str, answer: Any, path: str) -> Iterator[str]:
    if not isinstance(answer, list):
        yield f"{path}: no list"
        return
    for position, element in enumerate(answer):
        if kind in models():
            yield from _of_model(kind, element, f"{path}[{position}]")
        elif not isinstance(element, KINDS.get(kind.split(":")[0], (object,))):
            yield f"{path}[{position}]: no {kind}"


def _of_model(kind: str, answer: Any, path: str) -> Iterator[str]:
    model = models()[kind]
    yield from _of_object(model["fields"], answer, path, is_open="older" in model)


def _of_object(
    fields: dict[str, Any], answer: dict[str, Any], path: str, *, is_open: bool = False
) -> Iterator[str]:
    for name in answer.keys() - fields.keys():
        if not is_open:
            yield f"{path}.{name}: not stated"
    for name, field in fields.items():
        if name not in answer:
            if not is_open:
                yield f"{path}.{name}: missing"
        else:
            yield from _of_field(field, answer[name], f"{path}.{name}")


def _of_field(field: dict[str, Any], value: Any, path: str) -> Iterator[str]:
    kind = field.get("type", "object")
    if value is None:
        if not field.get("nullable"):
            yield f"{path}: null"
    elif kind in models():
        yield from _of_model(kind, value, path)
    elif kind.startswith("map:"):
        yield from _of_map(kind.split(" to ")[1], value)
    elif not isinstance(value, KINDS[kind]) or (kind != "boolean" and isinstance(value, bool)):
        yield f"{path}: {value!r} is no {kind}"
    elif kind == "array":
        yield from _of_list(field["items"], value, path)
        yield from _choices(field, value, path)
    elif isinstance(field.get("fields"), dict):
        yield from _of_object(field["fields"], value, path, is_open=True)
    else:
        yield from _choices(field, [value], path)


def _choices(field: dict[str, Any], values: list[Any], path: str) -> Iterator[str]:
    if "enum" in field:
        for value in values:
            if value not in (*enum(field["enum"].removeprefix("$")), "BLOCK"):
                yield f"{path}: {value!r} is not in {field['enum']}"
