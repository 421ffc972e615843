"""What loading and editing cost, counted exactly: function calls, and objects that only the garbage collector can free."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from benchmarks.documents import customer as document
from benchmarks.stub import Stubbed, loaded
from contacthub_orm import Customer, Session


def calls_of(action: Callable[[], object]) -> int:
    """The number of Python functions that an action calls."""
    calls = 0

    def note(_: Any, event: str, __: Any) -> None:
        nonlocal calls
        calls += event == "call"

    gc.disable()  # hypothesis has the collector call a function of its own
    sys.setprofile(note)
    try:
        action()
    finally:
        sys.setprofile(None)
        gc.enable()
    return calls


def calls_of_loading(count: int) -> int:
    documents = [document(number) for number in range(count)]
    query = Session(Stubbed()).query(Customer)
    return calls_of(lambda: query.load(documents))


def test_a_further_row_of_a_page_costs_no_function_call() -> None:
    assert (calls_of_loading(110) - calls_of_loading(10)) / 100 < 0.1


MEMORY = """
import tracemalloc
from benchmarks.documents import customer
from benchmarks.stub import Stubbed
from contacthub_orm import Customer, Session
documents = [customer(number) for number in range(500)]
query = Session(Stubbed()).query(Customer)
query.load([customer(-1)])
tracemalloc.start()
customers = query.load(documents)
print(tracemalloc.get_traced_memory()[0] / 500)
"""


def test_a_loaded_entity_takes_less_than_half_a_kilobyte_beside_its_document() -> None:
    found = subprocess.run([sys.executable, "-c", MEMORY], check=True, capture_output=True, text=True)

    assert float(found.stdout) < 500  # what Python keeps of a class is as this process began


def test_a_value_that_is_written_again_costs_one_function_call() -> None:
    _, (customer,) = loaded(1)
    contacts = customer.base.contacts
    contacts.email = "a@example.com"

    assert calls_of(lambda: setattr(contacts, "email", "b@example.com")) <= 1 + 1


@pytest.mark.parametrize("settle", ["commit", "rollback"])
def test_a_value_that_is_written_again_after_the_session_settled_is_a_change(settle: str) -> None:
    session, (customer,) = loaded(1)
    customer.base.contacts.email = "a@example.com"
    getattr(session, settle)()
    assert session.dirty == []

    customer.base.contacts.email = "b@example.com"

    assert session.dirty == [customer]


def garbage_of_edits_and_commits() -> int:
    session, customers = loaded(20)
    gc.collect()
    gc.disable()
    try:
        for commit in range(3):
            for edit in range(10):
                for customer in customers:
                    customer.base.contacts.email = f"{commit}.{edit}@example.com"
            session.commit()
        return gc.collect()
    finally:
        gc.enable()


def test_edits_and_commits_leave_nothing_for_the_garbage_collector() -> None:
    # The thread of a sandbox that other tests use may leave something meanwhile, but not each time.
    assert min(garbage_of_edits_and_commits() for _ in range(3)) == 0
