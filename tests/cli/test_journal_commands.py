"""`contacthub-orm journal` and `contacthub-orm recover` on a journal that a crash left."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from contacthub_orm import Customer, Session, Workspace
from contacthub_orm.cli.main import main
from contacthub_orm.sandbox import Sandbox
from tests.support.world import abandon


class Crash(BaseException):
    pass


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
