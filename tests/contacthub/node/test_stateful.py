"""A customer of a node against a model of plain values, in any order of calls, its state looked up by plain HTTP."""

from __future__ import annotations

import pickle
from typing import ClassVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from contacthub_orm import Customer, Education, Session
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server
from tests.support.state_machines import run_model

NAMES = st.sampled_from(["Home", "Gotham", "Arkham", None])
PLACES = st.integers(0, 3)

Names = dict[str, str | None]


class Model(RuleBasedStateMachine):
    """What the service holds (`saved`), what the customer's lists show (`mine`) and the elements read beside them (`below`)."""

    sandbox: ClassVar[Sandbox]
    server: ClassVar[Server]

    def __init__(self) -> None:
        super().__init__()
        self.sandbox.reset()
        self.node = self.sandbox.node
        self.customer = Customer(self.node, externalId="1")
        self.customer.post()
        self.saved: tuple[str | None, list[str], Names] = (None, [], {})
        self.name: str | None = None
        self.tags: list[str] = []
        self.mine: Names = {}
        self.below: Names = {}
        self.count = 0

    # -- edits --------------------------------------------------------------------------------------------------------

    @rule(name=NAMES)
    def write(self, name: str | None) -> None:
        self.customer.base.firstName = self.name = name

    @rule(tag=st.sampled_from("abc"))
    def append_a_tag(self, tag: str) -> None:
        if tag not in self.tags:
            self.customer.tags.manual.append(tag)
            self.tags.append(tag)

    @rule(name=NAMES)
    def append_an_element(self, name: str | None) -> None:
        self.count += 1
        self.customer.base.educations.append(Education(id=f"e{self.count}", schoolName=name))
        self.mine[f"e{self.count}"] = name

    @rule(place=PLACES, name=NAMES)
    def edit_an_element(self, place: int, name: str | None) -> None:
        if self.mine:
            element = self._element(place)
            element.schoolName = self.mine[str(element.id)] = name

    @rule(place=PLACES)
    def take_an_element_out(self, place: int) -> None:
        if self.mine:
            element = self._element(place)
            self.customer.base.educations.remove(element)
            del self.mine[str(element.id)]

    @rule(place=PLACES, name=NAMES)
    def edit_below(self, place: int, name: str | None) -> None:
        rows = self.customer.educations
        if rows:
            row = rows[place % len(rows)]
            row.schoolName = name
            self.below[str(row.id)] = name
            self._settle()

    # -- verbs --------------------------------------------------------------------------------------------------------

    @rule(verb=st.sampled_from(["patch", "put"]))
    def save(self, verb: str) -> None:
        getattr(self.customer, verb)()
        self.saved = (self.name, list(self.tags), dict(self.mine))
        self._settle()

    @rule(place=PLACES)
    def save_an_element(self, place: int) -> None:
        known = [one for one in self.customer.base.educations if one.id in self.saved[2]]
        if known:
            element = known[place % len(known)]
            element.put()
            self.saved[2][str(element.id)] = self.mine[str(element.id)]
            self._settle()

    @rule(place=PLACES)
    def delete_an_element(self, place: int) -> None:
        known = [one for one in self.customer.base.educations if one.id in self.saved[2]]
        if known:
            element = known[place % len(known)]
            element.delete()
            for shown in (self.saved[2], self.mine):
                del shown[str(element.id)]
            self.below.pop(str(element.id), None)

    @rule(name=NAMES)
    def post_an_element(self, name: str | None) -> None:
        self.count += 1
        identity = f"e{self.count}"
        Education(self.customer, id=identity, schoolName=name).post()
        self.saved[2][identity] = self.mine[identity] = name

    @rule(place=PLACES)
    def save_below(self, place: int) -> None:
        rows = self.customer.educations
        if rows:
            row = rows[place % len(rows)]
            identity = str(row.id)
            row.put()
            before, now = self.saved[2][identity], self._shown_below(identity)
            if identity in self.mine and self.mine[identity] == before:
                self.mine[identity] = now
            self.saved[2][identity] = now
            self.below.pop(identity, None)

    @rule(place=PLACES)
    def delete_below(self, place: int) -> None:
        rows = self.customer.educations
        if rows:
            row = rows[place % len(rows)]
            row.delete()
            for shown in (self.saved[2], self.mine, self.below):
                shown.pop(str(row.id), None)

    # -- elsewhere ----------------------------------------------------------------------------------------------------

    @rule()
    def pickle(self) -> None:
        self.customer = pickle.loads(pickle.dumps(self.customer))
        self.customer.node = self.node
        self.below = {}

    @rule(
        fields=st.lists(
            st.sampled_from(["externalId", "base.firstName", "base.educations", "tags", "base"]),
            min_size=1,
            max_size=2,
        )
    )
    def come_by_it_in_part(self, fields: list[str]) -> None:
        """What was not loaded is loaded when it is read."""
        [self.customer] = self.node.get_customers(size=1, fields=fields)
        self._start_anew()

    @rule()
    def come_by_it_by_its_id(self) -> None:
        self.customer = Customer(self.node, id=self.customer.id)
        self._start_anew()

    @rule()
    def come_by_it_from_a_dictionary(self) -> None:
        document = self.node.get_customer(str(self.customer.id)).to_dict()
        self.customer = Customer.from_dict(self.node, {key: document[key] for key in ("id", "base")})
        self._start_anew()

    @rule()
    def save_in_a_session(self) -> None:
        edited = {one for one, name in self.saved[2].items() if self.mine.get(one, "") != name}
        if edited & self.below.keys():
            return  # two edits of one element: the list and the element's own route
        with Session(self.node) as session:
            session.add(self.customer)
            session.commit()
        self.mine.update(self.below)
        self.saved = (self.name, list(self.tags), dict(self.mine))
        self._settle()

    @rule()
    def fail_in_a_nested_block(self) -> None:
        with Session(self.node) as session:
            session.add(self.customer)
            with pytest.raises(RuntimeError), session.begin_nested():
                self.customer.base.firstName = "inner"
                for one in [*self.customer.base.educations, *self.customer.educations]:
                    one.schoolName = "inner"
                self.customer.base.educations.clear()
                raise RuntimeError

    # -- reading, and what always holds ----------------------------------------------------------------------------------

    def _element(self, place: int) -> Education:
        return self.customer.base.educations[place % len(self.mine)]

    def _start_anew(self) -> None:
        self.name, self.tags, self.mine, self.below = (
            self.saved[0],
            list(self.saved[1]),
            dict(self.saved[2]),
            {},
        )

    def _settle(self) -> None:
        """A value that is the service's is no edit."""
        self.below = {one: name for one, name in self.below.items() if self.saved[2].get(one, name) != name}

    def _shown_below(self, identity: str) -> str | None:
        return self.below.get(identity, self.saved[2][identity])

    @rule()
    def the_user_reads_what_the_model_says(self) -> None:
        assert self.customer.base.firstName == self.name
        assert self.customer.tags.manual == self.tags
        assert {str(one.id): one.schoolName for one in self.customer.base.educations} == self.mine
        below = {str(one.id): one.schoolName for one in self.customer.educations}
        assert below == {one: self._shown_below(one) for one in self.saved[2]}

    @invariant()
    def the_service_holds_what_was_saved(self) -> None:
        found = self.server.get(f"customers/{self.customer.id}")
        base, tags = found["base"] or {}, found["tags"] or {}
        educations = {one["id"]: one.get("schoolName") for one in base.get("educations") or []}
        assert (base.get("firstName"), tags.get("manual") or [], educations) == self.saved


def _run(sandbox: Sandbox, server: Server, examples: int, steps: int) -> None:
    Model.sandbox, Model.server = sandbox, server
    run_model(Model, examples, steps)


def test_a_customer_of_a_node_does_what_the_model_says(contacthub_sandbox: Sandbox, server: Server) -> None:
    _run(contacthub_sandbox, server, 8, 20)


@pytest.mark.slow
def test_a_customer_of_a_node_does_what_the_model_says_of_more_examples(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    _run(contacthub_sandbox, server, 40, 20)


@pytest.mark.soak
def test_a_customer_of_a_node_does_what_the_model_says_for_long(
    contacthub_sandbox: Sandbox, server: Server
) -> None:
    _run(contacthub_sandbox, server, 1000, 40)
