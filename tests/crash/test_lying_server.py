"""A server that lies: the session calls nothing done that is not, loses nothing in silence and writes nothing twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from contacthub_orm import CommitError, Education, Session
from contacthub_orm.http import ManualClock
from contacthub_orm.sandbox import Sandbox
from tests.crash.lying_model import LyingModel
from tests.support.lying_proxy import LyingProxy
from tests.support.server import Server
from tests.support.state_machines import run_model
from tests.support.world import World, customer, refused


@pytest.fixture
def lying(served: tuple[Sandbox, ManualClock]) -> Iterator[type[LyingModel]]:
    """The model, with a proxy that lies in front of its sandbox."""
    with LyingProxy(served[0].base_url) as proxy:
        LyingModel.served, LyingModel.proxy = served, proxy
        yield LyingModel


def test_what_was_written_while_the_server_lied_is_there_once_when_it_stops(lying: type[LyingModel]) -> None:
    run_model(lying, 20, 25, derandomize=True)


@pytest.mark.soak
def test_what_was_written_while_the_server_lied_for_long_is_there_once(lying: type[LyingModel]) -> None:
    run_model(lying, 1000, 50)


def test_an_element_folded_into_a_write_that_a_block_undoes_is_pending_again(world: World) -> None:
    node = world.node()
    with Session(node) as session:
        one, other = customer("one"), customer("other")
        session.add_all([one, other])
        session.commit()
        one.extra = "changed"
        session.put(one)
        session.add(Education(customer=one, id="s1", schoolName="school"))
        world.fault(node, 1, "before", refused())
        with pytest.raises(CommitError), session.begin(atomic=True):
            other.extra = "changed"
        session.commit()
        stored = Server(world.sandbox).get(f"customers/{one.id}")
    assert [element["id"] for element in stored["base"]["educations"]] == ["s1"]
