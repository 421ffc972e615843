"""The example of an audit trail, on a session whose commits succeed, fail and are undone."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import CommitError, Customer, Session
from contacthub_orm.sandbox import Fault, Sandbox

EXAMPLE = Path(__file__).parents[2] / "examples" / "audit.py"


@pytest.fixture
def sink(tmp_path: Path) -> Path:
    return tmp_path / "audit.jsonl"


@pytest.fixture
def trail(contacthub_session: Session, sink: Path) -> Any:
    spec = importlib.util.spec_from_file_location("audit_example", EXAMPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.AuditTrail(contacthub_session, "ada@example.com", sink)


def lines(sink: Path) -> Iterator[tuple[str, str, Any, Any]]:
    for line in sink.read_text(encoding="utf-8").splitlines() if sink.exists() else []:
        found = json.loads(line)
        assert found["who"] == "ada@example.com"
        assert found["when"].endswith("+00:00")
        assert found["entity"][0] == "customers"
        yield found["verb"], found["path"], found["old"], found["new"]


def test_each_changed_path_has_a_line_with_both_values(
    trail: Any, contacthub_session: Session, sink: Path
) -> None:
    with trail:
        one = Customer(externalId="1", base={"firstName": "Žofie"})
        contacthub_session.add(one)
        contacthub_session.commit()
        one.base.firstName = "Zoe"
        one.extra = "new"
        contacthub_session.commit()
    contacthub_session.delete(one)
    contacthub_session.commit()
    found = list(lines(sink))
    assert ("POST", "base.firstName", None, "Žofie") in found
    assert found[-2:] == [("PATCH", "base.firstName", "Žofie", "Zoe"), ("PATCH", "extra", None, "new")]


def test_what_a_failed_commit_has_done_is_written_too(
    trail: Any, contacthub_session: Session, contacthub_sandbox: Sandbox, sink: Path
) -> None:
    contacthub_sandbox.faults = [Fault.status(400, method="POST", nth=2)]
    contacthub_session.add_all([Customer(externalId="1"), Customer(externalId="2")])
    with pytest.raises(CommitError), trail:
        contacthub_session.commit()
    assert len([path for _, path, _, _ in lines(sink) if path == "externalId"]) == 1


def test_what_an_atomic_commit_has_undone_is_not_written(
    trail: Any, contacthub_session: Session, contacthub_sandbox: Sandbox, sink: Path
) -> None:
    contacthub_sandbox.faults = [Fault.status(400, method="POST", nth=2)]
    contacthub_session.add_all([Customer(externalId="1"), Customer(externalId="2")])
    with pytest.raises(CommitError) as caught, trail:
        contacthub_session.commit(atomic=True)
    assert [one.reason for one in caught.value.undone] == [None]
    assert list(lines(sink)) == []


def test_the_class_fits_in_forty_lines() -> None:
    code = EXAMPLE.read_text(encoding="utf-8").partition("class AuditTrail")[2]
    assert len(code.splitlines()) <= 40
