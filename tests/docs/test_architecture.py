"""The contributor's pages name files, functions, folders and layers that exist, and every folder is on the map."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "contacthub_orm"
CONTRIBUTING = ROOT / "CONTRIBUTING.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
PAGES = [CONTRIBUTING, ARCHITECTURE]

WAYS = 4
RECIPES = 6

ITEM = re.compile(r"(?:\d+\.|-) `(?P<file>[\w./]+\.py)`(?P<names>(?:(?:,| and)? `[\w.]+`)*)")
"""A step of a way or a recipe: a file, then names that are defined in it."""

EXAMPLES = {"wroteReview.json", "index.json"}
"""Files that a recipe makes, or names without their folder."""

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    """A page without its code blocks."""
    return re.sub(r"^```.*?^```$", "", text_of(page), flags=re.DOTALL | re.MULTILINE)


def found(path: str) -> Path | None:
    """The file or folder that a page means: below the package, or below the root."""
    places = [PACKAGE / path, ROOT / path]
    return next((place for place in places if place.exists()), None)


@cache
def names_in(file: Path) -> frozenset[str]:
    """What a module defines or imports at its top level, and what its classes define, as `Class.name`."""
    return frozenset(defined(ast.parse(file.read_text(encoding="utf-8")).body))


def defined(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield prefix + node.name
        if isinstance(node, ast.ClassDef):
            yield from defined(node.body, f"{prefix}{node.name}.")
        elif isinstance(node, ast.Assign):
            yield from (prefix + one.id for one in node.targets if isinstance(one, ast.Name))
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield prefix + node.target.id
        elif isinstance(node, ast.If):
            yield from defined([*node.body, *node.orelse], prefix)


def missing_paths(prose: str) -> list[str]:
    """The files and folders in backticks that do not exist."""
    paths = re.findall(r"`([\w.][\w./]*(?:\.(?:py|md|json|toml)|/))`", prose)
    return [path for path in paths if found(path) is None and path not in EXAMPLES]


def missing_names(prose: str) -> list[str]:
    """The names of steps that their file does not define."""
    missing = []
    for item in ITEM.finditer(prose):
        file = found(item["file"])
        names = re.findall(r"`([\w.]+)`", item["names"])
        known = frozenset() if file is None else names_in(file)
        missing += [f"{item['file']} {name}" for name in names if name not in known]
    return missing


def section(title: str) -> str:
    """The text below a heading of the architecture, up to the next one of its level."""
    level = title.split(" ", 1)[0]
    return re.split(rf"^{level} ", prose_of(ARCHITECTURE).split(f"\n{title}\n", 1)[1], flags=re.MULTILINE)[0]


@each_page
def test_every_file_and_folder_exists(page: Path) -> None:
    assert missing_paths(prose_of(page)) == []


@each_page
def test_every_step_names_what_its_file_defines(page: Path) -> None:
    assert missing_names(prose_of(page)) == []


@each_page
def test_every_link_leads_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?://|#)([^)#]+)", text_of(page))

    assert targets
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize(
    ("title", "parts"), [("## Four ways through the code", WAYS), ("## Recipes", RECIPES)]
)
def test_ways_and_recipes_have_steps(title: str, parts: int) -> None:
    chapters = re.split(r"^### ", section(title), flags=re.MULTILINE)[1:]

    assert len(chapters) == parts
    assert [chapter.splitlines()[0] for chapter in chapters if len(ITEM.findall(chapter)) < 2] == []


def test_a_recipe_ends_with_the_command_that_proves_it() -> None:
    recipes = text_of(ARCHITECTURE).split("\n## Recipes\n")[1].split("\n### ")[1:]

    assert [one.splitlines()[0] for one in recipes if "```sh\n.venv/bin/pytest tests/" not in one] == []


def test_the_commands_of_the_recipes_name_folders_that_exist() -> None:
    commands = re.findall(r"^\.venv/bin/pytest (tests/.*)$", text_of(ARCHITECTURE), flags=re.MULTILINE)
    folders = [one for command in commands for one in re.findall(r"tests/[\w/]+", command)]

    assert [folder for folder in folders if not (ROOT / folder).is_dir()] == []


def test_the_map_shows_every_folder_of_the_package_once() -> None:
    shown = re.findall(r"^- `(contacthub_orm/[\w/]*)`: ", text_of(CONTRIBUTING), flags=re.MULTILINE)
    folders = [f"{init.parent.relative_to(ROOT)}/" for init in PACKAGE.rglob("__init__.py")]

    assert sorted(shown) == sorted(folders)


def test_the_map_shows_every_other_folder() -> None:
    shown = re.findall(r"^- `(\w+)/`: ", text_of(CONTRIBUTING), flags=re.MULTILINE)
    others = {"tests", "docs", "benchmarks", "cassettes", "examples", "tools"}

    assert others <= {*shown}


def test_the_transitions_are_methods_of_the_state() -> None:
    rows = re.findall(
        r"^\|.*?\| `(EntityState\.\w+)` \|", section("## The states of an entity"), re.MULTILINE
    )
    methods = names_in(PACKAGE / "orm/entity/entity_state.py")

    assert len(rows) > 5
    assert [row for row in rows if row not in methods] == []


def layers(contract: dict[str, Any]) -> list[list[str]]:
    """The layers of a contract from the top, each as the names on its line, without those that are yet to come."""
    folder = ROOT / contract["containers"][0].replace(".", "/")
    lines = [re.findall(r"\w+", layer) for layer in contract["layers"]]
    there = [[name for name in line if found_module(folder / name)] for line in lines]
    return [sorted(line) for line in there if line]


def found_module(path: Path) -> bool:
    return path.is_dir() or path.with_suffix(".py").exists()


def test_the_floors_are_those_of_the_contract() -> None:
    settings = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    contracts = settings["tool"]["importlinter"]["contracts"]
    drawings = re.findall(r"```text\n(.*?)```", text_of(ARCHITECTURE), flags=re.DOTALL)
    floors = [drawn(drawing) for drawing in drawings]
    expected = {one["id"]: layers(one) for one in contracts if one["type"] == "layers"}

    assert [(name, one) for name, one in expected.items() if one not in floors] == []


def drawn(drawing: str) -> list[list[str]]:
    """The layers of a drawing: on each line the names before the first wide gap."""
    lines = [re.split(r"\s{2,}", line)[0] for line in drawing.splitlines() if line.strip()]
    return [sorted(re.findall(r"\w+", line)) for line in lines]


# -- the checks themselves can fail -----------------------------------------------------------------------------------


def test_a_file_that_is_gone_is_found() -> None:
    assert missing_paths("see `orm/gone.py`, `orm/wire/` and `errors.py`") == ["orm/gone.py"]


def test_a_function_or_method_that_is_gone_is_found() -> None:
    steps = "1. `errors.py` `CommitError`, `CommitError.gone`: x\n2. `orm/wire/documents.py` `gone`: y\n"

    assert missing_names(steps) == ["errors.py CommitError.gone", "orm/wire/documents.py gone"]
