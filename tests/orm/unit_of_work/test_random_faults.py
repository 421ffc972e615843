"""Many random commits under random faults, with another writer about: retried, the service equals the model.

Every write writes a marker of its own, so that the model knows what must be there. The user's policy is the documented
one: commit again after a CommitError, rebase after StaleDataError, give up what was refused.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from typing import Any

import pytest

from contacthub_orm import CommitError, Customer, Event, Session, StaleDataError
from contacthub_orm.errors import BadRequestError, NotSent
from contacthub_orm.orm import Entity, Outcome
from contacthub_orm.orm.mapping.mapped import render
from tests.support.world import World, lost, viewed

Values = dict[str, Any]
POPULATION = 8
COMMITS = 25
ATTEMPTS = 40
FIELDS = ["firstName", "city", "extra", "points", "tags"]


def read(entity: Customer) -> Values:
    """The values that the test writes."""
    return {
        "firstName": entity.base.firstName,
        "city": entity.base.address.city,
        "extra": entity.extra,
        "points": render(entity.extended).get("points"),
        "tags": tuple(entity.tags.manual or ()),
    }


def write(entity: Customer, field: str, marker: str) -> None:
    """Write one of the values."""
    if field == "firstName":
        entity.base.firstName = marker
    elif field == "city":
        entity.base.address.city = marker
    elif field == "extra":
        entity.extra = marker
    elif field == "points":
        entity.extended.points = marker
    else:
        entity.tags.manual.append(marker)


class Trial:
    """One session under faults, another writer, and the model: customers by name, the owners of events by url."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.check_version = self.random.random() < 0.5
        in_flight = 1 if self.check_version else self.random.choice([1, 4])
        self.session = Session(
            world.node(max_in_flight=in_flight),
            on_error=self.random.choice(["stop", "continue"]),
            check_version=self.check_version,
        )
        self.transport = world.transports[-1]
        self.transport.observers.append(self._meddle)
        self.other = Session(world.node())
        self.model: dict[str, Values] = {}
        self.events: dict[str, str] = {}
        self.held: dict[str, Customer] = {}
        self.counts: Counter[str] = Counter()
        self._markers = 0
        self._meddle_at = -1
        self._theirs: tuple[str, str, Any, bool] | None = None
        self._reported: set[str] = set()
        self._lock = threading.Lock()

    def marker(self) -> str:
        self._markers += 1
        return f"m{self._markers}"

    # -- one commit ---------------------------------------------------------------------------------------------------

    def commit(self) -> None:
        """Change something, let faults strike, commit until nothing is left, and bring the model up to date."""
        wanted, events, gone = self._change()
        self._arm()
        given_up = self._commit_until_done()
        self.transport.faults.clear()
        assert (self.session.new, self.session.dirty, self.session.deleted) == ([], [], [])
        for name in given_up & self.held.keys() - self.model.keys():
            del self.held[name]
        for name, values in wanted.items():
            if name not in given_up:
                self.model.setdefault(name, {}).update(values)
        self.events.update(
            {url: name for url, name in events.items() if url not in given_up and name in self.model}
        )
        for name in gone - given_up:
            del self.model[name], self.held[name]
            self.events = {url: owner for url, owner in self.events.items() if owner != name}
        self._compare({name: set(values) for name, values in wanted.items() if name not in given_up})

    def _change(self) -> tuple[dict[str, Values], dict[str, str], set[str]]:
        """Random edits: the values wanted of each customer, the new events with their owners, the deleted."""
        wanted: dict[str, Values] = {}
        gone: set[str] = set()
        for name, entity in self.held.items():
            if self.random.random() < 0.4:
                fields = self.random.sample(FIELDS, self.random.choice([1, 1, 2]))
                for field in fields:
                    write(entity, field, self.marker())
                wanted[name] = {field: read(entity)[field] for field in fields}
            elif self.random.random() < 0.08:
                self.session.delete(entity)
                gone.add(name)
        while len(self.held) < POPULATION and self.random.random() < 0.5:
            name = self.marker()
            contacts = {"email": f"{name}@example.com"} if self.random.random() < 0.7 else {}
            entity = Customer(externalId=name, base={"firstName": name, "contacts": contacts})
            self.session.add(entity)
            self.held[name] = entity
            wanted[name] = read(entity)
        owners = sorted(self.held.keys() - gone)
        events = {self.marker(): owner for owner in self.random.sample(owners, min(2, len(owners)))}
        for url, owner in events.items():
            self.session.add(viewed(self.held[owner], f"https://example.com/{url}"))
        return wanted, events, gone

    def _arm(self) -> None:
        """Some of the writes to come fail, one way or another; before one of them the other writer is about."""
        for number in range(40):
            if self.random.random() < 0.15:
                self.transport.faults[self.transport.writes + number] = self.random.choice(
                    [
                        ("before", lost()),
                        ("after", lost()),
                        (
                            "before",
                            BadRequestError(status=400, message="refused", method="POST", url="somewhere"),
                        ),
                        ("before", NotSent("no connection", method="POST", url="somewhere")),
                    ]
                )
        self._meddle_at = self.transport.writes + self.random.randrange(12)
        self._theirs = None
        self._reported.clear()
        self.world.sandbox.clear_requests()

    def _meddle(self, method: str, path: str) -> None:
        """The other writer comes once in a commit, just before one of our writes."""
        with self._lock:
            if method != "GET" and self.transport.writes >= self._meddle_at:
                self._write_theirs(path)

    def _write_theirs(self, path: str) -> None:
        """The other writer changes a customer, one whose save is unknown if there is one, but not that of the path."""
        names = sorted(name for name in self.model if str(self.held[name].id) not in path)
        unknown = [name for name in names if self.session.is_unsettled(self.held[name])]
        if self._theirs is not None or not names:
            return
        name = self.random.choice(unknown or names)
        identity = str(self.held[name].id)
        self.other.expunge_all()
        found = self.other.get(Customer, identity)
        if found is None:
            return
        before_ours = not any(
            one.method == "PATCH" and identity in one.path for one in self.world.sandbox.requests
        )
        field = self.random.choice(FIELDS if self.check_version else FIELDS[:4])
        write(found, field, self.marker())
        self.other.commit()
        to_report = name in unknown or (self.check_version and before_ours)
        self._theirs = name, field, read(found)[field], to_report
        self.counts["their writes"] += 1

    # -- the user's policy --------------------------------------------------------------------------------------------

    def _commit_until_done(self) -> set[str]:
        """Commit and commit again; gives the names and urls that were given up."""
        given_up: set[str] = set()
        for _ in range(ATTEMPTS):
            try:
                self.session.commit()
            except CommitError as error:
                self.counts["retries"] += 1
                if self.random.random() < 0.5:
                    self._write_theirs("")
                for entry in error.account.having(Outcome.FAILED):
                    if isinstance(entry.error, StaleDataError):
                        self.counts["conflicts"] += 1
                        self._reported.add(str(entry.entity.to_dict()["externalId"]))
                        self.session.rebase(entry.entity)
                    elif isinstance(entry.error, BadRequestError):
                        self.counts["given up"] += 1
                        given_up |= self._give_up(entry.entity)
            else:
                return given_up
        raise AssertionError("it never came to an end")

    def _give_up(self, entity: Entity) -> set[str]:
        if isinstance(entity, Event):
            self.session.expunge(entity)
            return {entity.properties["url"].rpartition("/")[2]}
        assert isinstance(entity, Customer)
        if entity in self.session.new:
            waiting = [one for one in self.session.new if isinstance(one, Event) and one.customer is entity]
            for one in [*waiting, entity]:
                self.session.expunge(one)
        elif entity in self.session.deleted:
            self.session.add(entity)
        else:
            self.session.refresh(entity)
        return {str(entity.externalId)}

    # -- what must be so ----------------------------------------------------------------------------------------------

    def _compare(self, written: dict[str, set[str]]) -> None:
        """The service holds what the model does, and the other writer's value is there or was written over knowingly."""
        self.world.clock.advance(120)
        with Session(self.world.node()) as session:
            found = session.query(Customer).all()
            there = {str(one.externalId): read(one) for one in found}
        assert len(found) == len(there)
        if self._theirs is not None and self._theirs[0] in self.model:
            name, field, value, to_report = self._theirs
            ours = field in written.get(name, ())
            if not ours or there[name][field] == value:
                self.model[name][field] = value
            elif to_report:
                self.counts["overwritten knowingly"] += 1
                assert name in self._reported
            if ours and field == "tags":
                self._compare_tags(there[name]["tags"], value)
                self.model[name]["tags"] = there[name]["tags"]
        assert there == self.model

    def _compare_tags(self, there: tuple[str, ...], theirs: tuple[str, ...]) -> None:
        assert there[-1] in self.model[self._theirs[0]]["tags"] or there == theirs  # type: ignore[index]

    def finish(self) -> None:
        """Every event is there once."""
        found = Counter(one.properties["url"].rpartition("/")[2] for one in self.world.events())
        assert found == Counter(self.events.keys())
        self.session.close()
        self.other.close()


def run(world: World, seed: int) -> Counter[str]:
    world.sandbox.configure(search_delay=20)
    trial = Trial(world, seed)
    for _ in range(COMMITS):
        trial.commit()
    trial.finish()
    return trial.counts


@pytest.mark.parametrize(
    "seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(2, 44))]
)
def test_after_the_users_retries_the_service_equals_the_model(world: World, seed: int) -> None:
    counts = run(world, seed)
    assert counts["retries"] > COMMITS / 5
    assert counts["given up"]
    assert counts["their writes"]
