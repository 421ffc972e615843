"""The example of a message by preference as a user runs it: a command and the NOTIHUB_* variables."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm.sandbox import Fault, NotihubSandbox

EXAMPLE = Path(__file__).parents[2] / "examples" / "preferred_message.py"
CONTACTS = [
    {"type": "EMAIL", "value": "ada@example.com", "primary": True},
    {"type": "PHONE", "value": "+39 055 123456", "primary": True},
]


@pytest.fixture
def run(
    notihub_sandbox: NotihubSandbox, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Any:
    """Run the example; its exit code and the lines that it printed."""
    spec = importlib.util.spec_from_file_location("preferred_message_example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    for name, value in notihub_sandbox.environment.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str) -> tuple[int, list[str]]:
        code = module.main(arguments)
        return code, capsys.readouterr().out.splitlines()

    return run


@pytest.fixture
def ada(notihub_sandbox: NotihubSandbox) -> str:
    decoy = {"contacts": [{"type": "EMAIL", "value": "more-ada@example.com", "primary": True}]}
    _, found = notihub_sandbox.seed([decoy, {"contacts": CONTACTS}])
    return found


def test_a_message_goes_every_way_without_a_preference(run, ada):
    assert run("ADA@example.com", "news.weekly") == (
        0,
        ["EMAIL: SENT", "PHONE: SENT", "PUSH: SKIPPED_BY_MISSING_CONTACT"],
    )


@pytest.mark.parametrize("before", [[], ["EMAIL", "PUSH"]])
def test_it_goes_the_preferred_way(run, ada, notihub_sandbox, before):
    if before:
        run("ada@example.com", "other.template", "--group", "news", *[f"--prefer={name}" for name in before])
    assert run("ada@example.com", "news.weekly", "--group", "news", "--prefer", "PHONE") == (
        0,
        [
            "EMAIL: SKIPPED_BY_CUSTOMER_MECHANISM_PREFERENCE",
            "PHONE: SENT",
            "PUSH: SKIPPED_BY_CUSTOMER_MECHANISM_PREFERENCE",
        ],
    )
    sent = [request.body for request in notihub_sandbox.requests if request.path == "/messages/"][-1]
    assert sent == {"customerId": ada, "templateId": "news.weekly", "model": {"email": "ada@example.com"}}


def test_a_group_that_is_turned_off_leads_nowhere(run, ada):
    code, lines = run("ada@example.com", "news.weekly", "--group", "news", "--prefer", "NONE")
    assert code == 1
    assert all("PREFERENCE" in line for line in lines)


def test_an_address_that_nobody_has_is_said(run, ada):
    assert run("da@example.com", "news.weekly") == (1, ["nobody has the address da@example.com"])


def test_a_service_that_refuses_stops_it(run, ada, notihub_sandbox):
    notihub_sandbox.faults = [Fault.status(403, method="POST", path="messages")]
    assert run("ada@example.com", "news.weekly") == (2, [])
