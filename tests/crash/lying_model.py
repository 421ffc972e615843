"""A session whose service lies now and then, against a model of what the user has written."""

from __future__ import annotations

import copy
import json
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from contacthub_orm import (
    CommitError,
    ContacthubError,
    Customer,
    Education,
    Event,
    Session,
    StaleDataError,
    Workspace,
)
from contacthub_orm.http import ManualClock
from contacthub_orm.orm import Account, Entity, Outcome
from contacthub_orm.sandbox import Sandbox
from tests.support.lying_proxy import Lie, LyingProxy
from tests.support.server import Server
from tests.support.world import viewed

WHO = st.integers(0, 3)
FIELDS = ["firstName", "city", "extra"]
FIELD = st.sampled_from(FIELDS)
LIES = st.sampled_from([*Lie])
COMMITS_TO_SETTLE = 5

Values = dict[str, Any]


class Person:
    """What the user has written of one customer, and what exceptions have said to be uncertain."""

    def __init__(self, name: str, one: Customer, values: Values) -> None:
        self.name = name
        self.one = one
        self.values = values
        self.deleted = False
        self.uncertain: set[str] = set()

    @property
    def stored(self) -> bool:
        """Whether the session knows that the service has it."""
        return self.one.id is not None and not self.deleted


class LyingModel(RuleBasedStateMachine):
    """Calls the session as a user would, and keeps beside it what must come of that."""

    served: ClassVar[tuple[Sandbox, ManualClock]]
    proxy: ClassVar[LyingProxy]

    def __init__(self) -> None:
        super().__init__()
        sandbox, self.clock = self.served
        sandbox.reset()
        self.sandbox = sandbox
        self.server = Server(sandbox)
        self.proxy.stop_lying()
        self.workspace = Workspace(
            sandbox.workspace_id,
            sandbox.token,
            self.proxy.base_url,
            settings={"max_in_flight": 1},
            clock=self.clock,
        )
        self.people: list[Person] = []
        self.events: dict[str, Person] = {}
        self.schools: dict[str, Person] = {}
        self.uncertain: set[str] = set()
        self.count = 0
        self.options: dict[str, Any] = {}
        self.session: Session

    @initialize(
        on_error=st.sampled_from(["stop", "continue"]), check=st.booleans(), lag=st.sampled_from([0, 20])
    )
    def begin(self, on_error: Any, lag: int, *, check: bool) -> None:
        self.sandbox.configure(search_delay=lag)
        self.options = {"on_error": on_error, "check_version": check}
        self.session = self._opened()

    def teardown(self) -> None:
        try:
            self.the_lies_end()
        finally:
            self.session.close()
            self.workspace.close()
            self.sandbox.configure(search_delay=0)

    # -- lies ---------------------------------------------------------------------------------------------------------

    @rule(lies=st.lists(st.one_of(st.none(), LIES), min_size=1, max_size=6))
    def lie(self, lies: list[Lie | None]) -> None:
        self.proxy.tell(lies)

    @rule(lie=LIES, times=st.integers(4, 12))
    def lie_for_long(self, lie: Lie, times: int) -> None:
        self.proxy.tell([lie] * times)

    # -- what the user does -------------------------------------------------------------------------------------------

    @rule(matching=st.booleans())
    @precondition(lambda self: len(self.people) < 4)
    def add(self, *, matching: bool) -> None:
        person = self._person(matching=matching)
        self.session.add(person.one)
        self.people.append(person)

    @rule(who=WHO, field=FIELD)
    def edit(self, who: int, field: str) -> None:
        person = self._pick(who, lambda one: not one.deleted)
        if person is not None:
            self._attempt(lambda: self._write(person, field))

    @rule(who=WHO, field=FIELD)
    def put(self, who: int, field: str) -> None:
        person = self._pick(who, lambda one: one.stored)
        if person is not None:
            self._attempt(lambda: self._write(person, field))
            self._attempt(lambda: self.session.put(person.one))

    @rule(who=WHO)
    def delete(self, who: int) -> None:
        person = self._pick(who, lambda one: one.stored and not self._is_referred_to(one))
        if person is not None:
            self.session.delete(person.one)
            person.deleted = True

    @rule(who=WHO)
    def add_an_event(self, who: int) -> None:
        person = self._pick(who, lambda one: not one.deleted)
        if person is not None:
            url = self._marker("e")
            self.session.add(viewed(person.one, f"https://example.com/{url}"))
            self.events[url] = person

    @rule(who=WHO)
    def add_an_element(self, who: int) -> None:
        person = self._pick(who, lambda one: not one.deleted)
        if person is not None:
            identity = self._marker("s")
            self.session.add(Education(customer=person.one, id=identity, schoolName=identity))
            self.schools[identity] = person

    @rule(who=WHO, field=FIELD, key=st.booleans())
    def merge(self, who: int, field: str, *, key: bool) -> None:
        person = self._pick(who, lambda one: one.stored)
        if person is None:
            return
        marker = self._marker("m")
        given = Customer(externalId=person.name, **_nested(field, marker))

        def merge() -> None:
            found = (
                self.session.merge(given, key="externalId")
                if key
                else self.session.merge(given, identity=str(person.one.id))
            )
            assert found is person.one
            self._note(person, field, marker)

        self._attempt(merge)

    @rule(who=WHO)
    def refresh(self, who: int) -> None:
        person = self._pick(who, lambda one: one.stored)
        if person is not None and self._attempt(lambda: self.session.refresh(person.one)):
            there = self.server.get(f"customers/{person.one.id}")
            person.values, person.uncertain = _read(there), set()
            assert _read(person.one.to_dict()) == person.values

    @rule(who=WHO)
    def another_writer(self, who: int) -> None:
        """Another program writes a field that the user never writes."""
        person = self._pick(who, lambda one: one.stored)
        if person is not None:
            self.server.patch(f"customers/{person.one.id}", {"base": {"lastName": self._marker("o")}})

    @rule()
    def query(self) -> None:
        self._attempt(lambda: self.session.query(Customer).all())

    @rule()
    def commit(self) -> None:
        self._attempt(lambda: self._judge(self.session.commit()))

    @rule()
    @precondition(lambda self: not self.session.deleted)
    def move_to_another_session(self) -> None:
        held = list(self.session)
        self.session.close()
        self.session = self._opened()
        self.session.add_all(held)

    @rule(who=WHO, field=FIELD, matching=st.booleans())
    def atomic_block(self, who: int, field: str, *, matching: bool) -> None:
        kept = copy.copy(self.people), dict(self.events)
        values = [(one, dict(one.values), set(one.uncertain)) for one in self.people]
        try:
            with self.session.begin(atomic=True):
                person = self._pick(who, lambda one: not one.deleted)
                if person is not None:
                    self._write(person, field)
                    self.add_an_event(who)
                if len(self.people) < 4:
                    self.add(matching=matching)
        except ContacthubError as error:
            fresh = [one for one in self.people if one not in kept[0]]
            self.people, self.events = kept
            for one, before, uncertain in values:
                one.values, one.uncertain = before, uncertain
            self.uncertain.update(one.name for one in fresh)
            if isinstance(error, CommitError):
                self._judge(error.account, undone=True)
                for one in error.undone:
                    if one.reason is not None:
                        self._doubt(one.entry.entity)

    # -- what must be so ----------------------------------------------------------------------------------------------

    @rule()
    def the_lies_end(self) -> None:
        """From here on all that is pending can be saved; then the service holds what the user wrote, and that once."""
        self.proxy.stop_lying()
        for _ in range(COMMITS_TO_SETTLE):
            if self._attempt(lambda: self._judge(self.session.commit())):
                break
            self.clock.advance(30)
        else:
            raise AssertionError(f"it does not settle: {self.session.account}")
        assert (self.session.new, self.session.dirty, self.session.deleted) == ([], [], [])
        self.clock.advance(120)
        self._compare()

    def _attempt(self, call: Callable[[], Any]) -> bool:
        """Whether a call succeeds. What it raises is the library's own error, and is judged."""
        try:
            call()
        except CommitError as error:
            self._judge(error.account)
            for entry in error.account.having(Outcome.FAILED):
                if isinstance(entry.error, StaleDataError):
                    with suppress(ContacthubError):
                        self.session.rebase(entry.entity)
            return False
        except ContacthubError:
            return False
        return True

    def _judge(self, account: Account, *, undone: bool = False) -> None:
        """What the account calls done is at the service, unless a later operation of the account wrote over it."""
        for entry in {id(one.entity): one for one in account.having(Outcome.DONE)}.values():
            entity, path = entry.entity, "/".join(map(str, entry.request.path))
            if undone or isinstance(entity, Event):
                continue  # an event is stored later
            if isinstance(entity, Customer):
                path = f"customers/{entity.id}"
            elif entry.request.method == "POST":
                path = f"{path}/{(entry.request.body or {})['id']}"
            status = self.server.status(path)
            if entry.request.method == "DELETE":
                assert status == 404, entry
                continue
            assert status == 200, entry
            assert _holds(self.server.get(path), entry.request.body or {}), entry

    def _compare(self) -> None:
        there = {one["externalId"]: one for one in self.server.customers()}
        counted = Counter(one["externalId"] for one in self.server.customers())
        assert all(number == 1 for number in counted.values()), counted
        expected = {one.name: one for one in self.people if not one.deleted}
        assert there.keys() - self.uncertain == expected.keys() - self.uncertain
        for name, person in expected.items():
            if name in self.uncertain:
                continue
            found = _read(there[name])
            for field in FIELDS:
                assert field in person.uncertain or found.get(field) == person.values.get(field), (
                    name,
                    field,
                )
            self._compare_what_is_below(person, there[name])

    def _compare_what_is_below(self, person: Person, document: Values) -> None:
        urls = [one["properties"]["url"].rpartition("/")[2] for one in self.server.events(document["id"])]
        schools = [one["id"] for one in document.get("base", {}).get("educations") or ()]
        for found, model in ((urls, self.events), (schools, self.schools)):
            expected = {key for key, owner in model.items() if owner is person}
            assert len(set(found)) == len(found), found
            assert set(found) - self.uncertain == expected - self.uncertain

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _opened(self) -> Session:
        node = self.workspace.get_node(self.sandbox.node_id, matching=["base.contacts.email"])
        return Session(node, **self.options)

    def _marker(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def _person(self, *, matching: bool) -> Person:
        name = self._marker("p")
        contacts = {"email": f"{name}@example.com"} if matching else {}
        one = Customer(externalId=name, base={"firstName": name, "contacts": contacts})
        return Person(name, one, {"firstName": name})

    def _pick(self, who: int, fits: Callable[[Person], bool]) -> Person | None:
        fitting = [person for person in self.people if fits(person)]
        return fitting[who % len(fitting)] if fitting else None

    def _is_referred_to(self, person: Person) -> bool:
        """Whether something below the person is not saved yet."""
        return any(getattr(one, "customer", None) is person.one for one in self.session.new)

    def _write(self, person: Person, field: str) -> None:
        marker = self._marker("v")
        if field == "firstName":
            person.one.base.firstName = marker
        elif field == "city":
            person.one.base.address.city = marker
        else:
            person.one.extra = marker
        self._note(person, field, marker)

    def _note(self, person: Person, field: str, marker: str) -> None:
        person.values[field] = marker
        person.uncertain.discard(field)

    def _doubt(self, entity: Entity) -> None:
        """An exception has said that it is not known what became of an entity in a block."""
        if isinstance(entity, Event):
            self.uncertain.add(entity.properties["url"].rpartition("/")[2])
        elif isinstance(entity, Education):
            self.uncertain.add(str(entity.id))
        else:
            for person in self.people:
                if person.one is entity:
                    person.uncertain.update(FIELDS)


def _nested(field: str, value: str) -> Values:
    if field == "extra":
        return {"extra": value}
    return {"base": {"firstName": value} if field == "firstName" else {"address": {"city": value}}}


def _read(document: Values) -> Values:
    base = document.get("base") or {}
    found = {
        "firstName": base.get("firstName"),
        "city": (base.get("address") or {}).get("city"),
        "extra": document.get("extra"),
    }
    return {key: value for key, value in found.items() if value is not None}


def _holds(document: Any, sent: Any) -> bool:
    """Whether a stored document has the values that were sent."""
    if isinstance(sent, dict):
        return all(
            value in (None, {}, []) or _holds((document or {}).get(key), value) for key, value in sent.items()
        )
    if isinstance(sent, list):
        return isinstance(document, list) and all(any(_holds(one, item) for one in document) for item in sent)
    return bool(json.dumps(document, sort_keys=True) == json.dumps(sent, sort_keys=True))
