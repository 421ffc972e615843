"""Partitions of a load, each saved once however often an engine tries."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest

from contacthub_orm import Customer, JournalError, TransportError
from contacthub_orm.distributed.loading import Job, load


class Died(BaseException):
    """The process is gone."""


@pytest.fixture
def job(tmp_path):
    return Job.begin(tmp_path / "job")


def rows(number, start=0):
    return [{"externalId": str(one), "base.lastName": "Kent"} for one in range(start, start + number)]


def stored(sandbox, node):
    return sorted((one.externalId for one in node.query(Customer)), key=int)


@pytest.mark.parametrize("answers", [1, 2, 3, 5, 9, 15, 20])
def test_a_partition_that_is_killed_and_run_again_holds_every_row_once(
    sandbox, node, job, answers, monkeypatch
):
    sent = []
    real = node.workspace.transport.send

    def send(method, path, **further):
        answer = real(method, path, **further)
        if method == "POST":
            sent.append(path)
            if len(sent) == answers:
                raise Died
        return answer

    monkeypatch.setattr(node.workspace.transport, "send", send)
    with pytest.raises(Died):
        load(node, rows(20), job, 3, settle=0)
    monkeypatch.undo()

    loaded = load(node, rows(20), job, 3, settle=0)

    assert (loaded.rows, loaded.rejected) == (20, 0)
    assert stored(sandbox, node) == [str(one) for one in range(20)]


def test_a_partition_that_has_ended_is_not_written_again(sandbox, node, job):
    first = load(node, rows(5), job, 0)
    sandbox.clear_requests()
    assert load(node, iter(rows(5)), job, 0) == first
    assert len(sandbox.requests) == 0


def test_a_kill_between_the_report_and_the_end_of_the_journal_writes_nothing_again(
    sandbox, node, job, monkeypatch
):
    from contacthub_orm.contacthub.bulk.journal import LoadJournal

    def die(_):
        raise Died

    monkeypatch.setattr(LoadJournal, "finish", die)
    with pytest.raises(Died):
        load(node, rows(5), job, 0)
    monkeypatch.undo()
    sandbox.clear_requests()
    assert load(node, rows(5), job, 0).rows == 5
    assert len(sandbox.requests) == 0


def test_a_kill_before_the_report_is_made_up_from_the_journal(sandbox, node, job, monkeypatch):
    from contacthub_orm.distributed import loading

    def die(*_):
        raise Died

    monkeypatch.setattr(loading, "_write", die)
    with pytest.raises(Died):
        load(node, rows(5), job, 0)
    monkeypatch.undo()
    sandbox.clear_requests()
    assert load(node, rows(5), job, 0).rows == 5
    assert [one.method for one in sandbox.requests if one.method != "GET"] == []


@pytest.mark.parametrize("other", [rows(5, start=1), rows(4), rows(6), rows(5)[::-1]])
def test_other_rows_for_a_partition_that_has_ended_are_refused(node, job, other):
    load(node, rows(5), job, 0)
    with pytest.raises(JournalError, match="the engine gives an attempt other rows"):
        load(node, other, job, 0)


def test_other_rows_for_a_partition_that_was_killed_are_refused(sandbox, node, job, monkeypatch):
    def die(*_, **__):
        raise Died

    monkeypatch.setattr(node.workspace.transport, "send", die)
    with pytest.raises(Died):
        load(node, rows(20), job, 0, settle=0)
    monkeypatch.undo()
    sandbox.clear_requests()
    with pytest.raises(JournalError, match="the engine gives an attempt other rows"):
        load(node, rows(20, start=100), job, 0, settle=0)
    assert len(sandbox.requests) == 0


def test_rows_that_are_refused_are_told_again_by_a_later_attempt(node, job):
    given = [*rows(2), {"externalId": "2", "base.dob": "yesterday"}]
    first = load(node, given, job, 0)
    assert first.rejected == 1
    assert "row 3" in first.reasons[0]
    assert load(node, given, job, 0) == first


def test_rows_are_upserted_by_a_natural_key(sandbox, node, job):
    sandbox.seed([{"externalId": "1", "base": {"firstName": "Clark"}}])
    load(node, rows(3), job, 0, upsert_by=("externalId",))
    assert stored(sandbox, node) == ["0", "1", "2"]
    found = {one.externalId: (one.base.firstName, one.base.lastName) for one in node.query(Customer)}
    assert found["1"] == ("Clark", "Kent")


def test_the_parts_are_summed_up(node, job):
    parts = [load(node, rows(2), job, 0), load(node, [{"externalId": "9", "base.dob": "yesterday"}], job, 1)]
    done = job.finish(parts)
    assert (done.rows, done.rejected, len(done.reasons)) == (3, 1, 1)
    assert json.loads((Path(job.folder) / "_SUCCESS").read_text())["rejected"] == 1


def test_an_empty_partition_is_done(node, job):
    assert load(node, [], job, 0).rows == 0


def test_another_folder_of_the_same_path_is_refused(node, tmp_path):
    there = Job.begin(tmp_path / "job")
    here = pickle.loads(pickle.dumps(there))
    (tmp_path / "job" / "job").write_text("another machine's")
    with pytest.raises(JournalError, match="on a disk that all machines share"):
        load(node, rows(1), here, 0)


def test_a_folder_begun_again_is_the_same_load(tmp_path):
    assert Job.begin(tmp_path / "job") == Job.begin(tmp_path / "job")


def test_what_cannot_be_a_folder_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="cannot be the folder of a load"):
        Job.begin(tmp_path / "file")


def test_what_a_load_leaves_is_its_owners_alone(node, job):
    load(node, rows(1), job, 0)
    folder = Path(job.folder)
    assert folder.stat().st_mode & 0o077 == 0
    assert all(one.stat().st_mode & 0o077 == 0 for one in folder.iterdir())
    assert (
        "Kent"
        not in json.dumps([one.name for one in folder.iterdir()]) + (folder / "part-00000.done").read_text()
    )


def test_a_service_that_is_away_stops_the_load_and_a_later_attempt_goes_on(sandbox, node, job, monkeypatch):
    def away(*_, **__):
        raise TransportError("away", method="POST", url="x")

    monkeypatch.setattr(node.workspace.transport, "send", away)
    with pytest.raises(Exception, match="away"):
        load(node, rows(3), job, 0, settle=0)
    monkeypatch.undo()
    assert load(node, rows(3), job, 0, settle=0).rows == 3
    assert stored(sandbox, node) == ["0", "1", "2"]
