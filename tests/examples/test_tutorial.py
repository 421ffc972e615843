"""The tutorial: its programs run as a reader runs them, and its pages show what is in them."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from contacthub_orm import Session, sessionmaker
from contacthub_orm.sandbox import Fault, Sandbox
from examples.tutorial import nightly, web
from examples.tutorial.sandbox_for_the_shop import write_settings
from examples.tutorial.shop import Member
from examples.tutorial.test_shop import *  # noqa: F403 - the tests of the fourth chapter run as they are

ROOT = Path(__file__).parents[2]
PROGRAMS = ROOT / "examples" / "tutorial"
CHAPTERS = sorted((ROOT / "docs" / "tutorial").glob("*.md"))


def run(
    program: str, *arguments: str, environment: dict[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", f"examples.tutorial.{program}", *arguments],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def blocks(page: Path) -> list[tuple[str, str]]:
    """The Python blocks of a chapter, each with the program that is named before it."""
    parts = re.split(r"`examples/tutorial/(\w+\.py)`", page.read_text(encoding="utf-8"))
    return [
        (program, block)
        for program, text in zip(parts[1::2], parts[2::2], strict=True)
        for block in re.findall(r"^```python\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    ]


@pytest.mark.parametrize("page", CHAPTERS, ids=lambda page: page.name)
def test_a_chapter_shows_what_its_programs_hold(page: Path) -> None:
    programs = {path.name: path.read_text(encoding="utf-8") for path in PROGRAMS.glob("*.py")}
    strange = [
        (name, block)
        for name, block in blocks(page)
        if block not in programs[name] and block not in textwrap.dedent(programs[name])
    ]

    assert strange == []


def test_every_program_is_shown() -> None:
    shown = {name for page in CHAPTERS for name, _ in blocks(page)}

    assert shown == {path.name for path in PROGRAMS.glob("*.py")} - {"__init__.py"}


def test_the_first_chapter_prints_what_its_page_says(contacthub_sandbox: Sandbox, tmp_path: Path) -> None:
    done = run("first_customers", environment=contacthub_sandbox.environment, folder=tmp_path)
    page = (ROOT / "docs/tutorial/first-customers.md").read_text(encoding="utf-8")
    [expected] = re.findall(r"It prints:\n\n```text\n(.*?)```", page, flags=re.DOTALL)

    assert done.returncode == 0, done.stderr
    assert re.sub(r"customers/[\w-]+", "customers/...", done.stdout) == expected


def test_the_server_of_the_shop_writes_where_it_is(contacthub_sandbox: Sandbox, tmp_path: Path) -> None:
    write_settings(contacthub_sandbox, tmp_path / "shop.env")

    lines = (tmp_path / "shop.env").read_text(encoding="utf-8").splitlines()
    assert dict(line.split("=", 1) for line in lines) == contacthub_sandbox.environment


def test_the_nightly_import_says_what_it_did(contacthub_sandbox: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "members.csv").write_text(
        "email,name,size\nada@example.com,Ada,38\nbob@example.com,Bob,430\n"
    )
    done = run("nightly", "members.csv", environment=contacthub_sandbox.environment, folder=tmp_path)

    assert (done.returncode, done.stdout) == (1, "1 rows saved, 1 rejected\n")
    assert "bob@example.com: Member.extended.size: is a European shoe size" in done.stderr


def test_the_nightly_import_goes_on_after_a_refusal(contacthub_sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "members.csv"
    file.write_text("email,name,size\nada@example.com,Ada,38\nbob@example.com,Bob,42\n")
    contacthub_sandbox.faults = [Fault.status(403, method="POST", nth=1)]
    saved, rejects = nightly.run(contacthub_sandbox.node, file, tmp_path / "journal")

    assert (saved, len(rejects)) == (1, 1)


def call(app: Starlette, method: str, path: str, body: bytes = b"") -> tuple[int, str]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": method, "path": path, "query_string": b"", "headers": []}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(one.get("body", b"") for one in sent[1:]).decode()


def test_the_page_shows_members_and_takes_orders(
    contacthub_sandbox: Sandbox, contacthub_session: Session
) -> None:
    contacthub_sandbox.seed([{"externalId": "1", "base": {"firstName": "<Ada>"}}])
    app = web.create_app(sessionmaker(contacthub_sandbox.node))

    assert "&lt;Ada&gt;" in call(app, "GET", "/")[1]
    assert call(app, "POST", "/members/1/orders", b"order=O-1&total=120.5")[0] == 303
    assert call(app, "GET", "/good-customers") == (200, '["1"]')
    assert contacthub_session.query(Member).one().extended.points == 120


def test_the_page_says_when_an_order_was_not_saved(contacthub_sandbox: Sandbox) -> None:
    contacthub_sandbox.seed([{"externalId": "1"}])
    contacthub_sandbox.faults = [Fault.status(403, method="POST", nth=1)]
    app = web.create_app(sessionmaker(contacthub_sandbox.node))

    assert call(app, "POST", "/members/1/orders", b"order=O-1&total=1") == (
        502,
        '{"error":"not saved: CommitError"}',
    )
