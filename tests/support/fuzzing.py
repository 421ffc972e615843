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
    if "create_source" in ANSWERED:  # whose token may be renewed, and not the one that all requests carry
        known["sourceId"] = [Walker(sandbox, document).call("create_source").json()["id"]]
    known["customerId"] = sandbox.seed({"externalId": f"seeded-{number}"} for number in range(CUSTOMERS))
    known["eventsOnly"] = [True]  # else a node is emptied of its customers
    folder.joinpath("openapi.json").write_text(json.dumps(_usable(document, known)), encoding="utf-8")
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


def _usable(document: dict[str, Any], known: dict[str, list[str]]) -> dict[str, Any]:
    """The document with what the sandbox answers, and with the ids of what there is."""
    for path, methods in list(document["paths"].items()):
        kept = {method: each for method, each in methods.items() if each["operationId"] in ANSWERED}
        for declared in kept.values():
            for parameter in declared.get("parameters", ()):
                if parameter["name"] in known:
                    parameter["schema"] = {"enum": known[parameter["name"]]}
            for content in declared.get("requestBody", {}).get("content", {}).values():
                properties = content["schema"].get("properties", {})
                pinned = {name: {"enum": ids} for name, ids in known.items()}
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
