"""Cassettes that name no real host, workspace or node and hold no token."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import vcr

from contacthub_orm import Node, Session, Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.cassettes.scenarios import Scenario

BASE_URL = "https://contacthub.example/hub/v1"
WORKSPACE_ID = "00000000-0000-4000-8000-00000000aaaa"
NODE_ID = "00000000-0000-4000-8000-00000000bbbb"

KEPT_HEADERS = {"content-type", "content-length"}


class Stranger:
    """Puts stand-ins in place of what names a service: its host, its ids."""

    def __init__(self, replaced: Mapping[str, str]) -> None:
        self.replaced = replaced

    def text(self, text: str) -> str:
        for real, stand_in in self.replaced.items():
            text = text.replace(real, stand_in)
        return text

    def request(self, request: Any) -> Any:
        request.uri = self.text(request.uri)
        if request.body:
            request.body = self.text(request.body.decode()).encode()
        request.headers = {
            name: value for name, value in request.headers.items() if name.lower() in KEPT_HEADERS
        }
        return request

    def response(self, response: dict[str, Any]) -> dict[str, Any]:
        body = self.text(response["body"]["string"].decode()).encode()
        headers = {name: value for name, value in response["headers"].items() if name.lower() in KEPT_HEADERS}
        headers = {name: value for name, value in headers.items() if name.lower() != "content-length"}
        return {
            **response,
            "body": {"string": body},
            "headers": {**headers, "content-length": [str(len(body))]},
        }


@contextmanager
def taped(path: Path, stranger: Stranger, mode: str) -> Iterator[Any]:
    """A cassette around all requests; mode "none" replays, "all" records."""
    recorder = vcr.VCR(
        record_mode=mode,
        match_on=["method", "scheme", "host", "port", "path", "query", "body"],
        decode_compressed_response=True,
        before_record_request=stranger.request,
        before_record_response=stranger.response,
    )
    with recorder.use_cassette(str(path)) as cassette:
        yield cassette


@contextmanager
def tape(path: Path, node: Node, mode: str) -> Iterator[Any]:
    """A cassette around the requests to a node; mode "none" replays, "all" records."""
    replaced = {
        node.workspace.base_url: BASE_URL,
        node.workspace.workspace_id: WORKSPACE_ID,
        node.node_id: NODE_ID,
    }
    with taped(path, Stranger(replaced), mode) as cassette:
        yield cassette


def node_of(variables: Mapping[str, str]) -> Node:
    """The node that CONTACTHUB_* variables name, one request at a time, since vcrpy is not thread-safe."""
    workspace = Workspace(
        variables["CONTACTHUB_WORKSPACE_ID"],
        variables["CONTACTHUB_TOKEN"],
        variables["CONTACTHUB_BASE_URL"],
        settings={"max_in_flight": 1},
    )
    return workspace.get_node(variables["CONTACTHUB_NODE_ID"])


def nowhere() -> Node:
    """The node that recorded cassettes speak of; nothing is behind it."""
    workspace = Workspace(
        WORKSPACE_ID, "none-is-needed", BASE_URL, settings={"max_in_flight": 1, "retries": 1, "proxies": {}}
    )
    return workspace.get_node(NODE_ID)


def record(scenario: Scenario, node: Node, folder: Path) -> Any:
    """Play a scenario on a node and write its cassette and its result."""
    path = folder / f"{scenario.name}.yaml"
    path.unlink(missing_ok=True)
    with Session(node) as session, tape(path, node, "all"):
        result = scenario.play(session)
    path.with_suffix(".json").write_text(
        json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return result


def replay(scenario: Scenario, folder: Path) -> Any:
    """Play a scenario from its cassette; every recorded request must be made again, and no other."""
    node = nowhere()
    with (
        node.workspace,
        Session(node) as session,
        tape(folder / f"{scenario.name}.yaml", node, "none") as cassette,
    ):
        result = scenario.play(session)
        assert cassette.all_played
    return result
