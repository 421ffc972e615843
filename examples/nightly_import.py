"""A nightly import: the customers of a CSV file into Contacthub, by e-mail, changed where they are known already.

    python examples/nightly_import.py customers.csv --rejects rejects.csv --journal import.journal

It works on the node that the CONTACTHUB_* variables name. The columns are `email`, `first_name`, `last_name`, `birthday`
(2001-12-31) and `city`; an empty cell leaves what is stored. A row that cannot be imported does not stop the others: the
rejects file names its line and the reason. The exit code is 1 if there are such rows.

Run it again after any crash. It first finishes what the last run had begun to send, which the journal knows, and then
goes through the whole file: a row that is stored already sends nothing.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from contacthub_orm import (
    Address,
    CommitError,
    ContacthubError,
    Customer,
    CustomerBase,
    MultipleResultsFound,
    Node,
    Session,
    Workspace,
    recover,
)

KEY = "base.contacts.email"
"""What the node matches customers by. So a row whose customer the search does not show yet is merged by the node."""


@dataclass(frozen=True)
class Row:
    line: int
    email: str
    customer: Customer


class Rejects:
    """The file of the rows that were not imported. Each is written at once, so that a crash loses none."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("w", newline="", encoding="utf-8")
        self._writer = csv.writer(self._file)
        self.count = 0
        self._write("line", "email", "reason")

    def __enter__(self) -> Rejects:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, line: int, email: str, reason: object) -> None:
        self.count += 1
        self._write(line, email, reason)

    def _write(self, *cells: object) -> None:
        self._writer.writerow(cells)
        self._file.flush()


def read(path: Path, rejects: Rejects) -> Iterator[Row]:
    """The rows of the file that can be a customer."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        lines = csv.DictReader(file)
        for cells in lines:
            given = {name: (cell or "").strip() for name, cell in cells.items() if isinstance(name, str)}
            email = given.get("email", "")
            try:
                if not email:
                    raise ValueError("it has no email")
                yield Row(lines.line_num, email, customer_of(given))
            except ValueError as error:
                rejects.add(lines.line_num, email, error)


def customer_of(given: dict[str, str]) -> Customer:
    """A customer with what the cells give; what is not set here stays as it is stored."""
    base = CustomerBase(contacts={"email": given["email"]})
    if given.get("first_name"):
        base.firstName = given["first_name"]
    if given.get("last_name"):
        base.lastName = given["last_name"]
    if given.get("birthday"):
        base.dob = date.fromisoformat(given["birthday"])
    if given.get("city"):
        base.address = Address(city=given["city"])
    return Customer(base=base)


def merge(session: Session, rows: list[Row], rejects: Rejects) -> list[tuple[Row, Customer]]:
    """Bring the rows into the session; gives what each became."""
    try:
        return list(zip(rows, session.merge_all([row.customer for row in rows], key=KEY), strict=True))
    except MultipleResultsFound as error:
        if len(rows) == 1:
            rejects.add(rows[0].line, rows[0].email, error)
            return []
    half = len(rows) // 2  # one of many rows is ambiguous: the others are not to wait for it
    return merge(session, rows[:half], rejects) + merge(session, rows[half:], rejects)


def save(session: Session, merged: list[tuple[Row, Customer]], rejects: Rejects) -> int:
    """Commit a chunk; gives how many rows were saved. What was not is let go of: no later commit is to meet it again."""
    try:
        session.commit()
    except CommitError as error:
        reasons = {id(entry.entity): entry.error for entry in error.account if entry.error is not None}
        refused = [(row, reasons[id(customer)]) for row, customer in merged if id(customer) in reasons]
        for row, reason in refused:
            rejects.add(row.line, row.email, reason)
        for entity in error.remaining:
            session.expunge(entity)
        return len(merged) - len(refused)
    return len(merged)


def run(node: Node, path: Path, rejects: Rejects, journal: Path, size: int) -> int:
    """Import a file, so many rows in one commit; gives how many were imported."""
    rows, imported = read(path, rejects), 0
    with Session(node, on_error="continue", journal=journal) as session:
        while chunk := list(islice(rows, size)):
            imported += save(session, merge(session, chunk, rejects), rejects)
            print(f"up to line {chunk[-1].line}: {imported} rows imported", flush=True)
    return imported


def finish_last_run(node: Node, journal: Path, settle: float) -> bool:
    """Finish what a run that crashed had begun to send. Returns whether nothing is left open."""
    if not journal.exists():
        return True
    report = recover(node, journal, settle=settle)
    print(report)
    return not report.open


def main(arguments: Iterable[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Import the customers of a CSV file.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--rejects", type=Path, default=Path("rejects.csv"))
    parser.add_argument("--journal", type=Path, default=Path("import.journal"))
    parser.add_argument(
        "--settle", type=float, default=60.0, help="seconds until a write is certainly searchable"
    )
    parser.add_argument("--chunk", type=int, default=500, help="the number of rows of one commit")
    given = parser.parse_args(None if arguments is None else list(arguments))
    with Workspace.from_env() as workspace, Rejects(given.rejects) as rejects:
        node = workspace.get_node(matching=[KEY])
        try:
            if not finish_last_run(node, given.journal, given.settle):
                print("the last run is not finished yet: run this again in a minute", file=sys.stderr)
                return 2
            imported = run(node, given.file, rejects, given.journal, given.chunk)
        except (ContacthubError, OSError) as error:
            print(f"stopped: {error}", file=sys.stderr)
            return 2
    print(f"{imported} rows imported, {rejects.count} rejected ({given.rejects})")
    return 1 if rejects.count else 0


if __name__ == "__main__":
    sys.exit(main())
