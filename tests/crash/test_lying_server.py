"""A server that lies: the session calls nothing done that is not, loses nothing in silence and writes nothing twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contacthub_orm.http import ManualClock
from contacthub_orm.sandbox import Sandbox
from tests.crash.lying_model import LyingModel
from tests.support.lying_proxy import LyingProxy
from tests.support.state_machines import run_model


@pytest.fixture
def lying(served: tuple[Sandbox, ManualClock]) -> Iterator[type[LyingModel]]:
    """The model, with a proxy that lies in front of its sandbox."""
    with LyingProxy(served[0].base_url) as proxy:
        LyingModel.served, LyingModel.proxy = served, proxy
        yield LyingModel


def test_what_was_written_while_the_server_lied_is_there_once_when_it_stops(lying: type[LyingModel]) -> None:
    run_model(lying, 20, 25)


@pytest.mark.soak
def test_what_was_written_while_the_server_lied_for_long_is_there_once(lying: type[LyingModel]) -> None:
    run_model(lying, 1000, 50)
