"""The fixtures that the library brings to every pytest run."""

from __future__ import annotations

import subprocess
import sys

import pytest

from contacthub_orm import Customer


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_finds_an_empty_sandbox_with_default_settings(contacthub_sandbox, turn):
    assert contacthub_sandbox.settings.page_cap == 10_000
    assert contacthub_sandbox.requests == []
    contacthub_sandbox.seed([{"id": "same"}])
    contacthub_sandbox.configure(page_cap=turn)


def test_the_session_is_on_the_node_of_the_sandbox(contacthub_sandbox, contacthub_session):
    [identifier] = contacthub_sandbox.seed([{"base": {"firstName": "Bruce"}}])
    assert contacthub_session.get(Customer, identifier).base.firstName == "Bruce"


def test_a_missing_extra_fails_the_test_with_how_to_install_it(tmp_path):
    (tmp_path / "test_it.py").write_text("def test_it(contacthub_sandbox): ...\n")
    code = "import sys, pytest; sys.modules['uvicorn'] = sys.modules['sqlalchemy'] = None; sys.exit(pytest.main(['-q']))"
    found = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert found.returncode == 1
    assert 'pip install "contacthub_orm[sandbox,cli]"' in found.stdout
