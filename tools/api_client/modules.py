"""The modules that are written: enumerations, records, bodies and the groups of operations."""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from typing import Any

from contacthub_orm.reference import enum, models, operations
from tools.api_client.shapes import Shapes
from tools.api_client.types import LONG_ENUMS, OPEN_ENUMS, camel, type_of_value

__all__ = ["modules"]

GROUPS = {
    "analytics": "analytics",
    "bulk_jobs": "bulk_jobs",
    "consents": "consents",
    "customers": "customers",
    "educations": "customer_elements",
    "likes": "customer_elements",
    "jobs": "customer_elements",
    "events": "events",
    "models": "models",
    "send": "send",
    "sessions": "sessions",
    "subscriptions": "subscriptions",
    "updates": "updates",
    "workspaces": "workspaces",
    "user": "user",
}
"""The module of a group of the facts. The elements below a customer are customers' operations too."""

CONFIGURATION = {
    "/events": "events",
    "/retention-policy": "events",
    "/consent-policy": "events",
    "/payload-size": "events",
    "/products": "events",
    "/plan": "events",
    "/nodes/entries": "entry_nodes",
    "/nodes/aggregates": "aggregate_nodes",
    "/nodes": "nodes",
    "/sources": "sources",
    "/users": "sources",
    "/properties": "customer_properties",
    "/customers": "customer_properties",
}
"""The module of a part of the configuration, by the path below it; what else there is comes to `workspace`."""

ACCEPTED = 202
ROOT = "/workspaces/{workspaceId}"
MARK = "# Written by `python -m tools.api_client` from the facts in `contacthub_orm/reference`. Do not edit."
BASE = "contacthub_orm.contacthub.api"


def module_of(operation: dict[str, Any]) -> str:
    """The module, below `groups`, that declares an operation."""
    if operation["group"] != "configuration":
        return GROUPS[operation["group"]]
    below = operation["path"].removeprefix(f"{ROOT}/configuration")
    parts = [part for part in CONFIGURATION if below.startswith(part)]
    return f"configuration/{CONFIGURATION[max(parts, key=len)] if parts else 'workspace'}"


def modules() -> dict[str, str]:
    """The text of every module, by its path below `contacthub_orm/contacthub/api`."""
    shapes = Shapes()
    found = {"records/enums.py": _enums()}
    for module in sorted(set(shapes.body_module_of.values())):
        found[f"bodies/{module}.py"] = _bodies(shapes, module)
    for module in sorted(set(shapes.module_of.values())):
        found[f"records/{module}.py"] = _records(shapes, module)
    by_module: dict[str, list[dict[str, Any]]] = {}
    for operation in operations():
        by_module.setdefault(module_of(operation), []).append(operation)
    for module, declared in by_module.items():
        found[f"groups/{module}.py"] = _group(shapes, module, declared)
    return {name: _formatted(text) for name, text in sorted(found.items())}


def _formatted(text: str) -> str:
    """The text without unused imports (`date` is a type and a field), as ruff formats it."""
    fixed = _ruff("check", "--isolated", "--fix-only", "--quiet", "--select", "F401", "-", text=text)
    return _ruff("format", "--isolated", "--line-length", "110", "-", text=fixed)


def _ruff(*arguments: str, text: str) -> str:
    command = [sys.executable, "-m", "ruff", *arguments]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def _enum_names() -> list[str]:
    used: set[str] = set()

    def look(facts: Any) -> None:
        if isinstance(facts, dict):
            used.add(str(facts.get("enum", "")).removeprefix("$"))
            facts = list(facts.values())
        for one in facts if isinstance(facts, list) else ():
            look(one)

    look([operations(), models()])
    return sorted(used - OPEN_ENUMS - LONG_ENUMS - {""})


def _enums() -> str:
    aliases = [
        f"{camel(name)}: TypeAlias = Literal[{', '.join(repr(value) for value in enum(name))}]"
        for name in _enum_names()
    ]
    names = ", ".join(f'"{camel(name)}"' for name in sorted(_enum_names(), key=camel))
    return "\n".join(
        [
            '"""The closed enumerations of parameters and bodies."""',
            "",
            MARK,
            "",
            "from typing import Literal, TypeAlias",
            "",
            f"__all__ = [{names}]",
            "",
            *aliases,
        ]
    )


def _used(text: str, names: Any) -> list[str]:
    return sorted(name for name in names if re.search(rf"\b{name}\b", text))


