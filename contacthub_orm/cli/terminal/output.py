"""How rows are printed: as a table, as JSON, or as CSV."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = [
    "FORMATS",
    "cell",
    "format_option",
    "json_text",
    "print_rows",
    "printable",
    "utf8_output",
    "value_at",
    "write_csv",
    "writing",
]

FORMATS: Final = ("table", "json", "csv")

GAP: Final = "  "
"""What is between two columns."""


@contextmanager
def writing(path: str | os.PathLike[str], remark: str = "") -> Iterator[None]:
    """Let a file that cannot be written end the command. Errors of the library pass, of which some are OSErrors too."""
    from contacthub_orm import ContacthubError

    try:
        yield
    except ContacthubError:
        raise
    except OSError as error:
        raise click.ClickException(
            f"{os.fspath(path)} cannot be written: {error.strerror or error}{remark}"
        ) from None


def format_option(
    default: str = "table", formats: Sequence[str] = FORMATS, help: str = "How the result is printed."
) -> Callable[..., Any]:
    """The option `--format`, as the argument `form`."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(list(formats)),
        default=default,
        show_default=True,
        help=help,
    )


def utf8_output() -> TextIO:
    """The standard output in UTF-8, for data that a program reads."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    return sys.stdout


def value_at(document: Any, path: str) -> Any:
    """The value at a dotted path of a document, None where there is none."""
    for key in path.split("."):
        if not isinstance(document, dict):
            return None
        document = document.get(key)
    return document


def cell(value: Any) -> str:
    """A value as a cell of text: JSON, but for texts and None."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value)


def json_text(value: Any, *, indent: int | None = None) -> str:
    """A value as JSON. Characters that are not ASCII stay if the standard output can write them."""
    text = json.dumps(value, indent=indent, ensure_ascii=False, default=str)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, indent=indent, default=str)
    return text


def printable(text: str) -> str:
    """A text in which no character moves the cursor or changes the terminal."""
    shown = "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text)
    encoding = sys.stdout.encoding or "utf-8"
    return shown.encode(encoding, "backslashreplace").decode(encoding)


def print_rows(rows: Iterable[Mapping[str, Any]], form: str, columns: Sequence[str]) -> None:
    """Print documents.

    Args:
        rows: the documents.
        form: "table", "json" or "csv".
        columns: the dotted paths that are shown; with "json" no paths show the whole documents.
    """
    if form == "json":
        _print_json(rows, columns)
    elif form == "csv":
        write_csv(utf8_output(), rows, columns)
    else:
        _print_table([[printable(cell(value_at(row, name))) for name in columns] for row in rows], columns)


def _print_json(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """An array, an element a line, so that what reads it need not wait for all of it."""
    before = "["
    for row in rows:
        shown = {name: value_at(row, name) for name in columns} if columns else row
        click.echo(f"{before}{json_text(shown)}", nl=False)
        before = ",\n "
    click.echo("[]" if before == "[" else "]")


def write_csv(
    file: TextIO,
    rows: Iterable[Mapping[str, Any]],
    columns: Sequence[str],
    value: Callable[[Any, str], Any] = value_at,
) -> None:
    """Write rows as CSV with a header; `value` reads a column of a row."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell(value(row, name)) for name in columns])


def _print_table(lines: Sequence[Sequence[str]], columns: Sequence[str]) -> None:
    """Print a table. If the terminal is too narrow for it, print the rows as blocks, so that nothing is cut off."""
    widths = [max(map(len, found)) for found in zip(columns, *lines, strict=True)]
    room = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
    if room is not None and sum(widths) + len(GAP) * (len(widths) - 1) > room:
        _print_blocks(lines, columns, room)
        return
    for line in (columns, ["-" * width for width in widths], *lines):
        cells = [f"{text:<{width}}" for text, width in zip(line, widths, strict=True)]
        click.echo(GAP.join(cells).rstrip())


def _print_blocks(lines: Sequence[Sequence[str]], columns: Sequence[str], room: int) -> None:
    """Print each row as a block with a line for each of its values that is not empty, as psql does."""
    width = max(map(len, columns))
    beside = max(room - width - len(GAP), 1)
    for line in lines:
        for name, text in zip(columns, line, strict=True):
            for start in range(0, len(text), beside):
                label = "" if start else name
                click.echo(f"{label:<{width}}{GAP}{text[start : start + beside]}")
        click.echo("")
