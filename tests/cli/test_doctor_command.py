"""`contacthub-orm doctor` prints a table, asks before it writes, and writes a settings file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from contacthub_orm import Workspace
from contacthub_orm.cli.main import main
from contacthub_orm.contacthub.doctor import live
from contacthub_orm.sandbox import Fault, Sandbox


def doctor(sandbox: Sandbox, *arguments: str, says: str | None = None) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments], env=sandbox.environment, input=says)


def writes(sandbox: Sandbox) -> list[str]:
    return [request.method for request in sandbox.requests if request.method != "GET"]


def test_without_live_nothing_is_written(contacthub_sandbox: Sandbox) -> None:
    result = doctor(contacthub_sandbox)

    assert result.exit_code == 0, result.output
    lines = [line.split(maxsplit=2) for line in result.stdout.splitlines()]
    assert ["matching", "read", "base.contacts.email; case does not matter"] in lines
    assert writes(contacthub_sandbox) == []
    assert contacthub_sandbox.token not in result.output


def test_live_asks_before_it_writes(contacthub_sandbox: Sandbox) -> None:
    refused = doctor(contacthub_sandbox, "--live", says="n\n")
    assert refused.exit_code == 1
    assert writes(contacthub_sandbox) == []

    agreed = doctor(contacthub_sandbox, "--live", says="y\n")
    assert agreed.exit_code == 0, agreed.output
    assert "search lag" in agreed.stdout
    assert writes(contacthub_sandbox) == ["POST", "POST", "PUT", "DELETE"]


def test_findings_as_json(contacthub_sandbox: Sandbox) -> None:
    result = doctor(contacthub_sandbox, "--live", "--yes", "--format", "json")

    assert result.exit_code == 0, result.output
    found = {one["subject"]: one for one in json.loads(result.stdout)}
    assert found["PUT"]["source"] == "measured"
    assert found["page"] == {"subject": "page", "found": "50 customers or events", "source": "assumed"}


def test_the_settings_file_is_written_and_replaced_only_when_agreed(
    contacthub_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "contacthub.ini"
    contacthub_sandbox.configure(matching=("externalId",))
    result = doctor(contacthub_sandbox, "--live", "--yes", "--write", str(path))

    assert result.exit_code == 0, result.output
    assert "; search lag: " in path.read_text()
    assert contacthub_sandbox.token not in path.read_text()
    monkeypatch.setenv("CONTACTHUB_TOKEN", contacthub_sandbox.token)
    with Workspace.from_ini_file(path) as workspace:
        assert workspace.matching[contacthub_sandbox.node_id].properties == ("externalId",)

    path.write_text("mine")
    assert doctor(contacthub_sandbox, "--write", str(path), says="n\n").exit_code == 1
    assert path.read_text() == "mine"


def test_a_customer_that_was_not_removed_is_told_and_exits_with_1(
    contacthub_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("contacthub_orm.contacthub.doctor.marked_customer._ATTEMPTS", 1)
    contacthub_sandbox.faults = [Fault.status(403, method="DELETE")]

    result = doctor(contacthub_sandbox, "--live", "--yes")

    assert result.exit_code == 1
    assert "NOT REMOVED, remove it by hand: customer " in result.stderr


def test_an_interrupt_removes_the_customer(
    contacthub_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(live, "inferred_paths", interrupt)

    result = doctor(contacthub_sandbox, "--live", "--yes")

    assert result.exit_code == 130
    assert result.output.endswith("stopped\n")
    assert contacthub_sandbox.node.api.customers.list_customers().total == 0


@pytest.mark.parametrize("name", ["CONTACTHUB_TOKEN", "CONTACTHUB_NODE_ID"])
def test_what_the_environment_lacks_is_told(
    contacthub_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv(name, raising=False)
    environment = {key: value for key, value in contacthub_sandbox.environment.items() if key != name}

    result = CliRunner().invoke(main, ["doctor"], env=environment)

    assert result.exit_code == 1
    assert name in result.output


def test_a_wrong_token_is_told_without_a_traceback(contacthub_sandbox: Sandbox) -> None:
    environment = {**contacthub_sandbox.environment, "CONTACTHUB_TOKEN": "wrong-token"}

    result = CliRunner().invoke(main, ["doctor"], env=environment)

    assert result.exit_code == 1
    assert "401" in result.output
    assert "wrong-token" not in result.output
