"""The half of the session's model that edits: what a user writes into entities, and the steps that all rules are made of."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from contacthub_orm import Customer, Job, Session
from contacthub_orm.http import ManualClock
from contacthub_orm.sandbox import Sandbox
from tests.orm.session.people import Person, Values, applied, jobs_of
from tests.support.world import World

NAMES = st.sampled_from(["Bruce", "Alfred", "", None])
WORDS = st.sampled_from(["a", "b", "c"])
PEOPLE = st.integers(0, 4)


class EditingModel(RuleBasedStateMachine):
    """A session, the people that the model knows, and the rules that edit them."""

    served: ClassVar[tuple[Sandbox, ManualClock]]

    def __init__(self) -> None:
        super().__init__()
        sandbox, clock = self.served
        sandbox.reset()
        self.world = World(sandbox, clock)
        self.session = Session(self.world.node())
        self.transport = self.world.transports[0]
        self.people: list[Person] = []
        self.sent = 0
        self.blocks: list[tuple[Any, dict[str, tuple[Any, ...]]]] = []

    def teardown(self) -> None:
        self.session.close()
        for transport in self.world.transports:
            transport.close()

    # -- edits --------------------------------------------------------------------------------------------------------

    @rule(who=PEOPLE, name=NAMES)
    def write_a_scalar(self, who: int, name: str | None) -> None:
        def edit(one: Customer) -> None:
            one.base.firstName = name

        self._edit(who, edit, lambda mine: {"firstName": name})

    @rule(who=PEOPLE, city=NAMES)
    def write_a_nested_value(self, who: int, city: str | None) -> None:
        def edit(one: Customer) -> None:
            one.base.address.city = city

        self._edit(who, edit, lambda mine: {"city": city})

    @rule(who=PEOPLE, tag=WORDS)
    def append_to_a_list(self, who: int, tag: str) -> None:
        self._edit(
            who, lambda one: one.tags.manual.append(tag), lambda mine: {"tags": [*mine.get("tags", []), tag]}
        )

    @rule(who=PEOPLE)
    def take_from_a_list(self, who: int) -> None:
        self._edit(who, lambda one: one.tags.manual.clear(), lambda mine: {"tags": []})

    @rule(who=PEOPLE, title=WORDS)
    def append_an_element(self, who: int, title: str) -> None:
        def edit(one: Customer) -> None:
            one.base.jobs.append(Job(id=str(len(one.base.jobs)), jobTitle=title))

        self._edit(who, edit, lambda mine: {"jobs": [*jobs_of(mine), (str(len(jobs_of(mine))), title)]})

    @rule(who=PEOPLE, title=NAMES)
    def edit_an_element(self, who: int, title: str | None) -> None:
        def edit(one: Customer) -> None:
            for job in one.base.jobs[:1]:
                job.jobTitle = title

        self._edit(
            who,
            edit,
            lambda mine: {"jobs": [(one, title) for one, _ in jobs_of(mine)[:1]] + jobs_of(mine)[1:]},
        )

    @rule(who=PEOPLE, key=WORDS, value=st.integers(0, 2))
    def write_a_key(self, who: int, key: str, value: int) -> None:
        def edit(one: Customer) -> None:
            one.extended[key] = value

        self._edit(who, edit, lambda mine: {"extended": {key: value}})

    @rule(who=PEOPLE, key=WORDS)
    def delete_a_key(self, who: int, key: str) -> None:
        def edit(one: Customer) -> None:
            if key in one.extended:
                del one.extended[key]

        self._edit(who, edit, lambda mine: {"extended": {key: None}})

    @rule(who=PEOPLE)
    def hold_a_list(self, who: int) -> None:
        person = self._pick(
            who, lambda one: (one.new or one.persistent) and one.one is not None and not one.expired
        )
        if person is not None:
            assert person.one is not None
            person.tags = person.one.tags.manual

    def _edit(self, who: int, edit: Callable[[Customer], Any], edits: Callable[[Values], Values]) -> None:
        person = self._pick(who, lambda one: (one.new or one.persistent) and one.one is not None)
        if person is not None:
            assert person.one is not None
            edit(person.one)
            person.expired = False
            person.mine = applied(person.mine, edits(person.mine))

    # -- steps --------------------------------------------------------------------------------------------------------

    def _pick(self, who: int, fits: Callable[[Person], bool]) -> Person | None:
        fitting = [person for person in self.people if fits(person)]
        return fitting[who % len(fitting)] if fitting else None

    def _meet(self, person: Person, found: Customer) -> None:
        """The session gives an object: the one that the user has, or where there was none, one with what is saved."""
        if person.held and person.one is not None:
            assert found is person.one
        elif not person.held:
            self._back(person)
        person.one, person.held = found, True

    def _back(self, person: Person) -> None:
        person.mine = copy.deepcopy(person.saved or {})

    def _lose(self, person: Person) -> None:
        person.held, person.one, person.tags, person.expired = False, None, None, False
        person.gone = person.saved is None
        self._back(person)
