"""`contacthub-orm api`: any operation."""

from __future__ import annotations

import json

import pytest

from contacthub_orm.contacthub.api.api import all_operations


def test_without_an_operation_all_are_listed(run):
    listed = json.loads(run("api").stdout)
    assert {one["operation"].split(".")[1] for one in listed} == set(all_operations())


def test_every_operation_is_described(run):
    for name, operation in all_operations().items():
        assert operation.path in run("api", name, "--describe").stdout, name


def test_a_document_is_sent_and_the_answer_printed(run):
    created = run("api", "create_customer", "--body", '{"externalId": "1"}')
    identity = json.loads(created.stdout)["id"]
    read = run("api", "customers.get_customer", f"customerId={identity}")
    assert json.loads(read.stdout)["externalId"] == "1"


def test_a_document_comes_from_a_file_or_the_standard_input(run, tmp_path):
    (tmp_path / "body.json").write_text('{"externalId": "1"}')
    for given, typed in ((f"@{tmp_path / 'body.json'}", None), ("-", '{"externalId": "2"}')):
        assert run("api", "create_customer", "--body", given, typed=typed).exit_code == 0


def test_pages_are_printed_one_or_all(run, contacthub_sandbox):
    contacthub_sandbox.seed([{"externalId": str(number)} for number in range(5)])
    assert len(json.loads(run("api", "list_customers", "size=2").stdout)) == 2
    assert len(json.loads(run("api", "list_customers", "size=2", "--all").stdout)) == 5
    lines = run("api", "list_customers", "size=2", "--format", "csv").stdout.splitlines()
    assert len(lines) == 3
    assert "externalId" in lines[0].split(",")


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["get_custmer"], "did you mean 'get_customer"),
        (["events.get_customer"], "there is no operation"),
        (["get_customer", "customer=1"], "has no argument 'customer'"),
        (["get_customer", "1"], "expected ARGUMENT=VALUE"),
        (["list_customers", "size=many"], "not JSON"),
        (["get_customer", "customerId=1", "--body", "{}"], "sends no document"),
        (["create_customer", "--body", "{"], "not JSON"),
        (["create_customer", "--body", "@nowhere"], "No such file"),
        (["patch_customer", "customerId=1"], "needs body"),
    ],
)
def test_what_makes_no_sense_exits_with_2(run, arguments, reason):
    result = run("api", *arguments)
    assert result.exit_code == 2
    assert reason in result.stderr


def test_what_the_service_refuses_exits_with_1(run):
    result = run("api", "get_customer", "customerId=nobody")
    assert result.exit_code == 1
    assert "404" in result.stderr
