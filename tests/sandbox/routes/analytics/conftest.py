"""A sandbox on 1 May 2024 at noon (UTC), and its analytics by plain HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from tests.sandbox.api import Api
from tests.sandbox.conftest import Clock

Figures: TypeAlias = Callable[..., Any]


@pytest.fixture(autouse=True)
def _time(clock: Clock) -> Clock:
    return clock


@pytest.fixture
def figures(api: Api) -> Figures:
    """The `data` of an answer."""

    def figures(path: str, **query: Any) -> Any:
        answer = api.get(f"/analytics{path}", **query)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    return figures


def counted(series: dict[str, Any]) -> dict[str, int]:
    """The values of a time series that are not zero, by their dates."""
    return {value["datetime"]: int(value["value"]) for value in series["values"] if int(value["value"])}
