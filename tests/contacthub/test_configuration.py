"""Where a workspace's settings come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from contacthub_orm import ConfigurationError, Workspace
from contacthub_orm.contacthub.backend.matching_policy import MatchingPolicy
from contacthub_orm.contacthub.configuration import DEFAULT_BASE_URL, from_environment, normalised_base_url
from contacthub_orm.contacthub.settings_file import from_ini

SETTINGS = "workspace_id = w1\ntoken = t1\nbase_url = https://example.com/hub/v1\n"
EXPECTED = {"workspace_id": "w1", "token": "t1", "base_url": "https://example.com/hub/v1"}
NAMES = ("CONTACTHUB_WORKSPACE_ID", "CONTACTHUB_TOKEN", "CONTACTHUB_BASE_URL", "CONTACTHUB_NODE_ID")


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def ini(tmp_path: Path) -> Path:
    return tmp_path / "contacthub.ini"


@pytest.mark.parametrize(
    "content",
    [
        SETTINGS,
        f"[contacthub]\n{SETTINGS}",
        f"[anything]\n{SETTINGS}",
        f"[DEFAULT]\n{SETTINGS}",
        f"# a comment\n\n[contacthub]\n{SETTINGS}",
        f"; a comment\n{SETTINGS}",
        f"[other]\nworkspace_id = no\ntoken = no\n[contacthub]\n{SETTINGS}",
        f"\ufeff[contacthub]\n{SETTINGS}",
        SETTINGS.upper().replace("W1", "w1").replace("T1", "t1").replace("HTTPS://EXAMPLE.COM/HUB/V1", "https://example.com/hub/v1"),
    ],
)  # fmt: skip
def test_an_ini_file_is_read_with_or_without_sections(ini: Path, content: str) -> None:
    ini.write_text(content, encoding="utf-8")

    assert from_ini(ini) == EXPECTED
    assert from_ini(str(ini)) == EXPECTED


def test_a_base_url_may_be_left_out(ini: Path) -> None:
    ini.write_text("workspace_id = w1\ntoken = t1\n")

    assert from_ini(ini) == {"workspace_id": "w1", "token": "t1"}
    assert Workspace.from_ini_file(ini).base_url == DEFAULT_BASE_URL


def test_a_percent_sign_in_a_token_is_a_percent_sign(ini: Path) -> None:
    ini.write_text("workspace_id = w1\ntoken = a%b%(c)s\n")

    assert from_ini(ini)["token"] == "a%b%(c)s"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "workspace_id and token missing"),
        (b"workspace_id = w1\n", "token missing"),
        (b"[contacthub]\ntoken = t1\nworkspace_id =\n", "workspace_id missing"),
        (b"\xff\xfe\x00", "UnicodeDecodeError, not an INI file"),
        (b"[contacthub\ntoken = t1", "not an INI file"),
        (b"[a]\ntoken = 1\ntoken = 2", "DuplicateOptionError, not an INI file"),
        (b"just words", "ParsingError, not an INI file"),
    ],
)
def test_a_bad_ini_file_is_named_with_what_is_wrong(ini: Path, content: bytes, message: str) -> None:
    ini.write_bytes(content)

    with pytest.raises(ConfigurationError, match=message) as refusal:
        from_ini(ini)

    assert str(ini) in str(refusal.value)
    assert "t1" not in str(refusal.value)


def test_a_missing_ini_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.ini: No such file"):
        from_ini(tmp_path / "nowhere.ini")
    with pytest.raises(ConfigurationError, match="Is a directory"):
        from_ini(tmp_path)


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACTHUB_WORKSPACE_ID", "w1")
    monkeypatch.setenv("CONTACTHUB_TOKEN", "t1")

    assert from_environment() == {"workspace_id": "w1", "token": "t1"}
    monkeypatch.setenv("CONTACTHUB_BASE_URL", "https://example.com/hub/v1")
    assert from_environment() == EXPECTED


def test_what_the_environment_lacks_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigurationError, match="CONTACTHUB_WORKSPACE_ID and CONTACTHUB_TOKEN"):
        from_environment()
    monkeypatch.setenv("CONTACTHUB_WORKSPACE_ID", "w1")
    monkeypatch.setenv("CONTACTHUB_TOKEN", "")
    with pytest.raises(ConfigurationError, match="lacks CONTACTHUB_TOKEN \\("):
        Workspace.from_env()


@pytest.mark.parametrize("suffix", ["", "/", "/workspaces", "/workspaces/"])
def test_the_base_url_of_the_documented_sdk_is_accepted(suffix: str) -> None:
    assert normalised_base_url(f"https://example.com/hub/v1{suffix}") == "https://example.com/hub/v1"


def test_a_node_is_named_or_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = Workspace("w1", "t1")

    assert workspace.get_node("n1").node_id == "n1"
    with pytest.raises(ConfigurationError, match="CONTACTHUB_NODE_ID"):
        workspace.get_node()
    monkeypatch.setenv("CONTACTHUB_NODE_ID", "n2")
    assert workspace.get_node().node_id == "n2"


def test_the_token_is_in_no_repr() -> None:
    workspace = Workspace("w1", "secret")

    assert "secret" not in repr(workspace)
    assert "secret" not in repr(workspace.get_node("n1"))
    assert "secret" not in repr(vars(workspace))


@pytest.mark.parametrize("workspace_id", ["", None, 3])
def test_a_workspace_needs_an_id(workspace_id: object) -> None:
    with pytest.raises(ConfigurationError, match="workspace_id"):
        Workspace(workspace_id, "t1")  # type: ignore[arg-type]


FURTHER = """
[settings]
requests_per_minute = 600
read_timeout = 2.5
allow_http = True

