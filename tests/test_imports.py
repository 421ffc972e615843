"""What an import loads: counted in modules, since seconds depend on the machine."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import contacthub_orm

SOURCE = Path(contacthub_orm.__file__).read_text(encoding="utf-8")


def loaded_by(code: str) -> set[str]:
    """The modules that a program loads beyond those of requests."""
    program = f"""
import json, sys, requests
before = set(sys.modules)
{code}
print(json.dumps(sorted(set(sys.modules) - before)))
"""
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(found.stdout))


def test_the_package_itself_loads_nothing():
    assert loaded_by("import contacthub_orm") == {"contacthub_orm", "contacthub_orm.lazy_names"}


def test_a_program_with_sessions_loads_what_it_needs_and_no_more():
    loaded = loaded_by("from contacthub_orm import Customer, Session, Workspace")
    parts = {".".join(name.split(".")[:3]) for name in loaded if name.startswith("contacthub_orm.")}
    assert not parts & {
        "contacthub_orm.asyncio",
        "contacthub_orm.cli",
        "contacthub_orm.mirror",
        "contacthub_orm.notihub",
        "contacthub_orm.sandbox",
        "contacthub_orm.contacthub.administration",
        "contacthub_orm.contacthub.backend",
        "contacthub_orm.contacthub.bulk",
        "contacthub_orm.contacthub.doctor",
        "contacthub_orm.contacthub.events",
        "contacthub_orm.contacthub.modelling",
        "contacthub_orm.contacthub.node",
        "contacthub_orm.http.transport",
        "contacthub_orm.orm.scan",
        "contacthub_orm.orm.unit_of_work",
    }
    assert not loaded & {"attr", "cattrs", "contacthub_orm.orm.query.query"}
    assert len(loaded) <= 105


def test_the_command_line_loads_no_mapper_before_a_command_runs():
    loaded = loaded_by("import contacthub_orm.cli.main")
    outside = {name for name in loaded if name.startswith("contacthub_orm.") and ".cli" not in name}
    assert outside == {"contacthub_orm.lazy_names"}


def test_plain_values_are_read_without_cattrs():
    assert "cattrs" not in loaded_by("""
from contacthub_orm import Customer
assert Customer._bound({"base": {"firstName": "Bruce"}}).base.firstName == "Bruce"
""")


def test_an_object_without_declarations_is_read_by_whoever_imports_no_properties():
    assert loaded_by("""
from typing import Any
from contacthub_orm.orm import Embedded, Entity, Resource, embedded
class Book(Entity, resource=Resource("books")):
    extra: Embedded[Any] = embedded(default=None)
assert Book._bound({"extra": {"a": 1}}).extra.a == 1
""")


@pytest.mark.parametrize("part", ["contacthub", "http", "orm"])
def test_the_names_of_a_part_are_those_that_checkers_see(part):
    found = import_module(f"contacthub_orm.{part}")
    body = ast.parse(Path(found.__file__).read_text(encoding="utf-8")).body
    [typed] = [node for node in body if isinstance(node, ast.If)]
    prefix = f"contacthub_orm.{part}."
    seen = {node.module.removeprefix(prefix): {alias.name for alias in node.names} for node in typed.body}
    assert seen == {module: set(names) for module, names in vars(found)["_MODULES"].items()}
    assert set(found.__all__) <= set(dir(found))
    assert [name for name in found.__all__ if getattr(found, name, None) is None] == []


def test_a_name_that_a_part_does_not_have_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'contacthub_orm.orm' has no attribute 'Sesion'"):
        _ = contacthub_orm.orm.Sesion


def test_errors_load_no_mapper():
    assert not [name for name in loaded_by("from contacthub_orm import ConflictError") if ".orm" in name]


def test_every_public_name_is_found():
    assert [name for name in contacthub_orm.__all__ if getattr(contacthub_orm, name, None) is None] == []


def test_a_name_is_the_one_that_checkers_see():
    [typed] = [node for node in ast.parse(SOURCE).body if isinstance(node, ast.If)][:1]
    seen = {alias.name: node.module for node in typed.body for alias in node.names if node.module}
    assert set(seen) == set(contacthub_orm.__all__)
    for name, module in seen.items():
        if name != "signals":
            found = getattr(sys.modules.get(module) or __import__(module, fromlist=[name]), name)
            assert found is getattr(contacthub_orm, name)


def test_parts_are_attributes_of_the_package():
    assert loaded_by("import contacthub_orm; contacthub_orm.orm.Session; contacthub_orm.signals.loaded")


def test_a_name_that_does_not_exist_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Sesion'"):
        _ = contacthub_orm.Sesion


def test_names_are_listed():
    assert set(contacthub_orm.__all__) <= set(dir(contacthub_orm))
