"""`contacthub-orm shell`."""

from __future__ import annotations

import sys


def test_session_node_and_entities_are_in_place(run, contacthub_sandbox):
    contacthub_sandbox.seed([{"externalId": "the only one"}])
    typed = "print(session.query(Customer).one().externalId, node.node_id, api.customers is not None)\n"
    result = run("shell", "--plain", typed=typed)
    assert result.exit_code == 0
    assert f"the only one {contacthub_sandbox.node_id} True" in result.stdout


def test_changes_that_were_not_committed_are_told(run, contacthub_sandbox):
    result = run("shell", "--plain", typed="session.add(Customer(externalId='1'))\nexit()\n")
    assert "1 changes were not committed" in result.stderr
    assert run("query", "--count").stdout == "0\n"


def test_a_class_of_ones_own_is_there_too(run, tmp_path, monkeypatch):
    (tmp_path / "crm_of_a_shell.py").write_text(
        "from contacthub_orm import Customer\nclass Member(Customer): pass\n"
    )
    monkeypatch.chdir(tmp_path)
    result = run("shell", "--plain", "--entity", "crm_of_a_shell:Member", typed="print(Member.__mro__[1])\n")
    assert "entities.customer.Customer" in result.stdout


def test_without_ipython_it_is_the_prompt_of_python(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "IPython", None)
    assert "42" in run("shell", typed="print(6 * 7)\n").stdout
