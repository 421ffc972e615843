"""Whatever a session and a query can do, their asynchronous ones can, or the page says why not."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from contacthub_orm import Query, Session
from contacthub_orm.asyncio import AsyncMirror, AsyncQuery, AsyncSession, AsyncUpdates
from contacthub_orm.asyncio.mirror import AsyncMirrorQuery
from contacthub_orm.contacthub.node.updates import UpdateStream
from contacthub_orm.mirror import Mirror, MirrorQuery

PAGE = (Path(__file__).parents[2] / "docs/asyncio.md").read_text(encoding="utf-8")
PAIRS = [
    (Session, AsyncSession),
    (Query, AsyncQuery),
    (Mirror, AsyncMirror),
    (MirrorQuery, AsyncMirrorQuery),
    (UpdateStream, AsyncUpdates),
]
PLAIN = {
    "add", "add_all", "compile", "counterpart", "delete", "expire", "expire_all", "explain", "expunge", "expunge_all",
    "forget", "is_modified", "is_unsettled", "on_commit", "options", "query", "raw", "stop", "connect",
}  # fmt: skip
BLOCKS = {"begin", "begin_nested"}
ITERATED = {"follow", "watch", "pages", "documents"}


def public(cls: type) -> set[str]:
    return {name for name in dir(cls) if not name.startswith("_")}


def left_out(cls: type) -> set[str]:
    """What the page's table says of a class that it does not have."""
    [row] = re.findall(rf"^\| `{cls.__name__}` \| (.*?) \|", PAGE, re.MULTILINE) or [""]
    return set(re.findall(r"`(\w+)`", row))


@pytest.mark.parametrize(("plain", "asynchronous"), PAIRS)
def test_every_public_name_is_there_or_the_page_says_why_not(plain, asynchronous):
    assert public(plain) - public(asynchronous) == left_out(plain)


COMMON = [
    (plain, asynchronous, name)
    for plain, asynchronous in PAIRS
    for name in sorted(public(plain) & public(asynchronous))
    if inspect.isfunction(getattr(plain, name)) and name in vars(asynchronous)
]


def test_a_method_takes_what_its_namesake_takes():
    for plain, asynchronous, name in COMMON:
        wanted = inspect.signature(getattr(plain, name)).parameters
        found = inspect.signature(getattr(asynchronous, name)).parameters
        assert [(one.name, one.kind, one.default) for one in found.values()] == [
            (one.name, one.kind, one.default) for one in wanted.values()
        ], (plain, name)
        if name not in {"query", "watch"}:  # which take statements too, or an AsyncMirrorQuery
            annotations = [one.annotation for one in list(found.values())[1:]]
            assert annotations == [one.annotation for one in list(wanted.values())[1:]], (plain, name)


def test_what_may_ask_the_service_is_awaited():
    for plain, asynchronous, name in COMMON:
        method = getattr(asynchronous, name)
        if name in BLOCKS:
            assert inspect.isasyncgenfunction(inspect.unwrap(method)), (plain, name)
        elif (plain, name) == (MirrorQuery, "explain"):
            assert inspect.iscoroutinefunction(method)  # SQLite explains it
        elif name not in ITERATED:
            assert inspect.iscoroutinefunction(method) == (name not in PLAIN), (plain, name)


def test_the_settings_are_those_of_a_session_and_the_limiter():
    wanted = inspect.signature(Session.__init__).parameters
    found = dict(inspect.signature(AsyncSession.__init__).parameters)
    del found["limiter"]
    assert [(one.name, one.kind, one.default, one.annotation) for one in found.values()] == [
        (one.name, one.kind, one.default, one.annotation) for one in wanted.values()
    ]