def _import(module: str, text: str, names: Any) -> list[str]:
    used = _used(text, names)
    return [f"from {module} import {', '.join(used)}"] if used else []


RULES = (
    "AtLeast",
    "AtMost",
    "Distinct",
    "Email",
    "Filled",
    "Length",
    "Matches",
    "OneOf",
    "SumLength",
    "Uri",
)


def _records(shapes: Shapes, module: str) -> str:
    own = [name for name in shapes.records if shapes.module_of[name] == module]
    text = "\n\n".join(shapes.records[name] for name in own)
    others = {name: where for name, where in shapes.module_of.items() if where != module}
    imports = [
        line
        for other in sorted(set(others.values()))
        for line in _import(f"{BASE}.records.{other}", text, [n for n, w in others.items() if w == other])
    ]
    return "\n".join(
        [
            f'"""Answers about {module}."""',
            "",
            MARK,
            "",
            *_import("datetime", text, ["date", "datetime"]),
            *_import("typing", text, ["Any"]),
            "",
            "import attrs",
            "",
            f"from {BASE}.answers import Record",
            *imports,
            "",
            f"__all__ = [{', '.join(repr(name) for name in sorted(own))}]",
            "",
            text,
        ]
    )


def _bodies(shapes: Shapes, module: str) -> str:
    own = [name for name in shapes.bodies if shapes.body_module_of[name] == module]
    text = "\n\n".join(shapes.bodies[name] for name in own)
    return "\n".join(
        [
            f'"""What operations on {module} send. A key that is left out is not sent; None is sent as null."""',
            "",
            MARK,
            "",
            *_import("datetime", text, ["date", "datetime"]),
            *_import("typing", text, ["Annotated", "Any", "Required", "TypedDict"]),
            "",
            *_bodies_of_others(shapes, module, text),
            *_import(f"{BASE}.checks", text, RULES),
            *_import(f"{BASE}.records.enums", text, [camel(name) for name in _enum_names()]),
            *_import("contacthub_orm.contacthub.values.timezones", text, ["Timezone"]),
            "",
            f"__all__ = [{', '.join(repr(name) for name in sorted(own))}]",
            "",
            text,
        ]
    )


def _bodies_of_others(shapes: Shapes, module: str, text: str) -> list[str]:
    others = sorted(set(shapes.body_module_of.values()) - {module})
    return [
        line
        for other in others
        for line in _import(
            f"{BASE}.bodies.{other}",
            text,
            [n for n, where in shapes.body_module_of.items() if where == other],
        )
    ]


def _group(shapes: Shapes, module: str, declared: list[dict[str, Any]]) -> str:
    name = camel(module.split("/")[-1])
    if "/" in module:
        name = f"{name}Configuration"
    base = "CustomerElements" if module == "customers" else "Group"
    methods = "\n\n".join(textwrap.indent(_method(shapes, one), "    ") for one in declared)
    subject = module.split("/")[-1].replace("_", " ")
    about = f"the configuration of {subject}" if "/" in module else subject
    records = sorted(set(shapes.module_of.values()))
    imports = [
        *_import(f"{BASE}.answers", methods, ["Pages"]),
        *_import(f"{BASE}.checks", methods, RULES),
        *([f"from {BASE}.groups.customer_elements import {base}"] if base != "Group" else []),
        f"from {BASE}.operation import {'' if base != 'Group' else 'Group, '}operation",
    ]
    for bodies in sorted(set(shapes.body_module_of.values())):
        sent = [one for one, where in shapes.body_module_of.items() if where == bodies]
        imports += _import(f"{BASE}.bodies.{bodies}", methods, sent)
    for record in records:
        own = [one for one, where in shapes.module_of.items() if where == record]
        imports += _import(f"{BASE}.records.{record}", methods, own)
    imports += _import(f"{BASE}.records.enums", methods, [camel(one) for one in _enum_names()])
    return "\n".join(
        [
            f'"""Operations on {about}."""',
            "",
            MARK,
            "",
            *_import("datetime", methods, ["date", "datetime"]),
            *_import("typing", methods, ["Annotated", "Any"]),
            "",
            *sorted(imports, key=lambda line: line.split()[1]),
            "",
            f'__all__ = ["{name}"]',
            "",
            f"class {name}({base}):",
            f'    """Operations on {about}."""',
            "",
            methods,
        ]
    )


