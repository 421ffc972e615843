"""`contacthub-orm import`: customers or events from a file."""

from __future__ import annotations

import csv
import json
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TextIO

import attrs
import click

from contacthub_orm.cli.terminal.classes import entity_class, entity_option
from contacthub_orm.cli.terminal.connection import Target, node_options
from contacthub_orm.cli.terminal.output import cell, format_option, json_text, writing
from contacthub_orm.cli.terminal.progress import is_watched, progress_bar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from contacthub_orm import BulkAccount, Node, Reject
    from contacthub_orm.cli.data.mapping import MappedRows

__all__ = ["import_rows"]

_FORMS: Final = ("csv", "jsonl", "excel", "parquet")
_SHOWN_REJECTS: Final = 10


@click.command("import")
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, exists=True))
@entity_option("Customer (the default), a class of events such as CompletedOrder, or MODULE:CLASS of yours.")
@click.option(
    "--map",
    "maps",
    multiple=True,
    metavar="COLUMN=PATH",
    help="Which property a column is, if it has not its name; nothing after = leaves it out. May be repeated.",
)
@click.option(
    "--mapping",
    "mapping_file",
    type=click.Path(dir_okay=False),
    metavar="TOML",
    help='The same as a file of lines: "E-mail" = "base.contacts.email".',
)
@click.option(
    "--upsert-by",
    "keys",
    multiple=True,
    metavar="PATH",
    help="Property that tells who exists, such as base.contacts.email; may be repeated. By default the node decides.",
)
@click.option("--dry-run", is_flag=True, help="Read the file, print the plan, and write nothing.")
@click.option(
    "--rejects",
    type=click.Path(dir_okay=False, writable=True),
    metavar="FILE",
    help="File for the rows that are not saved, and why: CSV, or JSON lines for documents.",
)
@click.option("--resume", is_flag=True, help="Go on with an import that was cut short, if there is one.")
@click.option(
    "--journal",
    type=click.Path(dir_okay=False),
    metavar="PATH",
    help="Where the import keeps its place; FILE.journal by default. It is gone when the import has ended.",
)
@click.option(
    "--strategy",
    type=click.Choice(["auto", "bulk", "requests"]),
    default="auto",
    show_default=True,
    help="By bulk jobs, by a request for each row, or by what is cheaper.",
)
@click.option(
    "--file-format", "file_form", type=click.Choice(_FORMS), help="By default by the end of the file's name."
)
@format_option("text", ("text", "json"))
@node_options(sandbox=True)
def import_rows(
    target: Target,
    *,
    path: str,
    name: str | None,
    maps: tuple[str, ...],
    mapping_file: str | None,
    keys: tuple[str, ...],
    dry_run: bool,
    rejects: str | None,
    resume: bool,
    journal: str | None,
    strategy: str,
    file_form: str | None,
    form: str,
) -> None:
    """Save the rows of FILE: a CSV file, JSON lines, the first sheet of an Excel file, or a Parquet file.

    The columns are paths such as base.contacts.email; --map names the others. An empty cell sets nothing. Columns whose
    names begin with # are left out. If the command is killed, the same command with --resume goes on, and each row is saved
    once. The exit status is 1 if a row was not saved.

    \b
    Examples:
      contacthub-orm import people.csv --map Mail=base.contacts.email --dry-run
      contacthub-orm import people.xlsx --upsert-by externalId --rejects left.csv
      contacthub-orm import orders.jsonl --entity CompletedOrder --resume
    """
    from contacthub_orm.cli.data.files import Source, form_of
    from contacthub_orm.cli.data.mapping import MappedRows, mapping_of
    from contacthub_orm.contacthub.bulk.columns import Columns

    if rejects is not None and Path(rejects).exists() and Path(rejects).samefile(path):
        raise click.UsageError("--rejects FILE would overwrite the file that is imported")
    source = Source(Path(path), form_of(path, file_form, _FORMS))
    mapping = mapping_of(mapping_file, maps)
    entity = entity_class(name or "Customer")
    place = Path(journal or f"{path}.journal")
    options: dict[str, Any] = {"entity": entity, "strategy": strategy, "upsert_by": list(keys) or None}
    with target.node() as node:
        declared = node.api.configuration.get_customer_extended_properties
        rows = MappedRows(source, mapping, Columns(entity, declared))
        if dry_run:
            _tell(_plan(node, rows, options), form)
            return
        with _kept_place(place, resume=resume):
            account = _save(node, rows, options, place, rejects, is_text=source.has_texts)
    _tell(account, form)
    if account.rejected:
        sys.exit(1)


