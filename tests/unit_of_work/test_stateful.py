"""The session against a model of plain values, in any order of calls, over a sandbox."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contacthub_orm import Customer, Job, Session, inspect
from contacthub_orm.http import ManualClock
from contacthub_orm.sandbox import Sandbox
from tests.unit_of_work.conftest import World
from tests.unit_of_work.people import Person, Values, applied, changed, jobs_of, read

NAMES = st.sampled_from(["Bruce", "Alfred", "", None])
WORDS = st.sampled_from(["a", "b", "c"])
PEOPLE = st.integers(0, 4)


class Model(RuleBasedStateMachine):
    """Calls the session as a user would and keeps the model beside it."""

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

    # -- entities in and out ------------------------------------------------------------------------------------------

    @rule(name=NAMES, tags=st.lists(WORDS, max_size=3))
    @precondition(lambda self: len(self.people) < 5)
    def add(self, name: str | None, tags: list[str]) -> None:
        identity = f"p{len(self.people)}"
        one = Customer(
            externalId=identity,
            base={"firstName": name, "contacts": {"email": f"{identity}@example.com"}},
            tags={"manual": list(tags)},
        )
        self.session.add(one)
        values = {"firstName": name, "tags": list(tags)}
        self.people.append(Person(identity, one, applied({}, values)))

    @rule(who=PEOPLE)
    def delete(self, who: int) -> None:
        person = self._pick(who, lambda one: one.persistent and one.one is not None and not one.expired)
        if person is not None:
            assert person.one is not None
            self.session.delete(person.one)
            person.deleted = True

    @rule(who=PEOPLE)
    def add_again(self, who: int) -> None:
        person = self._pick(who, lambda one: one.deleted and not one.gone and one.one is not None)
        if person is not None:
            assert person.one is not None
            self.session.add(person.one)
            person.deleted = False

    @rule(who=PEOPLE)
    @precondition(lambda self: not self.blocks)
    def expunge(self, who: int) -> None:
        person = self._pick(
            who, lambda one: (one.new or one.persistent) and one.one is not None and not one.expired
        )
        if person is None:
            return
        assert person.one is not None
        self.session.expunge(person.one)
        assert inspect(person.one).transient if person.new else inspect(person.one).detached
        assert read(person.one) == person.mine
        self._lose(person)

    @rule(who=PEOPLE)
    def let_go(self, who: int) -> None:
        """Keep no name for it: what is changed is held by the session."""
        person = self._pick(who, lambda one: one.new or one.persistent)
        if person is not None:
            if person.persistent and not person.dirty:
                person.held = False
            person.one = person.tags = None

    @rule(who=PEOPLE)
    def get(self, who: int) -> None:
        person = self._pick(who, lambda one: one.identity is not None)
        if person is None:
            return
        found = self.session.get(Customer, str(person.identity))
        if person.gone or person.deleted:
            assert found is None
            return
        assert found is not None
        self._meet(person, found)

    @rule()
    def query(self) -> None:
        found = {str(one.externalId): one for one in self.session.query(Customer)}
        there = {
            one.name: one for one in self.people if one.saved is not None and not one.gone and not one.deleted
        }
        assert found.keys() == there.keys()
        for name, one in found.items():
            self._meet(there[name], one)

    @rule(who=PEOPLE, name=NAMES, tags=st.lists(WORDS, max_size=2))
    @precondition(lambda self: not self.blocks)
    def merge(self, who: int, name: str | None, tags: list[str]) -> None:
        person = self._pick(who, lambda one: one.saved is not None and not one.gone and not one.deleted)
        if person is None:
            return
        given = Customer(base={"firstName": name}, tags={"manual": list(tags)})
        found = self.session.merge(given, identity=person.identity)
        assert found is not given
        edits: Values = {"firstName": name, **({"tags": list(tags)} if tags else {})}
        before = (person.saved or {}) if not person.held or person.expired else person.mine
        self._meet(person, found)
        person.mine = applied(before, edits)

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

    # -- back to what was ---------------------------------------------------------------------------------------------

    @rule(who=PEOPLE)
    @precondition(lambda self: not self.blocks)
    def refresh(self, who: int) -> None:
        person = self._pick(who, lambda one: one.persistent and one.one is not None)
        if person is not None:
            assert person.one is not None
            self.session.refresh(person.one)
            self._back(person)

    @rule(who=PEOPLE)
    @precondition(lambda self: not self.blocks)
    def expire(self, who: int) -> None:
        person = self._pick(who, lambda one: one.persistent and one.one is not None)
        if person is not None:
            assert person.one is not None
            self.session.expire(person.one)
            self._back(person)
            person.expired, person.tags = True, None

    @rule()
    @precondition(lambda self: not self.blocks)
    def rollback(self) -> None:
        self.session.rollback()
        for person in self.people:
            person.deleted = person.deleted and person.gone
            if person.new:
                self._lose(person)
            elif person.persistent and not person.expired:
                self._back(person)

    @rule()
    @precondition(lambda self: len(self.blocks) < 2)
    def begin_nested(self) -> None:
        block = self.session.begin_nested()
        block.__enter__()
        self.blocks.append((block, {one.name: one.state() for one in self.people}))

    @rule(succeeds=st.booleans())
    @precondition(lambda self: self.blocks)
    def end_nested(self, *, succeeds: bool) -> None:
        block, states = self.blocks.pop()
        if succeeds:
            block.__exit__(None, None, None)
            return
        assert not block.__exit__(RuntimeError, RuntimeError(), None)
        for person in self.people:
            self._restore(person, states.get(person.name))

    def _restore(self, person: Person, state: tuple[Any, ...] | None) -> None:
        if person.gone or not person.held:
            return
        new, person.deleted, mine, saved = state if state is not None else (False, False, None, None)
        if person.saved is None:
            if new:
                person.mine = mine
            else:
                self._lose(person)
        elif not person.expired:
            person.mine = applied(person.saved, changed(saved, mine) if saved is not None else {})

    # -- saving -------------------------------------------------------------------------------------------------------

    @rule()
    def flush(self) -> None:
        self._save(self.session.flush)

    @rule()
    def commit(self) -> None:
        self._save(self.session.commit)
        documents = {one["externalId"]: one for one in self._stored()}
        there = {one.name: one.saved for one in self.people if one.saved is not None and not one.gone}
        assert {name: read(Customer._bound(one)) for name, one in documents.items()} == there

    def _save(self, save: Callable[[], Any]) -> None:
        changes = [one for one in self.people if one.new or one.dirty or (one.deleted and not one.gone)]
        account = save()
        assert len(account) == len(changes)
        assert self.transport.writes - self.sent == len(changes)
        self.sent = self.transport.writes
        for person in changes:
            if person.deleted:
                person.gone, person.held = True, False
                continue
            if "tags" in person.mine:
                person.mine["tags"] = list(dict.fromkeys(person.mine["tags"]))  # the service deduplicates
            person.saved = copy.deepcopy(person.mine)
            if person.identity is None:
                entry = next(one for one in account if one.entity.externalId == person.name)
                person.identity = str(entry.entity.id)
            person.held = person.one is not None

    def _stored(self) -> list[dict[str, Any]]:
        with Session(self.world.node()) as other:
            return [one.to_dict() for one in other.query(Customer)]

    # -- what always holds --------------------------------------------------------------------------------------------

    @invariant()
    def nothing_is_sent_but_by_a_flush(self) -> None:
        assert self.transport.writes == self.sent

    @invariant()
    def the_session_knows_what_is_new_dirty_and_deleted(self) -> None:
        session = self.session
        found = [
            sorted(str(one.externalId) for one in some)
            for some in (session.new, session.dirty, session.deleted)
        ]
        kept = [one for one in self.people if not one.gone]
        assert found == [
            sorted(one.name for one in kept if one.new),
            sorted(one.name for one in kept if one.dirty),
            sorted(one.name for one in kept if one.deleted),
        ]

    @invariant()
    def the_user_reads_what_the_model_says(self) -> None:
        for person in self.people:
            if person.one is not None and (person.new or person.persistent) and not person.expired:
                assert read(person.one) == person.mine
                assert person.tags is None or person.one.tags.manual is person.tags

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


def _run(served: tuple[Sandbox, ManualClock], examples: int, steps: int) -> None:
    Model.served = served
    run_state_machine_as_test(
        Model,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_session_does_what_the_model_says(served: tuple[Sandbox, ManualClock]) -> None:
    _run(served, 60, 30)


@pytest.mark.soak
def test_the_session_does_what_the_model_says_for_long(served: tuple[Sandbox, ManualClock]) -> None:
    _run(served, 1500, 60)
