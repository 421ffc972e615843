"""What the package and its tests import is declared in pyproject.toml."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[1]
PROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: Final = PROJECT["optional-dependencies"]
OWN: Final = {"contacthub_orm", "tests", "tools", "benchmarks", "examples"}
DISTRIBUTIONS: Final = packages_distributions()

PACKAGE: Final = ROOT / "contacthub_orm"
PARTS: Final = sorted(
    path for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
)
PLUGIN: Final = "contacthub_orm/sandbox/pytest_plugin.py"  # pytest imports it, so pytest is there


def _name(requirement: str) -> str:
    """The normalized name of what is required."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0]).lower()


def declared(*extras: str) -> set[str]:
    """The distributions that are installed with some extras."""
    return {_name(one) for part in (PROJECT["dependencies"], *map(EXTRAS.get, extras)) for one in part or ()}


def imported(tree: ast.Module) -> Iterator[str]:
    """The packages of others that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        else:
            continue
        yield from {name.split(".")[0] for name in names} - sys.stdlib_module_names - OWN


def undeclared(path: Path, allowed: set[str]) -> list[str]:
    """What the modules of a file or folder import though neither the allowed distributions nor the extra of its name have it."""
    modules = [path] if path.suffix == ".py" else sorted(path.rglob("*.py"))
    return [
        f"{module.relative_to(ROOT)}: {package}"
        for module in modules
        for package in imported(ast.parse(module.read_text(encoding="utf-8")))
        if (allowed | declared(module.stem)).isdisjoint(map(_name, DISTRIBUTIONS.get(package, [package])))
    ]


WHERE_INSTALLED: Final = {"frames": "engines"}
"""Parts that use the libraries of another extra where they are installed."""


@pytest.mark.parametrize("part", PARTS, ids=lambda path: path.name)
def test_a_part_or_module_imports_what_the_package_or_the_extra_of_its_name_declares(part: Path) -> None:
    found = undeclared(part, declared(part.stem, WHERE_INSTALLED.get(part.stem, "")))

    assert [line for line in found if line != f"{PLUGIN}: pytest"] == []


@pytest.mark.parametrize("folder", ["tests", "benchmarks", "examples", "tools"])
def test_what_runs_beside_the_package_imports_what_is_declared(folder: str) -> None:
    assert undeclared(ROOT / folder, declared(*EXTRAS)) == []


def test_an_import_that_is_not_declared_is_recognised(tmp_path: Path) -> None:
    code = (
        "import attr, json.decoder\nfrom tests import support\ndef late():\n    from nowhere.deep import x\n"
    )

    assert list(imported(ast.parse(code))) == ["attr", "nowhere"]