def _method(shapes: Shapes, facts: dict[str, Any]) -> str:
    inferred = ", inferred=True" if facts["path_provenance"] == "inferred" else ""
    alternatives = (facts["body"] or {}).get("exactly_one_of")
    one_of = f", one_of={tuple(alternatives)!r}" if alternatives else ""
    accepted = ", accepted=True" if facts["success"] == ACCEPTED else ""
    returns = shapes.answer(facts)
    return "\n".join(
        [
            f'@operation("{facts["method"]}", "{facts["path"]}"{inferred}{one_of}{accepted})',
            f"def {facts['id']}({', '.join(_parameters(shapes, facts))}) -> {returns}:",
            textwrap.indent(_docstring(shapes, facts, returns), "    "),
            "    ...",
        ]
    )


def _parameters(shapes: Shapes, facts: dict[str, Any]) -> list[str]:
    path = [one for one in facts["path_params"] if one["name"] not in ("workspaceId", "nodeId")]
    found = ["self", *(f"{one['name']}: {type_of_value(one, '', str)}" for one in path)]
    body = shapes.body(facts)
    if body is not None:
        found.append(f"body: {body}")
    named = []
    for one in facts["path_params"]:
        if one["name"] == "nodeId":
            named.append(f'nodeId: {type_of_value(one, "", str)} = ""')
    query = sorted(facts["query"], key=lambda one: not one["required"])
    for one in query:
        kind = type_of_value(one, "", str)
        if one["required"]:
            named.append(f"{one['name']}: {kind}" + (' = ""' if one["name"] == "nodeId" else ""))
        else:
            named.append(f"{one['name']}: {kind.removesuffix(' | None')} | None = None")
    return found + (["*", *named] if named else [])


def _wrapped(text: str, indent: str, first: str | None = None) -> str:
    return textwrap.fill(
        text, 100, initial_indent=indent if first is None else first, subsequent_indent=indent
    )


def _docstring(shapes: Shapes, facts: dict[str, Any], returns: str) -> str:
    lines = [f'"""{facts["title"]}.', ""]
    if facts["deprecated"]:
        lines += ["The service marks it as deprecated.", ""]
    known = facts["path_provenance"]
    source = {"seed-text": "the reference 1.299.1", "swagger-1.51": "the swagger 1.51"}.get(known, known)
    lines += [
        "The path is inferred: no document states it."
        if known == "inferred"
        else f"The path is documented: {source}.",
        "",
    ]
    arguments = _arguments(shapes, facts)
    if arguments:
        lines += ["Args:", *arguments, ""]
    if returns != "None":
        lines += ["Returns:", _wrapped(_returned(returns), "    "), ""]
    lines += [
        "Raises:",
        "    ValidationError: if arguments break rules; nothing is sent.",
        f"    TransportError: if there is no usable answer{'' if facts['method'] == 'GET' else '; OutcomeUnknown if it may have been done'}.",
        _wrapped(f"APIError: if the service refuses it{_documented(facts)}.", "        ", "    "),
        '"""',
    ]
    return "\n".join(lines)


def _documented(facts: dict[str, Any]) -> str:
    errors = sorted(facts["errors"])
    return f"; documented: {', '.join(errors)}" if errors else ""


def _arguments(shapes: Shapes, facts: dict[str, Any]) -> list[str]:
    lines = []
    for one in facts["path_params"]:
        if one["name"] == "nodeId":
            lines.append("    nodeId: the node's id; `node.api` fills it in.")
        elif one["name"] != "workspaceId":
            lines.append(f"    {one['name']}: part of the path.")
    if shapes.body(facts) is not None:
        lines.append("    body: the document to send.")
        alternatives = facts["body"].get("exactly_one_of")
        if alternatives:
            lines[-1] = (
                f"    body: the document to send, with one of {' and '.join(alternatives)} and not both."
            )
    for one in facts["query"]:
        says = one.get("note") or (
            "`node.api` fills it in" if one["name"] == "nodeId" else "a parameter of the URL"
        )
        default = f"; the service's default is {one['default']}" if "default" in one else ""
        lines.append(_wrapped(f"{one['name']}: {says}{default}.", "        ", "    "))
    return lines


def _returned(returns: str) -> str:
    if returns.startswith("Pages"):
        return "The first page that was asked for; iterating it fetches those after it."
    if returns == "str":
        return "The text of the file."
    if returns == "dict[str, Any]":
        return "The document as it came: a JSON schema."
    return (
        "The answer; fields that no document states are in its records' `unknown`."
        if "Record" in returns or "Answer" in returns
        else "The answer."
    )