def _plan(node: Node, rows: MappedRows, options: Mapping[str, Any]) -> Any:
    from contacthub_orm import Session

    with Session(node) as session:
        return session.plan_bulk_save(rows, **options)


@contextmanager
def _kept_place(place: Path, *, resume: bool) -> Iterator[None]:
    """Refuse to begin while the journal holds an import that was cut short; afterwards let it go unless it holds one."""
    if not resume and _is_cut_short(place):
        raise click.ClickException(
            f"{place} holds an import that was cut short: go on with --resume, or remove the file"
        )
    try:
        yield
    finally:
        if not _is_cut_short(place):
            for one in (place, Path(f"{place}-requests")):
                one.unlink(missing_ok=True)


def _is_cut_short(place: Path) -> bool:
    """Whether the journal holds an import that has not ended.

    Raises:
        JournalError: if the file is no journal, or another process uses it.
    """
    from contacthub_orm.contacthub.bulk.journal import LoadJournal

    if not place.exists():
        return False
    journal = LoadJournal(place, None, create=False)
    try:
        return journal.meta("strategy") is not None
    finally:
        journal.close()


def _save(
    node: Node,
    rows: MappedRows,
    options: Mapping[str, Any],
    place: Path,
    rejects: str | None,
    *,
    is_text: bool,
) -> BulkAccount:
    with _rejects(rejects, is_text=is_text) as reject, progress_bar("import") as show:
        total = sum(1 for _ in rows) if is_watched() else None
        try:
            return node.bulk_save(
                rows, on_error=reject, journal=place, progress=lambda done, _: show(done, total), **options
            )
        except KeyboardInterrupt:
            click.echo("the import is cut short: the same command with --resume goes on", err=True)
            raise


@contextmanager
def _rejects(path: str | None, *, is_text: bool) -> Iterator[Callable[[Reject], None]]:
    """What takes the rows that are not saved: a file, or the standard error for the first of them."""
    if path is None:
        told = 0

        def tell(reject: Reject) -> None:
            nonlocal told
            told += 1
            if told <= _SHOWN_REJECTS:
                click.echo(str(reject), err=True)

        yield tell
        if told > _SHOWN_REJECTS:
            click.echo(f"and {told - _SHOWN_REJECTS} more; --rejects FILE keeps all of them", err=True)
        return
    with writing(path), open(path, "w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        yield _csv_rejects(file) if is_text else _json_rejects(file)


def _csv_rejects(file: TextIO) -> Callable[[Reject], None]:
    from contacthub_orm.cli.data.mapping import OWN_SIGN

    writer = csv.writer(file, lineterminator="\n")
    header: list[str] = []

    def keep(reject: Reject) -> None:
        source = reject.row.source
        if not header:
            header.extend(name for name in source if not name.startswith(OWN_SIGN))
            writer.writerow([*header, f"{OWN_SIGN}row", f"{OWN_SIGN}reason"])
        writer.writerow([*(cell(source.get(name)) for name in header), reject.number, reject.reason])

    return keep


def _json_rejects(file: TextIO) -> Callable[[Reject], None]:
    from contacthub_orm.cli.data.mapping import OWN_SIGN

    def keep(reject: Reject) -> None:
        told = {f"{OWN_SIGN}row": reject.number, f"{OWN_SIGN}reason": reject.reason}
        file.write(json.dumps({**reject.row.source, **told}, ensure_ascii=False, default=str) + "\n")

    return keep


def _tell(result: Any, form: str) -> None:
    if form == "json":
        shown = attrs.asdict(result, filter=lambda field, _: field.name != "rejects")
        click.echo(json_text(shown))
    else:
        click.echo(str(result))
