"""`contacthub-orm import`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from contacthub_orm import CompletedOrder, Customer, Session
from contacthub_orm.contacthub.bulk import chunks
from contacthub_orm.http import Transport
from contacthub_orm.sandbox import Fault, people


@pytest.fixture
def held(contacthub_sandbox):
    """What the sandbox holds, by the external ids."""

    def held():
        with Session(contacthub_sandbox.node) as session:
            return {one.externalId: one for one in session.query(Customer).no_tracking()}

    return held


@pytest.fixture
def file(tmp_path):
    def file(name, text):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return file


def test_the_columns_of_a_csv_file_are_paths(run, file, held):
    path = file(
        "people.csv",
        "externalId,base.firstName,base.contacts.email\n1,Zoë,zoe@example.com\n2,,bob@example.com\n",
    )
    result = run("import", path)
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("2 rows: 2 created, 0 updated, 0 unchanged, 0 rejected")
    assert held()["1"].base.firstName == "Zoë"
    assert held()["2"].base.contacts.email == "bob@example.com"


def test_other_columns_are_mapped_or_left_out(run, file, held):
    path = file("people.csv", "No;E-mail;Notes;#reason\n1;ada@example.com;likes tea;x\n")
    mapping = file("columns.toml", '"E-mail" = "base.contacts.email"\nNo = "extra"\n')
    result = run("import", path, "--mapping", mapping, "--map", "No=externalId", "--map", "Notes=")
    assert result.exit_code == 0, result.output
    assert held()["1"].base.contacts.email == "ada@example.com"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ([], "column 'E-mail': Customer declares no attribute 'E-mail'"),
        (["--map", "E-mail=base.email"], "declares no attribute 'email'"),
        (["--map", "Mail=base.contacts.email", "--map", "E-mail="], "has no column 'Mail'"),
        (["--map", "E-mail=externalId"], "two columns of"),
        (["--map", "E-mail"], "expected COLUMN=PATH"),
        (["--map", "E-mail=extra", "--map", "x=extra"], "two columns are mapped to extra"),
        (["--mapping", "nowhere.toml"], "No such file"),
        (["--file-format", "jsonl"], "is not JSON"),
        (["--map", "E-mail=base.contacts.email", "--upsert-by", "base.nothing"], "no attribute 'nothing'"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(
    run, file, contacthub_sandbox, options, reason
):
    path = file("people.csv", "externalId,E-mail\n1,ada@example.com\n")
    result = run("import", path, *options)
    assert result.exit_code in (1, 2)
    assert reason in result.stderr
    assert not path.with_name("people.csv.journal").exists()
    assert [one for one in contacthub_sandbox.requests if one.method != "GET"] == []


def test_a_dry_run_prints_the_plan_and_writes_nothing(run, file, contacthub_sandbox, tmp_path):
    path = file("people.csv", "externalId\n" + "".join(f"{number}\n" for number in range(150)))
    assert run("import", path, "--dry-run").stdout.startswith("150 rows: 1 jobs and 0 single requests")
    assert json.loads(run("import", path, "--dry-run", "--format", "json").stdout)["jobs"] == 1
    assert [one for one in contacthub_sandbox.requests if one.method != "GET"] == []
    assert [one.name for one in tmp_path.iterdir()] == ["people.csv"]


def test_an_upsert_finds_who_exists(run, file, held, contacthub_sandbox):
    contacthub_sandbox.configure(matching=["externalId"])
    contacthub_sandbox.seed([{"externalId": "1", "base": {"contacts": {"email": "ada@example.com"}}}])
    path = file(
        "people.csv", "base.contacts.email,base.firstName\nada@example.com,Ada\neva@example.com,Eva\n"
    )
    result = run("import", path, "--upsert-by", "base.contacts.email")
    assert "1 created, 1 updated" in result.stdout
    assert held()["1"].base.firstName == "Ada"


def test_rejects_go_to_a_file_that_can_be_mended_and_imported(run, file, held, tmp_path):
    path = file("people.csv", "No,Born\n1,1990-12-12\n2,yesterday\n")
    rejects = tmp_path / "rejects.csv"
    options = ["--map", "No=externalId", "--map", "Born=base.dob"]
    result = run("import", path, *options, "--rejects", rejects)
    assert result.exit_code == 1
    header, row = rejects.read_text().splitlines()
    assert header == "No,Born,#row,#reason"
    assert row.startswith("2,yesterday,2,")
    rejects.write_text(rejects.read_text().replace("yesterday", "1991-01-01"))
    assert run("import", rejects, *options).exit_code == 0
    assert str(held()["2"].base.dob) == "1991-01-01"


def test_rejects_never_overwrite_the_file_that_is_imported(run, file):
    path = file("people.csv", "externalId\n1\n")
    assert run("import", path, "--rejects", path).exit_code == 2
    assert path.read_text() == "externalId\n1\n"


def test_a_file_that_is_no_journal_is_left_as_it_is(run, file, held):
    notes = file("notes", "mine")
    for options in ([], ["--resume"]):
        result = run("import", file("people.csv", "externalId\n1\n"), "--journal", notes, *options)
        assert result.exit_code == 1
        assert "is no journal" in result.stderr
        assert notes.read_text() == "mine"
    assert held() == {}


def test_without_a_file_the_first_rejects_are_told(run, file):
    path = file("people.csv", "externalId,base.dob\n" + "".join(f"{number},x\n" for number in range(12)))
    result = run("import", path)
    assert result.exit_code == 1
    assert result.stderr.count("row ") == 10
    assert result.stderr.endswith("and 2 more; --rejects FILE keeps all of them\n")


def test_json_lines_are_documents_and_so_are_their_rejects(run, file, held, tmp_path):
    lines = [
        {"externalId": "1", "base": {"dob": "1990-12-12"}, "mail": "a@example.com"},
        {"externalId": "2", "base": {"dob": "x"}},
    ]
    path = file("people.jsonl", "\n".join(map(json.dumps, lines)))
    rejects = tmp_path / "rejects.jsonl"
    assert run("import", path, "--map", "mail=base.contacts.email", "--rejects", rejects).exit_code == 1
    assert held()["1"].base.contacts.email == "a@example.com"
    told = json.loads(rejects.read_text())
    assert (told["externalId"], told["#row"]) == ("2", 2)


def test_events_are_imported_as_their_class(run, file, contacthub_sandbox):
    (identity,) = contacthub_sandbox.seed([{"externalId": "1"}])
    path = file(
        "orders.csv",
        f"customerId,context,properties.orderId,properties.amount.total\n{identity},ECOMMERCE,O-1,12.5\n",
    )
    assert run("import", path, "--entity", "CompletedOrder").exit_code == 0
    with Session(contacthub_sandbox.node) as session:
        (order,) = session.query(CompletedOrder)
    assert (order.properties.orderId, order.properties.amount.total) == ("O-1", 12.5)


def test_what_export_wrote_is_imported_without_a_change_of_anything(run, held, contacthub_sandbox, tmp_path):
    contacthub_sandbox.seed(people(12))
    before = {key: one.base.to_dict() for key, one in held().items()}
    run("export", tmp_path / "all.csv")
    contacthub_sandbox.reset()
    result = run("import", tmp_path / "all.csv", "--map", "id=", "--map", "nodeId=")
    assert "12 created" in result.stdout
    after = {key: one.base.to_dict() for key, one in held().items()}
    assert after == before


class Killed(BaseException):
    """Stands for a kill: nothing in the library catches it."""


@pytest.fixture
def cut_short(run, file, monkeypatch, contacthub_sandbox):
    """A file whose import died after its second upload, with the answer lost."""
    monkeypatch.setattr(chunks, "MAX_ROWS", 80)
    path = file("people.csv", "externalId\n" + "".join(f"{number}\n" for number in range(200)))
    send = Transport.send
    uploads = []

    def deadly(self, method, target, **request):
        answer = send(self, method, target, **request)
        uploads.extend([1] * (method == "POST" and "bulk-jobs" in target))
        if len(uploads) == 2:
            raise Killed
        return answer

    with monkeypatch.context() as patched:
        patched.setattr(Transport, "send", deadly)
        with pytest.raises(Killed):
            run("import", path)
    return path


def test_after_a_kill_the_same_command_with_resume_writes_each_row_once(run, cut_short, held, tmp_path):
    refused = run("import", cut_short)
    assert refused.exit_code == 1
    assert "go on with --resume" in refused.stderr
    result = run("import", cut_short, "--resume")
    assert result.stdout.startswith("200 rows: 200 created, 0 updated")
    assert [one.version for one in held().values()] == [1] * 200
    assert [one.name for one in tmp_path.iterdir()] == ["people.csv"]


def test_resume_with_another_file_is_refused(run, cut_short, held):
    cut_short.write_text(cut_short.read_text().replace("17\n", "1700\n"))
    result = run("import", cut_short, "--resume")
    assert result.exit_code == 1
    assert "1700" not in held()


def test_resume_begins_if_there_is_nothing_to_go_on_with(run, file):
    path = file("people.csv", "externalId\n1\n")
    assert "1 created" in run("import", path, "--resume").stdout


def test_ctrl_c_ends_with_130_and_says_how_to_go_on(run, file, monkeypatch):
    path = file("people.csv", "externalId\n1\n")

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(Transport, "send", interrupt)
    result = run("import", path)
    assert result.exit_code == 130
    assert "with --resume goes on" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.slow
def test_a_process_that_ctrl_c_stops_leaves_an_import_that_goes_on(run, file, held, contacthub_sandbox):
    path = file("people.csv", "externalId\n" + "".join(f"{number}\n" for number in range(150)))
    contacthub_sandbox.faults = [Fault.slow(1.0, path="nodes/*/bulk-jobs")]
    program = "from contacthub_orm.cli.main import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, "import", str(path)],
        env={**os.environ, **contacthub_sandbox.environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        end = time.monotonic() + 60
        while not any(one.method == "POST" for one in contacthub_sandbox.requests):
            assert time.monotonic() < end
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, told = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert told == "the import is cut short: the same command with --resume goes on\nstopped\n"
    contacthub_sandbox.clear_faults()
    assert "150 rows: 150 created, 0 updated" in run("import", path, "--resume").stdout
    assert [one.version for one in held().values()] == [1] * 150


@pytest.mark.parametrize(
    "text",
    ["", "a,a\n1,2\n", "a,,b\n1,2,3\n", "externalId\n1,2\n", 'externalId\n"1\n', "externalId,extra\n1\n"],
)
def test_a_file_that_is_no_table_is_refused(run, file, text):
    result = run("import", file("people.csv", text))
    assert result.exit_code == 1
    assert "people.csv" in result.stderr


def test_an_excel_file_without_its_package_says_what_to_install(run, file, monkeypatch):
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    result = run("import", file("people.xlsx", ""))
    assert result.exit_code == 1
    assert 'pip install "contacthub_orm[excel]"' in result.stderr
