"""The house keeps its shape: how large folders and modules are, what an `__init__` does, who looks into whom."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

import pytest

import contacthub_orm
from contacthub_orm.orm.entity.entity_state import EntityState
from contacthub_orm.orm.mapping.object_state import ObjectState

PACKAGE: Final = Path(contacthub_orm.__file__).parent
MODULES: Final = sorted(PACKAGE.rglob("*.py"))
MOST_FILES: Final = 13
MOST_LINES: Final = 500
MOST_PRIVATE_ACCESSES: Final = 59

STATE: Final = PACKAGE / "orm/entity/entity_state.py"
OWN_FIELDS: Final = EntityState.__annotations__.keys() - ObjectState.__annotations__.keys()


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.startswith("__")


def _is_itself(node: ast.expr) -> bool:
    """Whether an expression is the object or class that a method belongs to."""
    if isinstance(node, ast.Name):
        return node.id in ("self", "cls")
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "super"


def private_accesses(tree: ast.Module) -> Iterator[str]:
    """What is read or called of another object although its name says that it is private."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and _is_private(node.attr) and not _is_itself(node.value):
            yield f"{node.lineno}: {ast.unparse(node)}"


def _targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        found = list(node.targets)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        found = [node.target]
    elif isinstance(node, ast.Delete):
        found = list(node.targets)
    else:
        return []
    return [part for one in found for part in (one.elts if isinstance(one, ast.Tuple | ast.List) else [one])]


def _is_a_state(node: ast.expr) -> bool:
    """Whether an expression is the bookkeeping of an entity, by the names that it goes by."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id in ("state_of", "object_state")
    if isinstance(node, ast.Attribute):
        return node.attr == "_state"
    return isinstance(node, ast.Name) and node.id.endswith("state")


def state_writes(tree: ast.Module) -> Iterator[str]:
    """The assignments to a field of an entity's state."""
    for node in ast.walk(tree):
        for target in _targets(node):
            if isinstance(target, ast.Attribute) and target.attr in OWN_FIELDS and _is_a_state(target.value):
                yield f"{target.lineno}: {ast.unparse(target)}"


# A test goes through all modules: hundreds of tests would take longer to collect and report than what they do.


def test_a_folder_holds_no_more_files_than_one_can_see_at_a_glance() -> None:
    folders = Counter(_name(path.parent) for path in MODULES if path.name != "__init__.py")

    assert [folder for folder, files in folders.items() if files > MOST_FILES] == []


def test_a_module_has_at_most_500_lines() -> None:
    lines = {_name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}

    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_an_init_hands_names_on_and_defines_nothing() -> None:
    defined = [
        f"{_name(path)}: {node.name}"
        for path in MODULES
        if path.name == "__init__.py"
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and node.name != "__getattr__"
    ]

    assert defined == []


def test_few_modules_look_into_the_private_parts_of_others() -> None:
    found = [f"{_name(path)}:{access}" for path in MODULES for access in private_accesses(_tree(path))]

    assert len(found) <= MOST_PRIVATE_ACCESSES, "\n".join(found)


def test_only_its_own_module_writes_to_the_state_of_an_entity() -> None:
    others = [path for path in MODULES if path != STATE]

    assert [f"{_name(path)}:{write}" for path in others for write in state_writes(_tree(path))] == []


def test_the_entity_state_declares_twenty_two_fields_of_its_own() -> None:
    assert len(OWN_FIELDS) == 22


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("state_of(x).deleted = True", ["1: state_of(x).deleted"]),
        ("entity._state.key, y = 1, 2", ["1: entity._state.key"]),
        ("state.erase |= erase", ["1: state.erase"]),
        ("self.parent = parent", []),
    ],
)
def test_a_write_to_the_state_is_recognised(code: str, expected: list[str]) -> None:
    assert list(state_writes(ast.parse(code))) == expected


def test_a_private_access_is_recognised() -> None:
    code = "self._own; other._theirs; cls._ours; super()._above; other.__class__; a.b._c()"

    assert list(private_accesses(ast.parse(code))) == ["1: other._theirs", "1: a.b._c"]
