"""What others can do while a search, or a transaction, of a data file takes long."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from contacthub_orm.sandbox import Sandbox
from contacthub_orm.sandbox.storage import database, store, values
from contacthub_orm.sandbox.storage.errors import NeedsTransaction
from tests.sandbox.api import Api

SIZE = 5


class Gate:
    """Holds the next statement of a connection inside SQLite, which calls it while it carries one out."""

    def __init__(self) -> None:
        self.is_armed = False
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self) -> int:
        if self.is_armed:
            self.is_armed = False
            self.entered.set()
            self.opened.wait(10)
        return 0

    def hold(self, act: Callable[[], Any], threads: ThreadPoolExecutor) -> Future[Any]:
        """Act in a thread; return once its statement is held."""
        self.is_armed = True
        held = threads.submit(act)
        assert self.entered.wait(10)
        return held


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """The gate of the connections that read, once they have their snapshot."""
    gate, genuine = Gate(), database._Readers.begin

    def begun(readers: Any, connection: Any) -> None:
        genuine(readers, connection)
        connection.connection.driver_connection.set_progress_handler(gate, 5)

    monkeypatch.setattr(database._Readers, "begin", begun)
    return gate


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, http: requests.Session, gate: Gate) -> Iterator[Api]:
    """A sandbox on a file, whose few customers count as many."""
    monkeypatch.setattr(store, "LARGE", SIZE)
    monkeypatch.setattr(values, "WORTHWHILE", SIZE)
    with Sandbox(tmp_path / "data.sqlite") as sandbox:
        sandbox.seed({"externalId": f"{at}", "base": {"firstName": "Ada"}} for at in range(SIZE))
        yield Api(sandbox, http)
        gate.opened.set()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as threads:
        yield threads


def named(name: str) -> dict[str, str]:
    condition = {"type": "atomic", "attribute": "base.firstName", "operator": "EQUALS", "value": name}
    return {"query": json.dumps({"query": {"type": "simple", "are": {"condition": condition}}})}


def test_while_a_search_is_held_inside_sqlite_others_read_and_write(
    api: Api, gate: Gate, threads: ThreadPoolExecutor
) -> None:
    first = api.search(**named("Ada"))["elements"][0]
    other = Api(api.sandbox, requests.Session())
    held = gate.hold(lambda: other.search(**named("Ada")), threads)
    path = f"/customers/{first['id']}"
    assert api.get(path).json() == first
    assert api.patch(path, {"base": {"firstName": "Bob"}}).status_code == 200
    made = api.create(externalId="new", base={"firstName": "Ada"})
    assert api.get(path).json()["base"]["firstName"] == "Bob"
    assert made["id"] in {one["id"] for one in api.search(**named("Ada"))["elements"]}
    assert not held.done()

    gate.opened.set()
    assert first in held.result()["elements"]
    assert held.result()["page"]["totalElements"] == SIZE


def test_while_an_index_is_made_others_read_and_what_they_write_follows(
    api: Api, threads: ThreadPoolExecutor
) -> None:
    first = api.search()["elements"][0]
    path, gate = f"/customers/{first['id']}", Gate()
    api.sandbox._service.store._raw.set_progress_handler(gate, 5)
    other, writer = (Api(api.sandbox, requests.Session()) for _ in range(2))
    held = gate.hold(lambda: other.search(**named("Bob")), threads)
    assert api.get(path).json() == first
    written = threads.submit(lambda: writer.patch(path, {"base": {"firstName": "Bob"}}))
    assert api.search()["page"]["totalElements"] == SIZE
    address = api.sandbox.base_url.removesuffix("/hub/v1") + "/console"
    console = threads.submit(lambda: requests.get(address, timeout=10))
    assert api.get(path).json() == first
    assert not any(waiting.done() for waiting in (held, written, console))

    gate.opened.set()
    assert written.result().status_code == 200
    assert console.result().status_code == 200
    assert held.result()["elements"] == []
    assert api.search(**named("Bob"))["page"]["totalElements"] == 1


def test_a_search_that_is_going_on_ends_when_the_sandbox_closes(
    api: Api, gate: Gate, threads: ThreadPoolExecutor
) -> None:
    api.search(**named("Ada"))
    opened = api.sandbox._service.store

    def search() -> str:
        with pytest.raises(NeedsTransaction) as found, opened.snapshot() as connection:
            connection.exec_driver_sql("SELECT count(*) FROM customers, customers, customers, customers")
        return str(found.value.__cause__)

    held = gate.hold(search, threads)
    opened.interrupt()
    gate.opened.set()
    assert "interrupted" in held.result()


def test_two_sandboxes_of_a_process_do_not_share_a_file_by_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "data.sqlite", tmp_path / "link.sqlite"
    with Sandbox(path):
        link.symlink_to(path)
        with pytest.raises(Exception, match="in use"):
            Sandbox(link)
    with Sandbox(link):
        pass


def test_a_sandbox_may_be_stopped_twice(tmp_path: Path) -> None:
    for path in (None, tmp_path / "data.sqlite"):
        sandbox = Sandbox(path).start()
        sandbox.stop()
        sandbox.stop()
