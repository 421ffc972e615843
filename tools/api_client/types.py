"""The Python types of the facts: of answers, of bodies and of parameters."""

from __future__ import annotations

import re
from typing import Any

from contacthub_orm.reference import models

__all__ = ["camel", "class_name", "type_in_answer", "type_of_value"]

MODELS = models()
MAPS = {"ExtendedValues"}
"""Models that are objects with names of the workspace's own."""

OPEN_ENUMS = {"currencies", "exclusion_patterns_seen"}
"""Enumerations of which the sources say that there are other values."""

LONG_ENUMS = {"timezones"}
SCALARS = {
    "string": "str",
    "uuid": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "object": "dict[str, Any]",
}
FORMATS = {"date-time": "datetime", "date": "date", "binary": "bytes"}
CHECKED = {"email": "Email", "uri": "Uri"}
"""The types of what is sent as a string of a format. An answer is taken as it is, and an id that no entity has is not found."""


def camel(name: str) -> str:
    """`list_nodes` as the name of a class."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def class_name(model: str) -> str:
    """The class of a model's answers. The package has a `Node` and a `Workspace` of other meanings."""
    return f"{model}Record"


def _is_model(name: Any) -> bool:
    return name in MODELS and name not in MAPS


def type_in_answer(field: dict[str, Any], nested: str) -> str:
    """The type of a field of an answer, which may always be absent.

    Args:
        field: the field's facts.
        nested: the class of a field that is an object with fields of its own.
    """
    kind = field.get("type")
    if isinstance(field.get("fields"), dict):
        return nested
    if kind == "array":
        return f"list[{_item(field.get('items'), class_name)}]"
    if found := re.fullmatch(r"map: .* to (\w+)", str(kind)):
        return f"dict[str, {class_name(found[1])}]"
    if _is_model(kind):
        return class_name(str(kind))
    if kind in MAPS:
        return "dict[str, Any]"
    return FORMATS.get(field.get("format", ""), SCALARS.get(str(kind), "Any"))


def _item(item: Any, naming: Any) -> str:
    if _is_model(item):
        return str(naming(item))
    return SCALARS.get(item, "dict[str, Any]" if str(item).startswith("object") else "Any")


def type_of_value(field: dict[str, Any], nested: str, naming: Any) -> str:
    """The type of a value that is sent, with the rules that it must follow.

    Args:
        field: the field's facts.
        nested: the class of a field that is an object with fields of its own.
        naming: gives the class of a model.
    """
    kind = field.get("type")
    enum = str(field.get("enum", "")).removeprefix("$")
    choice = camel(enum) if enum and enum not in OPEN_ENUMS | LONG_ENUMS else None
    if isinstance(field.get("fields"), dict):
        found = nested
    elif kind == "array":
        found = f"list[{choice or CHECKED.get(field.get('items', '')) or _item(field.get('items'), naming)}]"
    elif match := re.fullmatch(r"map: .* to (\w+)", str(kind)):
        found = f"dict[str, {naming(match[1])}]"
    elif _is_model(kind):
        found = naming(kind)
    elif kind in MAPS:
        found = "dict[str, Any]"
    else:
        form = field.get("format", "")
        found = choice or (FORMATS | CHECKED).get(form, SCALARS.get(str(kind), "Any"))
    rules = _rules(field, enum)
    if rules:
        found = f"Annotated[{found}, {', '.join(rules)}]"
    return f"{found} | None" if field.get("nullable") else found


def _rules(field: dict[str, Any], enum: str) -> list[str]:
    rules = []
    if "min" in field:
        rules.append(f"AtLeast({field['min']})")
    if "max" in field:
        rules.append(f"AtMost({field['max']})")
    most = field.get("max_length", field.get("max_items"))
    least = field.get("min_items", 0)
    if isinstance(most, int) or least:
        limits = [f"most={most}"] if isinstance(most, int) else []
        rules.append(f"Length({', '.join(limits + ([f'least={least}'] if least else []))})")
    if "sum_length" in field:
        rules.append(f"SumLength({field['sum_length']})")
    if field.get("unique"):
        rules.append("Distinct()")
    if "pattern" in field:
        rules.append(f"Matches({field['pattern']!r})")
    if enum in LONG_ENUMS:
        rules.append("OneOf('a time zone', frozenset(Timezone))")
    return rules
