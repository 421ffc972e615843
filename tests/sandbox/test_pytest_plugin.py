"""The fixtures that the library brings to every pytest run."""

from __future__ import annotations

import subprocess
import sys

import pytest

from contacthub_orm import Attr, Customer, Embedded, Properties, Workspace, attr, embedded
from tests.contacthub.modelling.configured import configured
from tests.support.stub_service import stub_service


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_an_empty_sandbox_with_default_settings(contacthub_sandbox, turn):
    assert contacthub_sandbox.settings.page_cap == 10_000
    assert contacthub_sandbox.requests == []
    contacthub_sandbox.seed([{"id": "same"}])
    contacthub_sandbox.configure(page_cap=turn)


def test_the_session_is_on_the_node_of_the_sandbox(contacthub_sandbox, contacthub_session):
    [identifier] = contacthub_sandbox.seed([{"base": {"firstName": "Bruce"}}])
    assert contacthub_session.get(Customer, identifier).base.firstName == "Bruce"


@pytest.mark.slow
def test_a_missing_extra_fails_the_test_with_how_to_install_it(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_it(contacthub_sandbox): ...\n")
    code = "import sys, pytest; sys.modules['uvicorn'] = sys.modules['sqlalchemy'] = None; sys.exit(pytest.main(['-q']))"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert found.returncode == 1
    assert 'pip install "contacthub_orm[sandbox,cli]"' in found.stdout


class Loyalty(Properties):
    points: Attr[int | None] = attr(default=None)


class Member(Customer):
    extended: Embedded[Loyalty] = embedded(default=None)


class TestComparingClasses:
    @pytest.fixture(params=["integer", "number"])
    def kind(self, request):
        return request.param

    @pytest.fixture
    def contacthub_workspace(self, kind):
        answer = configured({"points": {"type": kind}})
        with stub_service(answer) as stub, Workspace("W", stub.token, stub.base_url) as workspace:
            yield workspace

    def test_it_fails_where_classes_and_the_workspace_differ(self, contacthub_check, kind):
        if kind == "integer":
            contacthub_check(Member)
        else:
            with pytest.raises(pytest.fail.Exception, match=r"^Member\.extended\.points: wider"):
                contacthub_check(Member)


def test_the_workspace_is_that_of_the_environment(contacthub_sandbox, monkeypatch, request):
    for name, value in contacthub_sandbox.environment.items():
        monkeypatch.setenv(name, value)
    found = request.getfixturevalue("contacthub_workspace")
    assert found.workspace_id == contacthub_sandbox.workspace_id


def test_a_test_that_needs_a_workspace_is_skipped_without_one(monkeypatch, request):
    monkeypatch.delenv("CONTACTHUB_WORKSPACE_ID", raising=False)
    with pytest.raises(pytest.skip.Exception, match="CONTACTHUB_WORKSPACE_ID"):
        request.getfixturevalue("contacthub_workspace")
