"""Elements of a list that are entities of their own, in one session, against a model of plain values."""

from __future__ import annotations

from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contacthub_orm import Customer, Education, Session
from contacthub_orm.http import ManualClock
from contacthub_orm.sandbox import Sandbox
from tests.support.state_machines import run_model
from tests.support.world import World

NAMES = st.sampled_from(["Home", "Gotham", "Arkham", None])
PLACES = st.integers(0, 3)

Names = dict[str, str | None]


class Model(RuleBasedStateMachine):
    """What the service holds (`saved`), what the list shows (`mine`) and what waits beside it, in rows of their own.

    A row that waits to be saved is not changed in the list as well, nor the other way round.
    """

    served: ClassVar[tuple[Sandbox, ManualClock]]

    def __init__(self) -> None:
        super().__init__()
        sandbox, clock = self.served
        sandbox.reset()
        self.world = World(sandbox, clock)
        self.session = Session(self.world.node())
        self.customer = Customer(externalId="1")
        self.session.add(self.customer)
        self.session.commit()
        self.identity = str(self.customer.id)
        self.saved: Names = {}
        self.mine: Names = {}
        self.edited: Names = {}
        self.added: Names = {}
        self.deleted: set[str] = set()
        self.name: tuple[str | None, str | None] = (None, None)
        self.count = 0

    def teardown(self) -> None:
        self.session.close()
        for transport in self.world.transports:
            transport.close()

    # -- in the list --------------------------------------------------------------------------------------------------

    @rule(name=NAMES)
    def write(self, name: str | None) -> None:
        self.customer.base.firstName = name
        self.name = (self.name[0], name)

    @rule(name=NAMES)
    def append_an_element(self, name: str | None) -> None:
        identity = self._next()
        self.customer.base.educations.append(Education(id=identity, schoolName=name))
        self.mine[identity] = name

    @rule(place=PLACES, name=NAMES)
    def edit_an_element(self, place: int, name: str | None) -> None:
        element = self._free_element(place)
        if element is not None:
            self._write(element, name)

    @rule(place=PLACES)
    def take_an_element_out(self, place: int) -> None:
        element = self._free_element(place)
        if element is not None:
            self.customer.base.educations.remove(element)
            del self.mine[str(element.id)]

    @rule()
    def turn_the_list_round(self) -> None:
        self.customer.base.educations.reverse()
        self.mine = dict(reversed(self.mine.items()))

    # -- beside it ----------------------------------------------------------------------------------------------------

    @rule(name=NAMES)
    def add(self, name: str | None) -> None:
        identity = self._next()
        self.session.add(Education(customer=self.customer, id=identity, schoolName=name))
        self.added[identity] = name

    @rule(place=PLACES, name=NAMES, by_ids=st.booleans())
    def edit(self, place: int, name: str | None, *, by_ids: bool) -> None:
        row = self._free_row(place, by_ids=by_ids)
        if row is not None:
            self._write(row, name)

    @rule(place=PLACES, by_ids=st.booleans())
    def delete(self, place: int, *, by_ids: bool) -> None:
        row = self._free_row(place, by_ids=by_ids)
        if row is not None:
            self.session.delete(row)
            self.deleted.add(str(row.id))

    # -- all together -------------------------------------------------------------------------------------------------

    @rule()
    def commit(self) -> None:
        self.session.commit()
        self.mine = {
            one: name
            for one, name in {**self.mine, **self.edited, **self.added}.items()
            if one not in self.deleted
        }
        self.saved, self.name = dict(self.mine), (self.name[1], self.name[1])
        self.edited, self.added, self.deleted = {}, {}, set()

    @rule()
    def rollback(self) -> None:
        self.session.rollback()
        self.mine, self.name = dict(self.saved), (self.name[0], self.name[0])
        self.edited, self.added, self.deleted = {}, {}, set()

    @rule()
    def fail_in_a_nested_block(self) -> None:
        with pytest.raises(RuntimeError), self.session.begin_nested():
            self.session.add(Education(customer=self.customer, id="inner", schoolName="inner"))
            for row in self.customer.educations[:1]:
                self.session.delete(row)
            for row in [*self.customer.base.educations, *self.customer.educations]:
                row.schoolName = "inner"
            self.customer.base.educations.clear()
            raise RuntimeError

    @rule()
    def read_anew(self) -> None:
        found = self.session.query(Customer).one()
        assert found is self.customer

    # -- reading, and what always holds -------------------------------------------------------------------------------

    @rule()
    def the_user_reads_what_the_model_says(self) -> None:
        assert self.customer.base.firstName == self.name[1]
        assert [(str(one.id), one.schoolName) for one in self.customer.base.educations] == list(
            self.mine.items()
        )
        rows = {str(one.id): one.schoolName for one in self.customer.educations}
        assert rows == {
            one: self.edited.get(one, name) for one, name in self.saved.items() if one not in self.deleted
        }

    @invariant()
    def the_session_knows_what_waits(self) -> None:
        assert sorted(str(one["id"]) for one in self.session.new) == sorted(self.added)
        assert {str(one["id"]) for one in self.session.deleted} == self.deleted
        changed = self.name[0] != self.name[1] or list(self.mine.items()) != list(self.saved.items())
        edited = self.edited.keys() - self.deleted
        assert {str(one["id"]) for one in self.session.dirty} == edited | (
            {self.identity} if changed else set()
        )

    @invariant()
    def the_service_holds_what_was_saved(self) -> None:
        with Session(self.world.node()) as other:
            found = other.get(Customer, self.identity)
            assert found is not None
            stored = {str(one.id): one.schoolName for one in found.base.educations}
            assert (found.base.firstName, stored) == (self.name[0], self.saved)

    # -- steps --------------------------------------------------------------------------------------------------------

    def _write(self, one: Education, name: str | None) -> None:
        """Write into an element, a row or, where the list shows a row that was added beside it, into what is both."""
        identity = str(one.id)
        one.schoolName = name
        if any(one is element for element in self.customer.base.educations):
            self.mine[identity] = name
        if one in self.session:
            self.edited[identity] = name
            if name == self.saved[identity]:
                del self.edited[identity]

    def _next(self) -> str:
        self.count += 1
        return f"e{self.count}"

    def _free_element(self, place: int) -> Education | None:
        """An element of the list whose row does not wait."""
        waiting = self.edited.keys() | self.deleted
        free = [one for one in self.customer.base.educations if one.id not in waiting]
        return free[place % len(free)] if free else None

    def _free_row(self, place: int, *, by_ids: bool) -> Education | None:
        """A row whose element is not changed in the list."""
        free = [
            one
            for one in self.saved
            if self.mine.get(one, "none") == self.saved[one] and one not in self.deleted
        ]
        if not free:
            return None
        identity = free[place % len(free)]
        if by_ids:
            return self.session.get(Education, (self.identity, identity))
        return next(one for one in self.customer.educations if one.id == identity)


def _run(served: tuple[Sandbox, ManualClock], examples: int, steps: int) -> None:
    Model.served = served
    run_model(Model, examples, steps)


def test_elements_do_what_the_model_says(served: tuple[Sandbox, ManualClock]) -> None:
    _run(served, 8, 25)


@pytest.mark.slow
def test_elements_do_what_the_model_says_of_more_examples(served: tuple[Sandbox, ManualClock]) -> None:
    _run(served, 40, 25)


@pytest.mark.soak
def test_elements_do_what_the_model_says_for_long(served: tuple[Sandbox, ManualClock]) -> None:
    _run(served, 1000, 40)
