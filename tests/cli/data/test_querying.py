"""`contacthub-orm get` and `contacthub-orm query`."""

from __future__ import annotations

import csv
import io
import json

import pytest

from contacthub_orm.sandbox import people


@pytest.fixture
def ids(contacthub_sandbox):
    documents = [
        {"externalId": "1", "base": {"firstName": "Ada", "lastName": "Wayne"}},
        {"externalId": "2", "base": {"firstName": "Bruno", "lastName": "Wayne"}},
        {"externalId": "3", "base": {"firstName": "Clara", "lastName": "Kent\x1b[31m"}},
    ]
    return contacthub_sandbox.seed(documents)


def test_get_prints_the_documents(run, ids):
    result = run("get", ids[1], ids[0])
    assert [one["externalId"] for one in json.loads(result.stdout)] == ["2", "1"]


def test_get_of_an_id_that_does_not_exist_exits_with_1_and_shows_the_others(run, ids):
    result = run("get", ids[0], "nobody", "--columns", "externalId")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == [{"externalId": "1"}]
    assert result.stderr == "there is no Customer nobody\n"


def test_a_criterion_chooses_the_rows_and_an_order_sorts_them(run, ids):
    arguments = ["--order-by", "Customer.base.firstName.desc()", "--columns", "externalId,base.firstName"]
    result = run("query", 'Customer.base.lastName == "Wayne"', *arguments, "--format", "csv")
    assert result.stdout == "externalId,base.firstName\n2,Bruno\n1,Ada\n"


def test_a_query_in_the_services_form_is_sent_as_it_is(run, ids):
    document = {
        "name": "q",
        "query": {
            "type": "simple",
            "are": {
                "condition": {"type": "atomic", "attribute": "externalId", "operator": "EQUALS", "value": "3"}
            },
        },
    }
    result = run("query", json.dumps(document), "--format", "json")
    assert [one["id"] for one in json.loads(result.stdout)] == [ids[2]]


def test_a_table_does_not_let_data_move_the_cursor(run, ids):
    result = run("query", "Customer.externalId == '3'")
    assert r"Kent\x1b[31m" in result.stdout
    assert "\x1b" not in result.stdout


def test_events_are_asked_for_if_the_criterion_speaks_of_them(run, contacthub_sandbox):
    contacthub_sandbox.seed(people(20))
    result = run("query", "Event.type == 'completedOrder'", "--limit", "2", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["type"] for row in rows] == ["completedOrder"] * 2


def test_count_prints_a_number_and_show_query_sends_nothing(run, ids, contacthub_sandbox):
    assert run("query", "Customer.base.lastName == 'Wayne'", "--count").stdout == "2\n"
    contacthub_sandbox.clear_requests()
    assert '"operator":"EQUALS"' in run("query", "Customer.externalId == '1'", "--show-query").stdout
    assert contacthub_sandbox.requests == []


def test_a_criterion_that_makes_no_sense_exits_with_2_before_anything_is_sent(run, contacthub_sandbox):
    contacthub_sandbox.clear_requests()
    for text in ("Customer.surname == 1", "{", "print(1)"):
        assert run("query", text).exit_code == 2
    assert contacthub_sandbox.requests == []


@pytest.mark.parametrize("command", [["query"], ["get", "1"], ["export", "-", "--file-format", "csv"]])
def test_a_column_that_is_no_path_of_the_class_is_answered_with_the_nearest(run, command):
    result = run(*command, "--columns", "id,base.lastNam")
    assert result.exit_code == 2
    assert "did you mean 'lastName'" in result.stderr


def test_what_the_service_refuses_exits_with_1(run):
    result = run("query", '{"name": "q"}')
    assert result.exit_code == 1
    assert "400" in result.stderr


def test_an_ini_file_names_the_workspace_in_place_of_the_environment(run, ids, contacthub_sandbox, tmp_path):
    settings = tmp_path / "contacthub.ini"
    settings.write_text(
        f"workspace_id = {contacthub_sandbox.workspace_id}\ntoken = {contacthub_sandbox.token}\n"
        f"base_url = {contacthub_sandbox.base_url}\n"
    )
    without = {"CONTACTHUB_TOKEN": "", "CONTACTHUB_WORKSPACE_ID": "", "CONTACTHUB_BASE_URL": ""}
    assert run("query", "--count", **without).exit_code == 1
    assert run("query", "--count", "--settings", settings, **without).stdout == "3\n"
    assert run("query", "--count", CONTACTHUB_SETTINGS=str(settings), **without).stdout == "3\n"


def test_a_throwaway_sandbox_has_people_in_it(run):
    assert run("query", "--sandbox", "--count").stdout == "100\n"


def test_a_class_of_ones_own_is_imported_by_its_name(run, ids, tmp_path, monkeypatch):
    (tmp_path / "crm_of_a_query.py").write_text(
        "from contacthub_orm import Customer\nclass Member(Customer): pass\n"
    )
    monkeypatch.chdir(tmp_path)
    found = run("query", "Member.externalId == '1'", "--entity", "crm_of_a_query:Member", "--count")
    assert found.stdout == "1\n"
    for wrong in ("crm_of_a_query:Nobody", "no_such_module:X", "Custmer"):
        assert run("query", "--entity", wrong).exit_code == 2
