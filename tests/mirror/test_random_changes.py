"""Whatever many writers do, however often the mirror is killed: in the end it equals the node."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from random import Random

import pytest

from contacthub_orm import ContacthubError, Customer, Event, Session, Workspace, merge_customers
from contacthub_orm.mirror import Mirror, pulling
from contacthub_orm.sandbox import Sandbox
from contacthub_orm.sandbox.storage import updates as stream
from tests.mirror.states import of_mirror, of_server

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


def pull(sandbox, path, statements=0):
    """Pull in a process of its own, which dies before its n-th SQL statement; returns its exit status."""
    environment = {**os.environ, **sandbox.environment}
    arguments = [sys.executable, "-c", PULLER, str(path), str(statements)]
    done = subprocess.run(arguments, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 9), done.stderr
    return done.returncode


class Writer(threading.Thread):
    """Makes random changes of all kinds, each in a session of its own; `known` are all ids that there ever were."""

    def __init__(self, sandbox, seed, changes, shared):
        super().__init__()
        self.sandbox, self.changes, self.shared = sandbox, changes, shared
        self.random = Random(seed)
        self.error = None

    def run(self):
        try:
            with self.workspace() as workspace:
                for _ in range(self.changes):
                    with suppress(ContacthubError):  # another writer was faster
                        self.change(workspace.get_node(self.sandbox.node_id))
        except Exception as error:  # noqa: BLE001 - the test shows it
            self.error = error

    def workspace(self):
        return Workspace(self.sandbox.workspace_id, self.sandbox.token, base_url=self.sandbox.base_url)

    def change(self, node):
        customers = [identity for kind, identity in self.shared if kind == "customers"]
        what = self.random.choices(
            ["create", "edit", "event", "delete", "forget", "merge"], [25, 45, 20, 4, 3, 3]
        )[0]
        with Session(node) as session:
            held = session.get(Customer, self.random.choice(customers)) if customers else None
            if what == "create" or held is None:
                made = Customer(externalId=str(self.random.random()), base={"lastName": "A"})
                session.add(made)
                session.commit()
                self.shared.append(("customers", made.id))
            elif what == "edit":
                held.base.lastName = str(self.random.random())
                session.commit()
            elif what == "event":
                made = Event(customerId=held.id, type="viewedPage", context="WEB", properties={})
                session.add(made)
                session.commit()
                self.shared.append(("events", made.id))
            elif what == "merge":
                other = session.get(Customer, self.random.choice(customers))
                if other is not None and other is not held:
                    copies = merge_customers(held, other)
                    session.commit()
                    self.shared.extend(("events", copy.id) for copy in copies)
            else:
                (session.forget if what == "forget" else session.delete)(held)
                session.commit()


def run(tmp_path, monkeypatch, changes, writers, rounds, delay=0.2):
    path, shared, random, kills = tmp_path / "m", [], Random(1), 0
    with Sandbox(search_delay=delay) as sandbox:
        ids = sandbox.seed([{"externalId": f"seed {number}"} for number in range(300)])
        shared += [("customers", identity) for identity in ids]
        for number in range(rounds):
            threads = [
                Writer(sandbox, number * 10 + one, changes // writers // rounds, shared)
                for one in range(writers)
            ]
            for thread in threads:
                thread.start()
            threads[0].join()
            kills += pull(sandbox, path, random.randrange(2, 25)) == 9
            for thread in threads:
                thread.join()
                assert thread.error is None, thread.error
            if number == 1:  # as if the mirror had slept longer than the service keeps updates
                with monkeypatch.context() as patched:
                    patched.setattr(stream, "RETENTION", -1)
                    Writer(sandbox, 77, 3, shared).run()
                    sandbox.node.api.updates.list_updates(size=1)
                threading.Event().wait(delay * 2)  # a service keeps updates for longer than its search lags
                Writer(sandbox, 78, 3, shared).run()
            with Mirror(sandbox.node, path) as mirror:
                done = mirror.pull()
                assert done.scanned is (number < 2)
        assert kills >= min(3, rounds)
        threading.Event().wait(delay * 3)
        monkeypatch.setattr(pulling, "OVERLAP", delay * 2)
        with Mirror(sandbox.node, path) as mirror:
            mirror.pull()
        assert of_mirror(path) == of_server(sandbox, *shared)
        with Mirror(sandbox.node, path) as mirror:
            assert str(mirror.verify()).endswith("0 written, 0 deleted")


@pytest.mark.slow
def test_after_random_changes_kills_and_an_expired_offset_the_mirror_equals_the_node(tmp_path, monkeypatch):
    run(tmp_path, monkeypatch, changes=120, writers=2, rounds=3)


@pytest.mark.soak
def test_after_ten_thousand_random_changes_the_mirror_equals_the_node(tmp_path, monkeypatch):
    run(tmp_path, monkeypatch, changes=10_000, writers=4, rounds=5)
