"""schemathesis against a sandbox: requests generated from the OpenAPI document, and what they were answered."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import attrs

from contacthub_orm.reference import operations
from contacthub_orm.reference.openapi import openapi
from contacthub_orm.sandbox import Sandbox
from tests.support.api_document import closed
from tests.support.walker import Walker
from tools.coverage import handler_of

__all__ = ["ANSWERED", "Fuzzed", "fuzz"]

ANSWERED = {operation["id"]: operation for operation in operations() if handler_of(operation) is not None}
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
CUSTOMERS = 100
HARMLESS = {"maxRequestsPerMinute": 0, "status": "ENABLED"}
"""What a body may say only so: otherwise the sandbox would refuse all that follows."""

SETTINGS = """\
[phases]
examples.extra-data-sources.responses = false
coverage.extra-data-sources.responses = false
fuzzing.extra-data-sources.responses = false

[phases.stateful]
max-steps = 30
inference.algorithms = []
generation.mode = "positive"
generation.max-examples = {scenarios}
"""
"""Ids come from the links alone, and not from whatever answer: that of the token's own source must not be found."""

NOT_REACHED = {401, 403, 404, 405}
RUN = "from schemathesis.cli import schemathesis; schemathesis()"


@attrs.frozen
class Fuzzed:
    """What became of a run.

    Attributes:
        passed: whether every answer fits the document.
        report: what schemathesis printed.
        statuses: how often each operation was answered with each status.
    """

    passed: bool
    report: str
    statuses: dict[str, Counter[int | None]]

    @property
    def unreached(self) -> list[str]:
        """The operations of which no request came to anything that exists."""
        return sorted(name for name in ANSWERED if not self.statuses[name].keys() - NOT_REACHED)


def fuzz(sandbox: Sandbox, folder: Path, phases: str, examples: int, scenarios: int, seed: int = 1) -> Fuzzed:
    """Send generated requests to all operations that the sandbox answers.

    Args:
        sandbox: the sandbox; customers are added to it.
        folder: where the files for schemathesis are put.
        phases: those of `examples`, `coverage`, `fuzzing` and `stateful` to run.
        examples: how many requests to generate for each operation.
        scenarios: how many sequences of requests to generate, each of which follows links.
        seed: what the random requests depend on.
    """
    known: dict[str, list[Any]] = {"workspaceId": [sandbox.workspace_id], "nodeId": [sandbox.node_id]}
    document = closed(openapi(sandbox.base_url, {name: ids[0] for name, ids in known.items()}))
    walker = Walker(sandbox, document)
    own = {name: _own(walker, document, name) for name in ANSWERED}
    known["customerId"] = sandbox.seed({"externalId": f"seeded-{number}"} for number in range(CUSTOMERS))
    usable = _usable(document, known, own)
    folder.joinpath("openapi.json").write_text(json.dumps(usable), encoding="utf-8")
    folder.joinpath("settings.toml").write_text(SETTINGS.format(scenarios=scenarios), encoding="utf-8")
    sandbox.clear_requests()
    command = [
        sys.executable,
        "-c",
        RUN,
        "--config-file",
        "settings.toml",
        "run",
        "openapi.json",
        "--no-color",
    ]
    command += [
        "--url",
        sandbox.base_url,
        "--header",
        f"Authorization: Bearer {sandbox.token}",
        "--checks",
        CHECKS,
    ]
    command += ["--phases", phases, "--max-examples", str(examples), "--seed", str(seed)]
    command += ["--generation-database", "none"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return Fuzzed(done.returncode == 0, done.stdout + done.stderr, _statuses(sandbox))


def _own(walker: Walker, document: dict[str, Any], name: str) -> dict[str, Any]:
    """The ids of something that is made for one operation, so that what it removes is missed by no other."""
    if name == "empty_entry_node":
        return {"nodeId": walker.call("create_entry_node").json()["id"]}
    customer = {"externalId": name, "base": {"contacts": {"email": f"{name}@example.com"}}}
    for path, change in (("", customer), ("/{customerId}/sessions", {"value": name})):
        declared = document["paths"][f"/workspaces/{{workspaceId}}/customers{path}"]["post"]
        declared["requestBody"]["content"]["application/json"]["example"] |= change
    return walker.ids(name)


def _usable(
    document: dict[str, Any], known: dict[str, list[Any]], own: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """The document with what the sandbox answers, and with the ids of what there is."""
    for path, methods in list(document["paths"].items()):
        kept = {method: each for method, each in methods.items() if each["operationId"] in ANSWERED}
        for declared in kept.values():
            ids = known | {name: [value] for name, value in own[declared["operationId"]].items()}
            for parameter in declared.get("parameters", ()):
                in_path = parameter["in"] == "path" and "example" in parameter
                values = ids.get(parameter["name"], [parameter["example"]] if in_path else None)
                if values:
                    parameter["schema"] = {"enum": values}
            for content in declared.get("requestBody", {}).get("content", {}).values():
                properties = content["schema"].get("properties", {})
                pinned = {name: {"enum": values} for name, values in ids.items()}
                pinned |= {name: {"const": value} for name, value in HARMLESS.items()}
                properties |= {name: schema for name, schema in pinned.items() if name in properties}
            for response in declared["responses"].values():
                for name in [name for name in response.get("links", ()) if name not in ANSWERED]:
                    del response["links"][name]
        document["paths"][path] = kept
        if not kept:
            del document["paths"][path]
    return document


def _statuses(sandbox: Sandbox) -> dict[str, Counter[int | None]]:
    patterns = {
        name: re.compile(_pattern(operation["path"]), re.DOTALL) for name, operation in ANSWERED.items()
    }
    by_length = sorted(ANSWERED, key=lambda name: -ANSWERED[name]["path"].count("/"))
    found: dict[str, Counter[int | None]] = defaultdict(Counter)
    for request in sandbox.requests:
        for name in by_length:
            if ANSWERED[name]["method"] == request.method and patterns[name].fullmatch(request.path):
                found[name][request.status] += 1
                break
    return found


def _pattern(path: str) -> str:
    """The paths of an operation; an id at the end may hold slashes."""
    inner = re.sub(r"\{\w+\}(?=/)", "[^/]+", path)
    return "/hub/v1" + re.sub(r"\{\w+\}$", ".+", inner)
