"""The file of a journal: whose it is, who may read it, and what is refused and left as it is."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import JournalError, Session, recover
from contacthub_orm.orm.unit_of_work.journal import read_journal
from contacthub_orm.orm.unit_of_work.journal_records import encoded
from tests.support.world import Crash, World, customer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def _of_another_program(path: Path, mode: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"pragma journal_mode = {mode}")
        connection.execute("create table operation (number integer)")
        connection.execute("insert into operation values (1)")


OTHERS: dict[str, Callable[[Path], Any]] = {
    "a database": lambda path: _of_another_program(path, "delete"),
    "a database with a write-ahead log": lambda path: _of_another_program(path, "wal"),
    "a text": lambda path: path.write_text("Dear diary, " * 1000),
    "a byte": lambda path: path.write_bytes(b"\0"),
    "the beginning of a database": lambda path: path.write_bytes(b"SQLite format 3\0"),
}
OPENINGS: dict[str, Callable[[World, Path], Any]] = {
    "a session": lambda world, path: Session(world.node(), journal=path),
    "a recovery": lambda world, path: recover(world.node(), path),
    "a reader": lambda _, path: read_journal(path),
}


def _folder(path: Path) -> dict[str, tuple[bytes, int, int]]:
    """Every file beside a path, with its content, its mode and when it was changed."""
    found = {one.name: (one.read_bytes(), one.stat()) for one in path.parent.iterdir()}
    return {name: (content, stat.st_mode, stat.st_mtime_ns) for name, (content, stat) in found.items()}


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize("other", OTHERS)
def test_another_programs_file_is_refused_and_left_as_it_is(
    world: World, path: Path, other: str, opening: str
) -> None:
    OTHERS[other](path)
    before = _folder(path)
    with pytest.raises(JournalError, match=r"is no journal: it is another program's"):
        OPENINGS[opening](world, path)
    assert _folder(path) == before


def test_the_lock_of_a_journal_in_use_outlives_the_refusal_of_another_session(
    world: World, path: Path
) -> None:
    with Session(world.node(), journal=path):
        for opening in OPENINGS.values():
            with pytest.raises(JournalError, match="in use"):
                opening(world, path)
        if (child := os.fork()) == 0:  # locks are a process's
            with closing(sqlite3.connect(path, timeout=0)) as connection:
                try:
                    connection.execute("select * from meta").fetchall()
                except sqlite3.OperationalError as error:
                    os._exit(0 if "locked" in str(error) else 2)
                os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


@pytest.fixture
def no_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def test_only_the_owner_can_read_a_journal(world: World, path: Path, no_umask: None) -> None:
    with Session(world.node(), journal=path) as session:
        session.add(customer("a"))
        session.commit()
        modes = {one.name: oct(one.stat().st_mode & 0o777) for one in path.parent.iterdir()}
    assert modes == {"journal.sqlite": "0o600", "journal.sqlite-wal": "0o600"}


def test_a_journal_that_others_could_read_is_closed_to_them(world: World, path: Path) -> None:
    Session(world.node(), journal=path).close()
    path.chmod(0o644)
    Session(world.node(), journal=path).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_empty_file_becomes_a_journal(world: World, path: Path) -> None:
    path.touch(mode=0o644)
    with Session(world.node(), journal=path) as session:
        session.add(customer("a"))
        session.commit()
    assert str(recover(world.node(), path)) == "nothing to recover"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_symbolic_link_to_nothing_is_refused(world: World, path: Path) -> None:
    path.symlink_to(path.with_name("elsewhere"))
    for opening in OPENINGS.values():
        with pytest.raises(JournalError, match="symbolic link points to nothing"):
            opening(world, path)
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_symbolic_link_to_a_journal_is_that_journal(world: World, path: Path) -> None:
    Session(world.node(), journal=path).close()
    link = path.with_name("link")
    link.symlink_to(path)
    with Session(world.node(), journal=link), pytest.raises(JournalError, match="in use"):
        Session(world.node(), journal=path)


def test_a_folder_a_pipe_and_a_missing_folder_are_refused(world: World, path: Path) -> None:
    pipe = path.with_name("pipe")
    os.mkfifo(pipe)
    for wrong, why in [
        (path.parent, "it is a folder"),
        (pipe, "it is no file"),
        (path / "below" / "it", "cannot be opened: No such file or directory"),
        (path.with_name("x" * 300), "cannot be opened: File name too long"),
    ]:
        with pytest.raises(JournalError, match=why):
            Session(world.node(), journal=wrong)


@pytest.mark.parametrize("wrong", ["", "a\0b", 5, True])
def test_what_is_no_path_is_refused(world: World, wrong: Any) -> None:
    with pytest.raises(JournalError, match="journal is the path of a file"):
        Session(world.node(), journal=wrong)


def test_a_name_that_means_memory_to_sqlite_is_a_file(
    world: World, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    Session(world.node(), journal=":memory:").close()
    assert path.with_name(":memory:").stat().st_size > 0


def _unfinished(world: World, path: Path) -> None:
    """A journal with a commit of three operations in its main file."""
    node = world.node()
    session = Session(node, journal=path)
    session.add_all([customer("a"), customer("b"), customer("c")])
    world.fault(node, 0, "before", Crash())
    with pytest.raises(Crash):
        session.commit()
    session.close()


@pytest.mark.parametrize(
    ("column", "value"),
    [("verb", "FETCH"), ("request", "{"), ("first_sent", "now"), ("outcome", "so so"), ("resource", "cats")],
)
def test_a_damaged_row_is_a_journal_error(world: World, path: Path, column: str, value: str) -> None:
    _unfinished(world, path)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(f"update operation set {column} = ? where number = 1", (value,))
    with pytest.raises(JournalError, match="is damaged"):
        recover(world.node(), path)
    assert world.writes() == []


def test_a_damaged_page_is_a_journal_error_and_sends_nothing(world: World, path: Path) -> None:
    _unfinished(world, path)
    content = bytearray(path.read_bytes())
    for start in range(4096, len(content), 4096):
        content[start : start + 64] = b"\xff" * 64
    path.write_bytes(content)
    with pytest.raises(JournalError, match="is damaged"):
        recover(world.node(), path)
    assert world.writes() == []


def test_a_journal_that_was_cut_off_is_a_journal_error(world: World, path: Path) -> None:
    _unfinished(world, path)
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(JournalError):
        Session(world.node(), journal=path)


def test_a_journal_that_was_created_and_not_filled_is_empty(world: World, path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:  # the process died after its first write to the file
        connection.execute(f"pragma application_id = {0x63486A6C}")
    Session(world.node(), journal=path).close()
    assert read_journal(path)[2] == []


def test_old_values_with_a_lone_surrogate_can_be_written_down() -> None:
    assert encoded({"extra": "\ud800"}).encode() == b'{"extra": "\\ud800"}'
