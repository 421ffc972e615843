"""The third chapter: every night, the file of the till becomes members. It may be killed and run again.

python -m examples.tutorial.nightly members.csv
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from contacthub_orm import CommitError, Node, Session, Workspace, recover

from .shop import Member

KEY = "base.contacts.email"
CHUNK = 500


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(newline="", encoding="utf-8-sig") as file:
        yield from csv.DictReader(file)


def member_of(row: dict[str, str]) -> Member:
    """A member with what the cells give. What is not set here stays as it is stored."""
    member = Member()
    member.base.contacts.email = row["email"].strip().lower()
    if row["name"]:
        member.base.firstName = row["name"]
    if row["size"]:
        member.extended.size = int(row["size"])
    return member


def save(session: Session, chunk: list[dict[str, str]], rejects: list[str]) -> int:
    """Merge and commit a chunk; gives how many rows are as the file has them."""
    session.merge_all([member_of(row) for row in chunk], key=KEY)
    try:
        session.commit()
    except CommitError as error:
        rejects += [
            f"{entry.entity.base.contacts.email}: {entry.message}" for entry in error.account if entry.error
        ]
        for member in error.remaining:
            session.expunge(member)
        return len(chunk) - len(error.remaining)
    return len(chunk)


def run(node: Node, path: Path, journal: Path) -> tuple[int, list[str]]:
    """Finish what a killed run left, then import the file; gives how many rows are saved, and the rejects."""
    if journal.exists():
        print(recover(node, journal))
    saved, rejects, file = 0, [], rows(path)
    with Session(node, on_error="continue", journal=journal) as session:
        while chunk := list(islice(file, CHUNK)):
            saved += save(session, chunk, rejects)
    return saved, rejects


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Import the members of a CSV file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--journal", type=Path, default=Path("nightly.journal"))
    given = parser.parse_args(None if arguments is None else list(arguments))
    with Workspace.from_env() as workspace:
        saved, rejects = run(workspace.get_node(matching=[KEY]), given.file, given.journal)
    print(f"{saved} rows saved, {len(rejects)} rejected")
    print("\n".join(rejects), file=sys.stderr)
    return 1 if rejects else 0


if __name__ == "__main__":
    sys.exit(main())
