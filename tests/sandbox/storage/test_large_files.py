"""Data files that are too large to be read as a whole when they are opened."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from contacthub_orm.sandbox import Sandbox
from contacthub_orm.sandbox.records import refreshing
from contacthub_orm.sandbox.storage import datafile
from tests.sandbox.api import Api
from tests.sandbox.conftest import Clock


@pytest.fixture
def large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that counts as large, although it has two customers."""
    monkeypatch.setattr(refreshing, "FEW", 0)
    monkeypatch.setattr(datafile, "CHECKED_BYTES", 0)
    path = tmp_path / "sandbox.sqlite"
    with Sandbox(path) as sandbox:
        sandbox.seed([{"externalId": "1"}, {"externalId": "2"}])
    return path


@pytest.fixture
def refreshed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The documents that are refreshed."""
    texts: list[str] = []
    genuine = refreshing._refreshed

    def noted(text: str, *rest: Any) -> dict[str, Any]:
        texts.append(text)
        return genuine(text, *rest)

    monkeypatch.setattr(refreshing, "_refreshed", noted)
    return texts


def test_opening_one_reads_no_customer(large: Path, refreshed: list[str]) -> None:
    with Sandbox(large):
        assert refreshed == []


def test_customers_follow_another_matching_policy(large: Path, refreshed: list[str], http: Any) -> None:
    with Sandbox(large, matching=["externalId"]) as sandbox:
        assert len(refreshed) == 2
        api = Api(sandbox, http)
        api.create(externalId="1", extra="x")
        assert api.search()["page"]["totalElements"] == 2


def test_customers_get_the_form_that_is_set(large: Path, http: Any) -> None:
    with Sandbox(large) as sandbox:
        sandbox.configure(unset="null")
        assert Api(sandbox, http).create(externalId="3")["base"] is None
    with Sandbox(large) as sandbox:
        assert all(one["base"] is not None for one in Api(sandbox, http).search()["elements"])


def test_a_search_delay_that_was_not_over_still_holds(large: Path, http: Any) -> None:
    clock = Clock()
    with Sandbox(large, search_delay=30, clock=clock) as sandbox:
        Api(sandbox, http).create(externalId="3")
    with Sandbox(large, clock=clock) as sandbox:
        api = Api(sandbox, http)
        assert api.search()["page"]["totalElements"] == 2
        clock.turn(30)
        assert api.search()["page"]["totalElements"] == 3


def test_it_says_how_far_it_is_with_many_customers(
    large: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(refreshing, "REPORTED", 2)
    with Sandbox(large, matching=["externalId"]):
        pass
    assert caplog.messages == ["2 customers of the data file have the form and the keys of this sandbox"]
