"""The data file: whose it is, who may use it, and a disk that is full."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from contextlib import closing

import pytest

from contacthub_orm.sandbox import Sandbox, SandboxError
from tests.sandbox.api import Api

NAMES = ["a?b#c%d e.sqlite", "file:data", "zoë.sqlite", ":memory:", "%41?mode=memory"]


def test_a_second_sandbox_on_the_same_file_is_refused_until_the_first_has_ended(tmp_path):
    path = tmp_path / "data.sqlite"
    with Sandbox(path), pytest.raises(SandboxError, match="is in use"):
        Sandbox(path)
    with Sandbox(path):
        pass


@pytest.mark.slow
def test_a_second_process_is_refused_in_one_line(tmp_path):
    path = tmp_path / "data.sqlite"
    command = [sys.executable, "-c", "from contacthub_orm.cli.main import main; main()", "sandbox", "--data"]
    with Sandbox(path):
        found = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False, timeout=30)
    assert found.returncode == 1
    [line] = found.stderr.splitlines()
    assert "is in use" in line


@pytest.mark.parametrize("name", NAMES)
def test_a_file_may_have_any_name(tmp_path, monkeypatch, http, name):
    monkeypatch.chdir(tmp_path)
    with Sandbox(name) as sandbox:
        customer = Api(sandbox, http).create(externalId="1")
        assert (tmp_path / name).is_file()
    with Sandbox(name) as sandbox:
        assert Api(sandbox, http).customer(customer) == customer
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_another_programs_file_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "other.sqlite"
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE t (x)")
    before = path.read_bytes(), path.stat().st_mode
    with pytest.raises(SandboxError, match="another program"):
        Sandbox(path)
    assert (path.read_bytes(), path.stat().st_mode) == before
    assert [found.name for found in tmp_path.iterdir()] == ["other.sqlite"]


def test_the_files_are_readable_by_their_owner_only(tmp_path):
    path = tmp_path / "data.sqlite"
    with Sandbox(path):
        modes = {stat.S_IMODE(found.stat().st_mode) for found in tmp_path.iterdir()}
    assert modes == {0o600}


def test_no_database_and_a_missing_place_are_one_clear_line(tmp_path):
    (tmp_path / "text").write_text("no database " * 100)
    for path in (tmp_path / "text", tmp_path / "missing" / "data.sqlite", tmp_path):
        with pytest.raises(SandboxError) as found:
            Sandbox(path)
        assert len(str(found.value).splitlines()) == 1


def test_a_full_disk_is_answered_507_and_the_sandbox_goes_on(tmp_path, http):
    with Sandbox(tmp_path / "data.sqlite") as sandbox:
        api = Api(sandbox, http)
        raw = sandbox._service.store._raw
        raw.execute("PRAGMA max_page_count=1")
        body = {"nodeId": sandbox.node_id, "externalId": "1", "extra": "x" * 60_000}
        answer = api.post("/customers", body)
        assert (answer.status_code, set(answer.json()) >= {"message", "logref", "data", "errors"}) == (
            507,
            True,
        )
        raw.execute("PRAGMA max_page_count=1000000")
        assert api.search()["elements"] == []
        assert api.post("/customers", body).status_code == 201


def test_the_token_shows_in_no_vars_of_the_server_and_the_store(sandbox):
    service = sandbox._service
    for part in (sandbox, service, service.store, service.credentials, sandbox._application):
        assert sandbox.token not in repr(vars(part))
