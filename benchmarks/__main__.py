"""`python -m benchmarks [--full] [NAME ...]`: measure, print the table, and exit with 1 if a bound is not held.

`python -m benchmarks --against COMMIT` compares the plain path with that of an earlier commit.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

from benchmarks import (
    asynchronous,
    at_scale,
    budget,
    bulk,
    commit,
    engines,
    flush,
    frames,
    growth,
    imports,
    journal,
    memory,
    mirror,
    operations,
    page_load,
    plain_path,
    reads,
    scan,
    size,
    writes,
)
from benchmarks.harness import Row, table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["main"]

_SUBJECTS: Final[dict[str, Callable[[], list[Row]]]] = {
    "page_load": page_load.rows,
    "reads": reads.rows,
    "writes": writes.rows,
    "flush": flush.rows,
    "memory": memory.rows,
    "commit": commit.rows,
    "bulk": bulk.rows,
    "budget": budget.rows,
    "at_scale": at_scale.rows,
    "engines": engines.rows,
    "journal": journal.rows,
    "scan": scan.rows,
    "mirror": mirror.rows,
    "frames": frames.rows,
    "operations": operations.rows,
    "asyncio": asynchronous.rows,
    "imports": imports.rows,
    "growth": growth.rows,
    "size": size.rows,
}
_AGAINST: Final = "--against"
_FULL: Final = _SUBJECTS | {
    "bulk": bulk.full_rows,
    "scan": scan.full_rows,
    "growth": growth.full_rows,
    "mirror": mirror.full_rows,
    "size": size.full_rows,
}


def main(arguments: Sequence[str]) -> int:
    """Run some subjects, or all without names.

    With `--full` the larger subjects have their full size, and take minutes.

    Returns:
        0 if every bound is held, 1 if one is not, 2 for an unknown name.
    """
    if arguments and arguments[0] == _AGAINST:
        if len(arguments) != 2:  # noqa: PLR2004
            print(f"{_AGAINST} takes one commit", file=sys.stderr)
            return 2
        return _shown(plain_path.rows(arguments[1]))
    names = [argument for argument in arguments if argument != "--full"]
    subjects = _SUBJECTS if len(names) == len(arguments) else _FULL
    unknown = [name for name in names if name not in _SUBJECTS]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(_SUBJECTS)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    for name in names or _SUBJECTS:
        print(f"measuring {name} ...", file=sys.stderr, flush=True)
        rows += subjects[name]()
    return _shown(rows)


def _shown(rows: list[Row]) -> int:
    print(table(rows))
    return 0 if all(row.held for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
