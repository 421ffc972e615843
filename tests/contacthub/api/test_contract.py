"""Every operation of the facts, as the client sends it."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import contacthub_orm
from contacthub_orm.contacthub.api.api import GROUPS, all_operations
from contacthub_orm.contacthub.api.operation import operations_of
from contacthub_orm.reference import enum, models, operations
from tests.contacthub.api.conftest import Recording
from tools.api_client.modules import modules

FACTS = {facts["id"]: facts for facts in operations()}
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
FOLDER = Path(contacthub_orm.__file__).parent / "contacthub" / "api"


def sample(field: dict[str, Any]) -> Any:
    """A value that follows a field's rules."""
    kind = field.get("type")
    if isinstance(field.get("fields"), dict):
        return {}
    if kind == "array":
        if "enum" in field:
            return [enum(field["enum"].removeprefix("$"))[0]]
        return [document(field["items"])] if field["items"] in models() else ["one"]
    if kind in models():
        return document(kind)
    if "enum" in field:
        return enum(field["enum"].removeprefix("$"))[0]
    formats = {
        "date-time": NOW,
        "date": NOW.date(),
        "binary": b"externalId\n1",
        "uri": "https://a.it",
        "email": "a@a.it",
    }
    kinds = {"string": "text", "integer": 1, "number": 1, "boolean": True, "object": {}}
    return formats.get(field.get("format", ""), kinds.get(str(kind), {}))


def document(model: str) -> dict[str, Any]:
    return {
        name: sample(field)
        for name, field in models()[model].get("fields", {}).items()
        if field.get("required") is True
    }


def body_of(facts: dict[str, Any]) -> dict[str, Any]:
    body = facts["body"]
    if "object" in body:
        return document(body["object"])
    if "map_of" in body:
        return {"a": ["text"] if body["map_of"] == "array of string" else {}}
    chosen = body.get("exactly_one_of", [])[:1]
    return {
        name: sample(field)
        for name, field in body["fields"].items()
        if field.get("required") or name in chosen
    }


def on_the_wire(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return "2026-01-02T03:04:05.000Z"
    return value.isoformat() if isinstance(value, date) else str(value)


def answer_to(facts: dict[str, Any]) -> Any:
    response = facts["response"]
    if "page_of" in response:
        number = 1 if any(one["name"] == "page" for one in facts["query"]) else 0
        return {"elements": [], "page": {"size": 20, "number": number, "totalElements": 0}}
    if "elements_of" in response:
        return {"elements": []}
    if "array_of" in response:
        return []
    if "raw" in response:
        return "a,b"
    return None if "empty" in response else {}


def method_of(api: Any, name: str) -> Any:
    (group,) = (group for group, cls in GROUPS.items() if name in operations_of(cls))
    return getattr(getattr(api, group), name)


def call(name: str) -> dict[str, Any]:
    """What is sent if an operation is called with a value for everything that it takes."""
    recording = Recording()
    facts = FACTS[name]
    arguments = {
        one["name"]: sample(one)
        for one in [*facts["path_params"], *facts["query"]]
        if one["name"] != "workspaceId"
    }
    if facts["body"]:
        arguments["body"] = body_of(facts)
    recording.answers = [answer_to(facts)]
    method_of(recording.api(), name)(**arguments)
    (request,) = recording.sent
    return request


def test_the_client_has_the_operations_of_the_facts_and_no_others() -> None:
    assert set(all_operations()) == set(FACTS)
    assert len(FACTS) == 127


def test_an_operation_is_sent_with_the_method_and_path_of_the_facts() -> None:
    for name, facts in FACTS.items():
        values = {one["name"]: str(sample(one)) for one in facts["path_params"]} | {"workspaceId": "W"}
        request = call(name)

        assert request["method"] == facts["method"], name
        assert f"/{request['path']}" == facts["path"].format(**values), name


def test_an_operation_sends_the_parameters_of_the_facts() -> None:
    for name, facts in FACTS.items():
        expected = {one["name"]: on_the_wire(sample(one)) for one in facts["query"]}

        assert call(name)["params"] == expected, name


def test_an_operation_sends_a_body_where_the_facts_have_one() -> None:
    for name, facts in FACTS.items():
        request = call(name)

        assert ("json" in request or "content" in request) == (facts["body"] is not None), name


def test_an_operation_says_whether_its_path_is_documented() -> None:
    for name, declared in all_operations().items():
        inferred = FACTS[name]["path_provenance"] == "inferred"
        says = inspect.getdoc(declared.function) or ""

        assert declared.inferred == inferred, name
        assert ("The path is inferred" in says) == inferred, name
        assert ("The path is documented" in says) == (not inferred), name


@pytest.mark.parametrize(
    ("name", "parameter"),
    [
        (facts["id"], one["name"])
        for facts in FACTS.values()
        for one in [*facts["path_params"], *facts["query"]]
        if str(one.get("enum", "")).startswith("$")
    ],
)
def test_a_parameter_refuses_what_its_enumeration_does_not_have(
    name: str, parameter: str, recording: Recording
) -> None:
    facts = FACTS[name]
    arguments = {
        one["name"]: sample(one)
        for one in [*facts["path_params"], *facts["query"]]
        if one["name"] != "workspaceId"
    }
    if facts["body"]:
        arguments["body"] = body_of(facts)

    with pytest.raises(contacthub_orm.ValidationError, match=f"{parameter}: must be one of"):
        method_of(recording.api(), name)(**{**arguments, parameter: "odd"})

    assert recording.sent == []


@pytest.mark.slow
def test_what_is_checked_in_is_what_the_facts_make() -> None:
    pytest.importorskip("ruff", reason="the generator formats with a linter, which CI installs once")
    made = modules()

    assert {name: (FOLDER / name).read_text(encoding="utf-8") for name in made} == made
