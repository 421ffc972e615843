"""What an import loads: counted in modules, since seconds depend on the machine."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
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
        "contacthub_orm.contacthub.bulk",
        "contacthub_orm.contacthub.doctor",
        "contacthub_orm.contacthub.modelling",
    }
    assert len(loaded) <= 265


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
