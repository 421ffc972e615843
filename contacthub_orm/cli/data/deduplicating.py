"""`contacthub-orm dedupe`: customers that are one person, found by a key and merged."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, Final

import attrs
import click

from contacthub_orm.cli.data.asking import question
from contacthub_orm.cli.terminal.classes import COLUMNS, columns_of
from contacthub_orm.cli.terminal.connection import Target, node_options
from contacthub_orm.cli.terminal.output import format_option, print_rows, printable, value_at
from contacthub_orm.cli.terminal.progress import is_watched, progress_bar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from contacthub_orm import Customer, Node, Session

__all__ = ["dedupe"]

_ORDERS: Final = ("oldest", "newest", "fullest")

Key = tuple[str, ...]


@click.command()
@click.option(
    "--by",
    "paths",
    multiple=True,
    required=True,
    metavar="PATH",
    help="What customers have in common who may be one person, such as base.contacts.mobilePhone; may be repeated.",
)
@click.option("--where", "criterion", metavar="CRITERION", help="Among whom; see the command query.")
@click.option(
    "--keep",
    type=click.Choice(_ORDERS),
    default="oldest",
    show_default=True,
    help="Who stays: the one that registered first, the one that changed last, or the one with most values.",
)
@click.option("--dry-run", is_flag=True, help="Show who may be one person, and merge nobody.")
@click.option("--yes", is_flag=True, help="Merge without asking.")
@click.option(
    "--journal",
    type=click.Path(dir_okay=False),
    default="dedupe.journal",
    show_default=True,
    metavar="PATH",
    help="File for the merge that is under way, so that recover can undo it. It stays, and holds nothing afterwards.",
)
@format_option(help="Of a dry run.")
@node_options(sandbox=True)
def dedupe(
    target: Target,
    *,
    paths: tuple[str, ...],
    criterion: str | None,
    keep: str,
    dry_run: bool,
    yes: bool,
    journal: str,
    form: str,
) -> None:
    """Find customers with the same key and merge them.

    Keys are compared without regard to upper and lower case and to blanks; customers without one are passed over. The one that
    stays gets what it lacks of the others, copies of their events, and their sessions; the others are deleted. For each
    group the command shows the customers and the plan, and asks: yes, no, all of the following, or quit. A group that
    somebody else changes in the meantime is left as it is. If the command is killed, recover undoes the merge that was
    under way. The exit status is 1 if a group could not be merged.

    \b
    Examples:
      contacthub-orm dedupe --by base.contacts.mobilePhone --dry-run
      contacthub-orm dedupe --by base.lastName --by base.dob --keep fullest
    """
    from contacthub_orm import Customer, Session

    asked = question(criterion, None)
    if not issubclass(asked.entity, Customer):
        raise click.UsageError("only customers can be merged")
    columns_of(Customer, ",".join(paths))
    columns = list(dict.fromkeys([*COLUMNS["customers"], *paths, "registeredAt"]))
    kept = None if dry_run or target.sandbox else journal  # a throwaway sandbox takes with it what was done
    with target.node() as node:
        with Session(node, journal=kept) as session:  # refuses a journal that cannot be used before it reads
            groups = _groups(asked.on(session).no_tracking(), paths)
        click.echo(f"{len(groups)} groups of customers with the same {', '.join(paths)}", err=True)
        if dry_run:
            with Session(node) as session:
                candidates = _candidates(session, groups, keep)
                print_rows(candidates, form, ["group", *columns] if form != "json" else [])
            return
        failed = _Merging(node, kept, paths, keep, columns, asks=not yes).run(groups)
    if failed:
        click.echo(f"{failed} groups were not merged, or not completely", err=True)
        sys.exit(1)


def _candidates(session: Session, groups: Sequence[Sequence[str]], keep: str) -> Iterator[dict[str, Any]]:
    for number, identities in enumerate(groups, 1):
        for one in _ranked(_read(session, identities), keep):
            yield {"group": number, **one.to_dict()}


def _read(session: Session, identities: Sequence[str]) -> list[Customer]:
    from contacthub_orm import Customer

    return [one for one in session.get_many(Customer, identities) if one is not None]


@attrs.define
class _Merging:
    """Merges groups, one after another.

    Attributes:
        journal: keeps the merge that is under way, so that it can be undone after a kill; None for no journal.
        asks: whether to ask before each; no longer after the answer "all".
    """

    node: Node
    journal: str | None
    paths: Sequence[str]
    keep: str
    columns: Sequence[str]
    asks: bool

    def run(self, groups: Sequence[Sequence[str]]) -> int:
        """Merge groups until the user quits, and return how many could not be merged.

        Raises:
            JournalError: if one is left in the journal, to be undone first.
        """
        from contacthub_orm import Session

        failed = 0
        for number, identities in enumerate(groups, 1):
            answer, merged = self._one(f"{number} of {len(groups)}", identities)
            failed += not merged
            if answer == "q":
                break
            if not merged:
                Session(self.node, journal=self.journal).close()
        return failed

    def _one(self, place: str, identities: Sequence[str]) -> tuple[str, bool]:
        """Show a group and merge it, if the user wants it; return the answer, and False if it could not be merged."""
        from contacthub_orm import Session
        from contacthub_orm.errors import CommitError

        with Session(self.node, check_version=True, journal=self.journal) as session:
            ranked = _ranked(_read(session, identities), self.keep)
            keys = {_key(one.to_dict(), self.paths) for one in ranked}
            if len(ranked) < len(identities) or len(keys) > 1:
                click.echo(f"{place}: changed in the meantime", err=True)
                return "n", False
            click.echo(f"\n{place}, and the first one stays:")
            print_rows([one.to_dict() for one in ranked], "table", self.columns)
            _merge(session, ranked)
            answer = _answer() if self.asks else "y"
            self.asks = self.asks and answer != "a"
            try:
                if answer in ("y", "a"):
                    session.commit(atomic=True)
            except CommitError as error:
                click.echo(str(error), err=True)
                return answer, False
            except KeyboardInterrupt:
                if self.journal is not None:
                    click.echo(f"cut short: contacthub-orm recover {self.journal} undoes it", err=True)
                raise
            return answer, True


def _groups(customers: Any, paths: Sequence[str]) -> list[list[str]]:
    """The ids of customers with the same key, in the order of their keys."""
    found: dict[Key, list[str]] = {}
    with progress_bar("read") as show:
        total = customers.count() if is_watched() else None
        for number, one in enumerate(customers, 1):
            key = _key(one.to_dict(), paths)
            if key is not None:
                found.setdefault(key, []).append(one.id)
            show(number, total)
    return [identities for _, identities in sorted(found.items()) if len(identities) > 1]


def _key(document: Mapping[str, Any], paths: Iterable[str]) -> Key | None:
    values = [value_at(document, path) for path in paths]
    key = tuple("".join(str(value).split()).casefold() for value in values if value is not None)
    return key if len(key) == len(values) and all(key) else None


def _ranked(there: Sequence[Customer], keep: str) -> list[Customer]:
    """The customers, the one that stays first."""
    if keep == "oldest":
        return sorted(there, key=lambda one: (str(one.registeredAt or ""), str(one.id)))
    if keep == "newest":
        return sorted(there, key=lambda one: (str(one.updatedAt or ""), str(one.id)), reverse=True)
    return sorted(there, key=lambda one: (-_values(one.to_dict()), str(one.registeredAt or "")))


def _values(value: Any) -> int:
    """How many values a document holds."""
    if isinstance(value, dict | list):
        return sum(map(_values, value.values() if isinstance(value, dict) else value))
    return value is not None


def _merge(session: Session, ranked: Sequence[Customer]) -> None:
    """Merge all into the first, as changes of the session, and print the plan."""
    from contacthub_orm import merge_customers

    for other in ranked[1:]:
        merge_customers(ranked[0], other)
    click.echo("")
    for line in str(session.plan()).splitlines():
        click.echo(printable(line))


def _answer() -> str:
    chosen: str = click.prompt(
        "Merge? [y]es, [n]o, [a]ll, [q]uit",
        type=click.Choice(["y", "n", "a", "q"]),
        show_choices=False,
        err=True,
    )
    return chosen