[node n1]
matching = base.contacts.email, externalId
case_sensitive = true
policy = BLOCK

[paths]
forget_customer = /workspaces/{workspaceId}/customers/{customerId}/erase
"""


def test_a_settings_file_may_hold_settings_paths_and_matching_policies(ini: Path) -> None:
    ini.write_text(f"[contacthub]\n{SETTINGS}{FURTHER}")

    workspace = Workspace.from_ini_file(ini)

    assert workspace.transport.settings.requests_per_minute == 600
    assert workspace.transport.settings.read_timeout == 2.5
    assert workspace.transport.settings.allow_http is True
    assert workspace.paths == {"forget_customer": "/workspaces/{workspaceId}/customers/{customerId}/erase"}
    assert workspace.get_node("n1").backend._matching == MatchingPolicy(
        ("base.contacts.email", "externalId"), case_sensitive=True, uniqueness="BLOCK"
    )
    assert workspace.get_node("n2").backend._matching is None


def test_what_is_given_replaces_what_the_file_says(ini: Path) -> None:
    ini.write_text(f"[contacthub]\n{SETTINGS}{FURTHER}")
    paths = {"forget_customer": "/workspaces/{workspaceId}/customers/{customerId}/wipe"}

    workspace = Workspace.from_ini_file(ini, paths=paths, requests_per_minute=5)

    assert workspace.transport.settings.requests_per_minute == 5
    assert workspace.paths == paths
    assert workspace.get_node("n1", matching=["externalId"]).backend._matching.properties == ("externalId",)


def test_a_file_without_a_token_takes_that_of_the_environment(
    ini: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTACTHUB_TOKEN", "t2")
    ini.write_text("[contacthub]\nworkspace_id = w1\n")
    assert from_ini(ini)["token"] == "t2"

    ini.write_text(f"[contacthub]\n{SETTINGS}")
    assert from_ini(ini)["token"] == "t1"


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("[settings]\nretrys = 3", "there is no setting 'retrys'; did you mean 'retries'"),
        ("[settings]\nretries = many", "retries must be an integer"),
        ("[paths]\nforget = /x", "there is no operation 'forget'"),
        ("[node n1]\nmatching =", "matching must be paths"),
        ("[node n1]\nmatching = externalId\npolicy = MIX", 'policy must be "MERGE" or "BLOCK"'),
        ("[node n1]\nmatching = externalId\ncase_sensitive = maybe", "case_sensitive must be true or false"),
        ("[node n1]\nmatchin = externalId", "a node has no 'matchin'; did you mean 'matching'"),
    ],
)
def test_an_invalid_section_is_refused_with_what_is_wrong(ini: Path, section: str, message: str) -> None:
    ini.write_text(f"[contacthub]\n{SETTINGS}\n{section}\n")

    with pytest.raises(ConfigurationError) as refusal:
        Workspace.from_ini_file(ini)

    assert message in str(refusal.value)
    assert "t1" not in str(refusal.value)


def test_the_environment_may_be_joined_by_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACTHUB_WORKSPACE_ID", "w1")
    monkeypatch.setenv("CONTACTHUB_TOKEN", "t1")
    paths = {"forget_customer": "/workspaces/{workspaceId}/customers/{customerId}/wipe"}

    assert Workspace.from_env(paths=paths).paths == paths
