"""Unknown names are refused with the nearest that there is, wherever names are given."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import Customer, Event, Properties, Sandbox, Session, Workspace, attr, sessionmaker
from contacthub_orm.errors import ConfigurationError
from contacthub_orm.http import Settings
from contacthub_orm.suggestions import nearest, suggestion

anything: Any = object()


class Own(Customer):
    """A constructor of one's own hands its arguments on."""

    def __init__(self, number: int, **others: Any) -> None:
        super().__init__(externalId=str(number), **others)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Customer(exernalId="1"), r"^Customer\.__init__\(\) got an unexpected keyword argument 'exernalId'; did you mean 'externalId'\?$"),  # type: ignore[call-arg]
        (lambda: Event(cutomer=None), "did you mean 'customer'"),  # type: ignore[call-arg]
        (lambda: Customer(nod=None), "did you mean 'node'"),  # type: ignore[call-arg]
        (lambda: Own(1, exernalId="1"), "did you mean 'externalId'"),
        (lambda: Session(anything, autoflsh=True), "did you mean 'autoflush'"),  # type: ignore[call-arg]
        (lambda: Session(anything, timout=3), r"'timout'; it takes bind, autoflush"),  # type: ignore[call-arg]
        (lambda: sessionmaker(anything, autoflsh=True), "did you mean 'autoflush'"),
        (lambda: Settings(read_timout=3), "did you mean 'read_timeout'"),  # type: ignore[call-arg]
        (lambda: Workspace("w", "t", settings={"retris": 3}), "did you mean 'retries'"),
        (lambda: Workspace("w", "t", setings={}), "did you mean 'settings'"),  # type: ignore[call-arg]
        (lambda: Workspace("w", "t").get_node("n", matchin=[]), "did you mean 'matching'"),  # type: ignore[call-arg]
        (lambda: Sandbox(serch_delay=3), "did you mean 'search_delay'"),  # type: ignore[call-arg]
    ],
)  # fmt: skip
def test_an_unknown_argument_is_refused_with_the_nearest(call: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call()


def test_a_setting_of_a_running_sandbox_is_refused_with_the_nearest(contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(TypeError, match="did you mean 'page_cap'"):
        contacthub_sandbox.configure(page_cp=3)  # type: ignore[call-arg]


def test_a_type_error_of_another_cause_stays_as_it_is() -> None:
    class Strict(Properties):
        day = attr(default=None, converter=lambda value: value + 1)

    with pytest.raises(TypeError, match=r"can only concatenate|unsupported operand"):
        Strict(day="x")


def test_no_frame_of_a_later_error_holds_the_token() -> None:
    with pytest.raises(ConfigurationError) as refusal:
        Workspace("", "secret-token")

    frame = refusal.value.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_name != "test_no_frame_of_a_later_error_holds_the_token":
            assert "secret-token" not in repr(frame.tb_frame.f_locals)
        frame = frame.tb_next


def test_a_misspelt_variable_of_the_environment_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTACTHUB_WORKSPACE_ID", "w")
    monkeypatch.delenv("CONTACTHUB_TOKEN", raising=False)
    monkeypatch.setenv("CONTACTHUB_TOKN", "t1")

    with pytest.raises(
        ConfigurationError, match=r"^the environment lacks CONTACTHUB_TOKEN \(it has CONTACTHUB_TOKN\) \(see"
    ):
        Workspace.from_env()


def test_a_misspelt_key_of_an_ini_file_is_named(tmp_path: Path) -> None:
    ini = tmp_path / "contacthub.ini"
    ini.write_text("workspace_id = w1\ntokn = t1\n", encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"token \(it has tokn\) missing \(see"):
        Workspace.from_ini_file(ini)


@pytest.mark.parametrize(
    ("name", "expected"), [("emial", "email"), ("EMAIL", "email"), ("firstname", "firstName"), ("zzz", None)]
)
def test_the_nearest_name_is_found_whatever_the_case(name: str, expected: str | None) -> None:
    assert nearest(name, ["email", "firstName"]) == expected


def test_no_near_name_makes_no_suggestion() -> None:
    assert suggestion("zzz", ["email"]) == ""
