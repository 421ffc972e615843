"""`contacthub-orm journal` and `contacthub-orm recover` on a journal that a crash left."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner

from contacthub_orm import Customer, Session, Workspace, drain_events
from contacthub_orm.cli.main import main
from contacthub_orm.sandbox import Sandbox
from tests.support.world import abandon


class Crash(BaseException):
    pass


@attrs.frozen
class Registered:
    where: str


@pytest.fixture
def crashed(tmp_path: Path, contacthub_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The journal of a commit that died before its only request."""
    for name, value in contacthub_sandbox.environment.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "journal"
    with Workspace.from_env() as workspace:
        session = Session(workspace.get_node(), journal=path)
        session.add(Customer(externalId="1", base={"contacts": {"email": "one@example.com"}}))

        def die(*_: object, **__: object) -> None:
            raise Crash

        monkeypatch.setattr(workspace.transport, "send", die)
        with pytest.raises(Crash):
            session.commit()
        abandon(session)
    return path


def test_the_journal_is_readable(crashed: Path, contacthub_sandbox: Sandbox) -> None:
    result = CliRunner().invoke(main, ["journal", str(crashed)])
    assert result.exit_code == 0
    assert "a commit, to be finished" in result.output
    assert "unknown   POST customers" in result.output
    assert contacthub_sandbox.token not in result.output


def test_recover_finishes_the_commit_and_reports_it(crashed: Path, contacthub_sandbox: Sandbox) -> None:
    result = CliRunner().invoke(main, ["recover", str(crashed), "--settle", "0.1"])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("sent       POST customers")
    assert [r.method for r in contacthub_sandbox.requests if r.method == "POST"] == ["POST"]
    after = CliRunner().invoke(main, ["journal", str(crashed)])
    assert "nothing to recover" in after.output


def test_domain_events_that_were_not_handed_over_are_listed(
    contacthub_sandbox: Sandbox, tmp_path: Path
) -> None:
    path = tmp_path / "outbox.journal"
    with Session(contacthub_sandbox.node, journal=path) as session:
        customer = Customer(externalId="1")
        customer.record(Registered("shop\x1b[31m"))
        session.add(customer)
        session.commit()
    result = CliRunner().invoke(main, ["journal", str(path)])
    assert "nothing to recover\n1 domain events were not handed over\ndue " in result.output
    assert f'Registered customers/{customer.id} {{"where": "shop' in result.output
    assert "\x1b" not in result.output
    told = json.loads(CliRunner().invoke(main, ["journal", str(path), "--format", "json"]).output)
    assert [(one["name"], one["due"]) for one in told["events"]] == [("Registered", True)]
    assert drain_events(path, lambda _: None) == 1, "listing them left them there"


def test_domain_events_of_a_commit_that_was_cut_short_wait(
    contacthub_sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "outbox.journal"
    session = Session(contacthub_sandbox.node, journal=path)
    customer = Customer(externalId="1")
    customer.record(Registered("shop"))
    session.add(customer)

    def die(*_: object, **__: object) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(contacthub_sandbox.workspace.transport, "send", die)
        with pytest.raises(Crash):
            session.commit()
    abandon(session)
    assert "\nwaits     " in CliRunner().invoke(main, ["journal", str(path)]).output


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, contacthub_sandbox: Sandbox) -> None:
    for command in ("journal", "recover"):
        environment = contacthub_sandbox.environment
        result = CliRunner().invoke(main, [command, str(tmp_path / "none")], env=environment)
        assert result.exit_code == 1
        assert "there is no such file" in result.output


def test_what_is_left_open_makes_recover_exit_with_1(
    crashed: Path, contacthub_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    contacthub_sandbox.configure(mandatory=("base.lastName",))
    result = CliRunner().invoke(main, ["recover", str(crashed), "--settle", "0"])
    assert result.exit_code == 1
    assert result.output.startswith("failed     POST customers")
