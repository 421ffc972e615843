"""`contacthub-orm models` writes a module, and `contacthub-orm check` compares classes with the workspace."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from contacthub_orm.cli.main import main
from tests.contacthub.modelling.configured import configured, event_schema
from tests.support.stub_service import stub_service

MODELS = """
from contacthub_orm import Attr, Customer, Embedded, Event, Properties, attr, embedded


class Loyalty(Properties):
    points: Attr[int | None] = attr(default=None)


class Member(Customer):
    extended: Embedded[Loyalty] = embedded(default=None)


class Anything(Event):
    pass
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    for name in ("our_models", "our_workspace"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    (tmp_path / "our_models.py").write_text(MODELS)
    return tmp_path


def test_models_prints_a_module_without_the_token_or_a_date(folder: Path) -> None:
    answer = configured({"points": {"type": "integer"}}, {"viewedPage": event_schema("viewedPage")})
    with stub_service(answer) as stub:
        result = CliRunner().invoke(main, ["models"], env=stub.environment)
        again = CliRunner().invoke(main, ["models"], env=stub.environment)

        assert result.exit_code == 0, result.output
        assert result.output == again.output
        assert "points: Attr[int | None]" in result.output
        assert stub.token not in result.output
        (folder / "our_workspace.py").write_text(result.output)
        checked = CliRunner().invoke(main, ["check", "our_workspace"], env=stub.environment)
    assert (checked.exit_code, checked.output) == (0, "nothing differs: WorkspaceCustomer\n")


@pytest.mark.parametrize("name", ["our_models", "our_models:Member"])
def test_check_tells_differences_and_exits_with_1(name: str) -> None:
    with stub_service(configured({"points": {"type": "number"}})) as stub:
        result = CliRunner().invoke(main, ["check", name], env=stub.environment)

    assert result.exit_code == 1
    assert result.output.startswith("Member.extended.points: wider (integer here, number there)")


def test_check_writes_json() -> None:
    with stub_service(configured({})) as stub:
        result = CliRunner().invoke(main, ["check", "our_models", "--format", "json"], env=stub.environment)

    assert result.exit_code == 1
    assert json.loads(result.output) == [
        {
            "model": "Member",
            "path": "extended.points",
            "kind": "missing there",
            "here": "integer",
            "there": None,
        }
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("our_models:Membre", "our_models has no class 'Membre'"),
        ("nowhere", "nowhere cannot be imported: ModuleNotFoundError"),
        ("our_models:Loyalty", "Loyalty is no subclass of Customer"),
        ("json", "json declares no class of customers"),
    ],
)
def test_what_cannot_be_compared_exits_with_2(name: str, message: str) -> None:
    with stub_service(configured({})) as stub:
        result = CliRunner().invoke(main, ["check", name], env=stub.environment)

    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize("arguments", [["models"], ["check", "our_models"]])
def test_a_refusal_of_the_service_is_told_without_a_traceback(arguments: list[str]) -> None:
    with stub_service(lambda *_: (403, {"message": "not for you"})) as stub:
        result = CliRunner().invoke(main, arguments, env=stub.environment)

    assert result.exit_code == 2
    assert "not for you" in result.output
    assert stub.token not in result.output
