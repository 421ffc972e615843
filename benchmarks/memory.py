"""What loaded customers keep in memory, and what a million edits leave behind."""

from __future__ import annotations

import gc
import json
import tracemalloc
from typing import Final

from benchmarks.documents import page_of
from benchmarks.harness import Row
from benchmarks.stub import Stubbed, loaded
from contacthub_orm import Customer, Session
from contacthub_orm.http import paused_gc

__all__ = ["rows"]

_CUSTOMERS: Final = 5_000
_BOUND: Final = 1.1
_EDITED: Final = 10_000
_EDITS: Final = 1_000_000
_COMMITS: Final = 4


def rows() -> list[Row]:
    """Exact figures, measured once."""
    return [_loaded_row(), _garbage_row()]


def _loaded_row() -> Row:
    content = page_of(_CUSTOMERS)
    tracemalloc.start()
    documents = json.loads(content)["elements"]
    bare = tracemalloc.get_traced_memory()[0]
    session = Session(Stubbed())
    customers = session.query(Customer).load(documents)
    for customer in customers:
        _ = customer.base.contacts.email
    ours = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    session.close()
    ratio = ours / bare
    return Row(
        "memory",
        f"{_CUSTOMERS:,} customers in a session, one nested field of each read",
        f"{ours / _CUSTOMERS:,.0f} bytes each",
        f"the decoded documents: {bare / _CUSTOMERS:,.0f}",
        f"{ratio:.2f}",
        f"<= {_BOUND:g}",
        ratio <= _BOUND,
    )


def _garbage_row() -> Row:
    """Edits between commits; nothing is released meanwhile, so whatever the collector finds is garbage of the edits."""
    session, customers = loaded(_EDITED)
    customers[0].base.contacts.email = "first@example.com"
    session.commit()  # what is loaded and made on first use leaves garbage once
    gc.collect()
    found = 0
    with paused_gc():
        for commit in range(_COMMITS):
            for edit in range(_EDITS // _EDITED // _COMMITS):
                for customer in customers:
                    customer.base.contacts.email = f"{commit}.{edit}@example.com"
            session.commit()
            found += gc.collect()
    session.close()
    return Row(
        "garbage",
        f"{_EDITS:,} edits of {_EDITED:,} customers, with {_COMMITS} commits",
        f"{found:,} objects for the collector",
        "none",
        f"{found:,}",
        "0",
        found == 0,
    )
