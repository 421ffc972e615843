"""The process behind `plain_path`: it reads a name, measures one round of that, and prints the seconds.

`contacthub_orm` is that of the folder in the first argument; the benchmarks are those beside this file.
"""

from __future__ import annotations

import sys
from pathlib import Path
from timeit import Timer
from typing import TYPE_CHECKING, Final

import contacthub_orm
from benchmarks.documents import page_of
from benchmarks.flush import Loaded
from benchmarks.harness import stopwatch
from benchmarks.page_load import load
from benchmarks.reads import read_fresh
from benchmarks.stub import loaded

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["main"]

_CUSTOMERS: Final = 250
_REPEATS: Final = 2_000
"""Short rounds, since other work of the machine spares some of them."""


def main(package: str) -> None:
    """Measure until there are no more names."""
    assert Path(contacthub_orm.__file__).is_relative_to(package)
    contenders = _contenders()
    for line in sys.stdin:
        print(contenders[line.strip()](), flush=True)


def _contenders() -> dict[str, Callable[[], float]]:
    content = page_of(_CUSTOMERS)
    session, (customer,) = loaded(1)
    names = {"c": customer, "session": session}
    again = Timer("c.base.firstName; c.base.lastName; c.base.contacts.email", globals=names)
    write = Timer("c.base.contacts.email = 'a'; c.base.contacts.email = 'b'", globals=names)
    return {
        "page_load": lambda: stopwatch(lambda: load(content)),
        "reads_first": lambda: read_fresh(_CUSTOMERS),
        "reads_again": lambda: again.timeit(_REPEATS) / _REPEATS,
        "writes": lambda: write.timeit(_REPEATS) / (2 * _REPEATS),
        "flush": Loaded(_CUSTOMERS).seconds,
    }


if __name__ == "__main__":
    main(sys.argv[1])
