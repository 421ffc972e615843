"""The session against a model of plain values, in any order of calls, over a sandbox."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    invariant,
    precondition,
    rule,
)

from contacthub_orm import Customer, Session, inspect
from contacthub_orm.http import ManualClock
from contacthub_orm.sandbox import Sandbox
from tests.orm.session.editing_model import NAMES, PEOPLE, WORDS, EditingModel
from tests.orm.session.people import Person, Values, applied, changed, read
from tests.support.state_machines import run_model


class Model(EditingModel):
    """Calls the session as a user would and keeps the model beside it."""

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
        """Keep no name for it: what is changed, now or where a block began, is held by the session."""
        person = self._pick(who, lambda one: one.new or one.persistent)
        if person is not None:
            person.one = person.tags = None
            person.held = person.new or person.dirty or self._changed_where_a_block_began(person)

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

    @rule(batch=st.sampled_from([None, 1, 100]))
    def query(self, batch: int | None) -> None:
        query = self.session.query(Customer)
        found = {}
        for one in query.yield_per(batch) if batch else query:
            read(one)
            found[str(one.externalId)] = one
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
        edits: Values = {"firstName": name, "tags": list(tags)}
        before = (person.saved or {}) if not person.held or person.expired else person.mine
        self._meet(person, found)
        person.expired = False
        person.mine = applied(before, edits)

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
            person.held = person.one is not None or self._changed_where_a_block_began(person)

    def _changed_where_a_block_began(self, person: Person) -> bool:
        """Whether an open block may give edits of a persistent one back."""
        states = [states[person.name] for _, states in self.blocks if person.name in states]
        return any(saved is not None and mine != saved for _, _, mine, saved in states)

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


def _run(served: tuple[Sandbox, ManualClock], examples: int, steps: int) -> None:
    Model.served = served
    run_model(Model, examples, steps)


def test_the_session_does_what_the_model_says(served: tuple[Sandbox, ManualClock]) -> None:
    _run(served, 10, 30)


@pytest.mark.slow
def test_the_session_does_what_the_model_says_of_more_examples(
    served: tuple[Sandbox, ManualClock],
) -> None:
    _run(served, 60, 30)


@pytest.mark.soak
def test_the_session_does_what_the_model_says_for_long(served: tuple[Sandbox, ManualClock]) -> None:
    _run(served, 1500, 60)
