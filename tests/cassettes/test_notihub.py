"""The recorded exchanges with Notihub, replayed without any server."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from vcr.errors import CannotOverwriteExistingCassetteException

from contacthub_orm.sandbox import NotihubSandbox
from tests.cassettes.notihub import (
    BASE_URL,
    EXAMPLES,
    FOLDER,
    TOKEN,
    NotihubStranger,
    nowhere,
    record,
    refuse_secrets,
    replay,
)
from tests.cassettes.tape import taped

examples = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.__name__)


def recorded_result(folder: Path, example: Any) -> Any:
    return json.loads((folder / f"{example.__name__}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def fresh(tmp_path_factory) -> tuple[Path, dict[str, str]]:
    """A folder of cassettes, recorded once for all tests of this module, and the variables of where."""
    folder = tmp_path_factory.mktemp("cassettes")
    with NotihubSandbox() as sandbox:
        record(sandbox.environment, folder)
        return folder, sandbox.environment


@examples
def test_replaying_gives_what_recording_gave(example):
    assert replay(example, FOLDER) == recorded_result(FOLDER, example)


@examples
def test_the_sandbox_still_gives_what_was_recorded(fresh, example):
    folder, _ = fresh
    assert recorded_result(folder, example) == recorded_result(FOLDER, example)
    assert replay(example, folder) == recorded_result(folder, example)


def test_every_example_has_a_cassette_and_every_cassette_an_example():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {example.__name__ for example in EXAMPLES}


def test_a_request_that_was_not_recorded_is_refused():
    with (
        nowhere() as notihub,
        taped(FOLDER / "create.yaml", NotihubStranger({}), "none"),
        pytest.raises(CannotOverwriteExistingCassetteException),
    ):
        notihub.customers.get("other")


def test_no_cassette_names_a_key_a_token_or_a_real_host():
    for path in FOLDER.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"authorization|bearer|basic|127\.0\.0\.1", text, re.IGNORECASE)
        assert set(re.findall(r'"accessToken": *"([^"]*)"', text)) == {TOKEN}
        for interaction in yaml.safe_load(text)["interactions"]:
            assert interaction["request"]["uri"].startswith(f"{BASE_URL}/")


def test_a_recording_holds_nothing_of_where_it_was_made(fresh):
    folder, variables = fresh
    texts = [path.read_text(encoding="utf-8") for path in folder.iterdir()]
    assert len(texts) == 2 * len(EXAMPLES)
    assert not [value for value in variables.values() if any(value in text for text in texts)]


def test_a_key_that_slips_through_is_found(tmp_path):
    path = tmp_path / "create.yaml"
    path.write_text("body: the-secret-key")
    with pytest.raises(SystemExit, match="held a key"):
        refuse_secrets(path, ["the-secret-key"])
    assert not path.exists()
