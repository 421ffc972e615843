"""Whatever many writers do, however often the mirror is killed: in the end it equals the node."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from random import Random

import pytest

from contacthub_orm import ContacthubError, Customer, Event, Session, Workspace, merge_customers
from contacthub_orm.mirror import Mirror, pulling
from contacthub_orm.sandbox import Sandbox
from contacthub_orm.sandbox.storage import updates as stream
from tests.mirror.states import listed, of_mirror, of_server

PULLER = """
import os, sys
from contacthub_orm import Workspace
from contacthub_orm.mirror import Mirror
path, statements = sys.argv[1], int(sys.argv[2])
with Workspace.from_env() as workspace, Mirror(workspace.get_node(), path) as mirror:
    def count(_):
        global statements
        statements -= 1
        if statements == 0:
            os._exit(9)
    if statements:
        mirror._store.connection.set_trace_callback(count)
    print(mirror.pull())
"""
LONGEST = 2_000
"""A pull is killed before this SQL statement at the latest."""

CHANGES = {"create": 25, "edit": 45, "event": 20, "delete": 4, "forget": 3, "merge": 3}
"""The kinds of changes, and how many of a hundred are of each."""


def start_pull(sandbox, path, statements):
    """Pull in a process of its own, which dies before its n-th SQL statement."""
    environment = {**os.environ, **sandbox.environment}
    arguments = [sys.executable, "-c", PULLER, str(path), str(statements)]
    return subprocess.Popen(
        arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def is_killed(process):
    _, told = process.communicate()
    assert process.returncode in (0, 9), told
    return process.returncode == 9


class Writer(threading.Thread):
    """Makes random changes of all kinds, each in a session of its own; `shared` are all ids that there ever were."""

    def __init__(self, sandbox, seed, changes, shared):
        super().__init__()
        self.sandbox, self.changes, self.shared = sandbox, changes, shared
        self.random = Random(seed)
        self.made = Counter()
        self.error = None

    def run(self):
        try:
            with self.workspace() as workspace:
                for _ in range(self.changes):
                    try:
                        self.made[self.change(workspace.get_node(self.sandbox.node_id))] += 1
                    except ContacthubError:
                        self.made["refused, since another writer was faster"] += 1
        except Exception as error:  # noqa: BLE001 - the test shows it
            self.error = error

    def workspace(self):
        return Workspace(self.sandbox.workspace_id, self.sandbox.token, base_url=self.sandbox.base_url)

    def change(self, node):
        """Make a change, and return of which kind it was."""
        customers = [identity for kind, identity in self.shared if kind == "customers"]
        [what] = self.random.choices(list(CHANGES), list(CHANGES.values()))
        with Session(node) as session:
            held = session.get(Customer, self.random.choice(customers)) if customers else None
            if what == "create" or held is None:
                made = Customer(externalId=str(self.random.random()), base={"lastName": "A"})
                session.add(made)
                session.commit()
                self.shared.append(("customers", made.id))
                return "create"
            if what == "edit":
                held.base.lastName = str(self.random.random())
                session.commit()
            elif what == "event":
                made = Event(customerId=held.id, type="viewedPage", context="WEB", properties={})
                session.add(made)
                session.commit()
                self.shared.append(("events", made.id))
            elif what == "merge":
                other = session.get(Customer, self.random.choice(customers))
                if other is None or other is held:
                    return "no merge, since there was one customer"
                copies = merge_customers(held, other)
                session.commit()
                self.shared.extend(("events", copy.id) for copy in copies)
            else:
                (session.forget if what == "forget" else session.delete)(held)
                session.commit()
        return what


class Soak:
    """Rounds of writers, during each of which pulls of one file are killed, two of them at a time."""

    def __init__(self, sandbox, path, seed, delay):
        self.sandbox, self.path, self.delay = sandbox, path, delay
        self.random, self.seed = Random(seed), seed
        self.shared = [
            ("customers", identity)
            for identity in sandbox.seed([{"externalId": f"seed {number}"} for number in range(300)])
        ]
        self.made, self.kills, self.pulls = Counter(), 0, 0

    def write(self, number, writers, changes, pulls):
        """A round: so many times while there are writers, spread over their changes, pulls go on and are killed."""
        threads = [
            Writer(self.sandbox, f"{self.seed} {number} {one}", changes, self.shared)
            for one in range(writers)
        ]
        for thread in threads:
            thread.start()
        for part in range(pulls):
            while threads[0].is_alive() and threads[0].made.total() < changes * part // pulls:
                threads[0].join(0.05)
            self.pull()
        for thread in threads:
            thread.join()
            assert thread.error is None, thread.error
            self.made += thread.made

    def pull(self):
        """Pull in two processes at once, each of which may die."""
        pulls = [
            start_pull(self.sandbox, self.path, int(LONGEST ** self.random.uniform(0.1, 1))) for _ in range(2)
        ]
        self.kills += sum([is_killed(one) for one in pulls])
        self.pulls += len(pulls)

    def sleep_too_long(self, monkeypatch):
        """The service forgets its updates, as if the mirror had slept longer than it keeps them."""
        with monkeypatch.context() as patched:
            patched.setattr(stream, "RETENTION", -1)
            Writer(self.sandbox, f"{self.seed} before", 20, self.shared).run()
            self.sandbox.node.api.updates.list_updates(size=1)
        threading.Event().wait(self.delay * 2)  # a service keeps updates for longer than its search lags
        Writer(self.sandbox, f"{self.seed} after", 20, self.shared).run()

    def catch_up(self):
        with Mirror(self.sandbox.node, self.path) as mirror:
            return mirror.pull()


def run(tmp_path, monkeypatch, changes, writers, rounds, pulls, seed=1, delay=0.2):
    began, path = time.monotonic(), tmp_path / "m"
    with Sandbox(search_delay=delay) as sandbox:
        soak = Soak(sandbox, path, seed, delay)
        for number in range(rounds):
            soak.write(number, writers, changes // writers // rounds, pulls)
            soak.catch_up()
            if number == 1:
                soak.sleep_too_long(monkeypatch)
                assert soak.catch_up().scanned
            assert not soak.catch_up().scanned
        assert soak.kills >= min(3, rounds)
        threading.Event().wait(delay * 3)
        monkeypatch.setattr(pulling, "OVERLAP", delay * 2)
        soak.catch_up()
        held = of_mirror(path)
        assert held == of_server(sandbox, *{*soak.shared, *listed(sandbox)})
        with Mirror(sandbox.node, path) as mirror:
            assert str(mirror.verify()).endswith("0 written, 0 deleted")
            totals = mirror.query(Customer).count(), mirror.query(Event).count()
    print(f"seed {seed}: {sum(soak.made.values())} changes, {dict(soak.made)}")
    print(f"{soak.pulls} pulls, {soak.kills} killed; in the end {totals[0]} customers, {totals[1]} events")
    print(f"{time.monotonic() - began:.0f} s, {time.process_time():.0f} s of them by the processor")


@pytest.mark.slow
def test_after_random_changes_kills_and_an_expired_offset_the_mirror_equals_the_node(tmp_path, monkeypatch):
    run(tmp_path, monkeypatch, changes=120, writers=2, rounds=3, pulls=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
def test_after_ten_thousand_random_changes_the_mirror_equals_the_node(tmp_path, monkeypatch, seed):
    run(tmp_path, monkeypatch, changes=10_000, writers=4, rounds=5, pulls=4, seed=seed)
