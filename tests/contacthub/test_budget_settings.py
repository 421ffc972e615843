"""The budget of a workspace, from its arguments and from a settings file."""

from __future__ import annotations

from pathlib import Path

import pytest

from contacthub_orm import ConfigurationError, SQLiteBudget, Workspace

CREDENTIALS = "[contacthub]\nworkspace_id = w\ntoken = t\n"


@pytest.fixture
def ini(tmp_path: Path):
    """Makes a settings file with a section `budget`."""

    def make(section: str) -> Path:
        path = tmp_path / "settings.ini"
        path.write_text(f"{CREDENTIALS}[budget]\n{section}")
        return path

    return make


def budget_of(workspace: Workspace):
    return workspace.transport._channel().budget


def test_a_workspace_takes_a_budget(tmp_path, monkeypatch):
    monkeypatch.setenv("CONTACTHUB_WORKSPACE_ID", "w")
    monkeypatch.setenv("CONTACTHUB_TOKEN", "t")
    budget = SQLiteBudget(tmp_path / "b", 600)
    assert budget_of(Workspace("w", "t", budget=budget)) is budget
    assert budget_of(Workspace.from_env(budget=budget)) is budget


def test_a_settings_file_names_the_budget_of_all_who_read_it(ini, tmp_path):
    path = ini(f"path = {tmp_path / 'b'}\nrequests_per_minute = 600\n")
    budget = budget_of(Workspace.from_ini_file(path))
    assert isinstance(budget, SQLiteBudget)
    assert (budget.path, budget.slots) == (tmp_path / "b", 600)
    other = SQLiteBudget(tmp_path / "c", 60)
    assert budget_of(Workspace.from_ini_file(path, budget=other)) is other


@pytest.mark.parametrize(
    ("section", "message"),
    [
        ("requests_per_minute = 6", "a budget has either a path, of a file, or a url"),
        (
            "path = b\nurl = redis://x\nrequests_per_minute = 6",
            "a budget has either a path, of a file, or a url",
        ),
        ("path = b", "a budget has requests_per_minute"),
        (
            "path = b\nrequests_per_minute = many",
            "requests_per_minute and window of a budget must be numbers",
        ),
        ("path = b\nrequest_per_minute = 6", "a budget has no 'request_per_minute'.*requests_per_minute"),
    ],
)
def test_a_budget_that_makes_no_sense_is_refused_with_the_file(ini, section, message):
    with pytest.raises(ConfigurationError, match=rf"settings\.ini: {message}"):
        Workspace.from_ini_file(ini(section))
