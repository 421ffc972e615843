"""The recorded exchanges, replayed without any server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from vcr.errors import CannotOverwriteExistingCassetteException

from contacthub_orm import Customer, Session
from contacthub_orm.sandbox import Sandbox
from tests.cassettes.record import record_all
from tests.cassettes.scenarios import SCENARIOS
from tests.cassettes.tape import BASE_URL, node_of, nowhere, replay, tape

FOLDER = Path(__file__).parents[2] / "cassettes"

scenarios = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


def recorded_result(folder: Path, scenario: Any) -> Any:
    return json.loads((folder / f"{scenario.name}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def recorder() -> Iterator[Sandbox]:
    """The sandbox on which this module records."""
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def fresh(recorder, tmp_path_factory) -> Path:
    """A folder of cassettes, recorded once for all tests of this module."""
    folder = tmp_path_factory.mktemp("cassettes")
    node = node_of(recorder.environment)
    with node.workspace:
        record_all(node, recorder.token, folder)
    return folder


@scenarios
def test_replaying_gives_what_recording_gave(scenario):
    assert replay(scenario, FOLDER) == recorded_result(FOLDER, scenario)


@scenarios
def test_the_sandbox_still_gives_what_was_recorded(fresh, scenario):
    assert recorded_result(fresh, scenario) == recorded_result(FOLDER, scenario)
    assert replay(scenario, fresh) == recorded_result(fresh, scenario)


def test_results_are_those_the_scenarios_are_for():
    results = {scenario.name: recorded_result(FOLDER, scenario) for scenario in SCENARIOS}
    assert results["create"]["account"] == ["done POST customers", "done POST events"]
    assert results["query"]["reachable"] == ["Charles", "Ada"]
    assert results["change"]["plan"] == [
        {"base": {"address": {"city": "London"}}, "tags": {"manual": ["engineer"]}}
    ]
    assert results["delete"] == {"account": ["done DELETE customers"], "found": None}
    assert results["refuse"]["refusals"] == [["BadRequestError", 400]]


def test_a_request_that_was_not_recorded_is_refused():
    node = nowhere()
    with (
        node.workspace,
        tape(FOLDER / "create.yaml", node, "none"),
        pytest.raises(CannotOverwriteExistingCassetteException),
    ):
        node.workspace.transport.send("GET", "workspaces/other/customers")


class TestScrubbing:
    @pytest.mark.parametrize("cassette", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.name)
    def test_no_cassette_names_a_token_or_a_real_host(self, cassette):
        text = cassette.read_text(encoding="utf-8")
        assert "bearer" not in text.lower()
        assert "authorization" not in text.lower()
        assert "127.0.0.1" not in text
        for interaction in yaml.safe_load(text)["interactions"]:
            assert interaction["request"]["uri"].startswith(f"{BASE_URL}/workspaces/")

    def test_every_scenario_has_a_cassette_and_every_cassette_a_scenario(self):
        assert {path.stem for path in FOLDER.glob("*.yaml")} == {scenario.name for scenario in SCENARIOS}

    def test_a_recording_holds_nothing_of_where_it_was_made(self, fresh, recorder):
        texts = [path.read_text(encoding="utf-8") for path in fresh.iterdir()]
        assert len(texts) == 2 * len(SCENARIOS)
        for secret in (
            recorder.token,
            recorder.workspace_id,
            recorder.node_id,
            recorder.base_url,
            "Bearer",
        ):
            assert not any(secret in text for text in texts)

    @pytest.mark.slow
    def test_a_token_that_slips_through_is_found(self, contacthub_sandbox, tmp_path):
        node = node_of(contacthub_sandbox.environment)
        with node.workspace, pytest.raises(SystemExit, match=r"held the token"):
            record_all(node, "Lovelace", tmp_path)

    def test_the_sandbox_is_left_without_the_scenarios(self, fresh, recorder):
        with Session(recorder.node) as session:
            assert session.query(Customer).count() == 0
