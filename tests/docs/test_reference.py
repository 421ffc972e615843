"""Every public name is on a page of the reference, with an example that uses it; `test_pages` runs the examples."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from tools.site.reference import names_in, sections

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs" / "reference").glob("*.md")), ROOT / "docs" / "errors.md"]

PACKAGES = [
    "contacthub_orm",
    "contacthub_orm.asyncio",
    "contacthub_orm.contacthub",
    "contacthub_orm.contacthub.administration",
    "contacthub_orm.contacthub.doctor",
    "contacthub_orm.contacthub.events",
    "contacthub_orm.contacthub.modelling",
    "contacthub_orm.frames",
    "contacthub_orm.http",
    "contacthub_orm.mirror",
    "contacthub_orm.notihub",
    "contacthub_orm.orm",
    "contacthub_orm.orm.rest",
    "contacthub_orm.reference",
    "contacthub_orm.sandbox",
    "contacthub_orm.signals",
]

INSIDE = {
    "contacthub_orm.contacthub.node",  # its one name is handed on by contacthub
    "contacthub_orm.reference.openapi",  # what the sandbox serves
    "contacthub_orm.sandbox.routes.analytics",  # handlers
}
"""Packages with an `__all__` for the library's own use."""


def shown() -> list[tuple[str, str, str]]:
    """The names that are listed: package, name, and the code of the section."""
    return [
        (package, name, "\n".join(re.findall(r"^```python\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)))
        for page in PAGES
        for section in sections(page.read_text(encoding="utf-8"))
        for package, name in names_in(section)
    ]


def found(package: str, name: str) -> object:
    """What a name stands for; for a package whose extra is not installed the name itself."""
    try:
        return getattr(import_module(package), name)
    except ImportError:
        return f"{package}.{name}"


def test_the_public_packages_are_those_that_name_what_they_hold() -> None:
    declared = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "contacthub_orm").rglob("__init__.py")
        if "__all__" in path.read_text(encoding="utf-8")
    }

    assert declared - INSIDE == {*PACKAGES} - {"contacthub_orm.signals"}


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_on_a_page(package: str) -> None:
    module = pytest.importorskip(package, reason="its extra is not installed", exc_type=ImportError)
    listed = [found(where, name) for where, name, _ in shown()]

    assert [name for name in module.__all__ if not any(getattr(module, name) is one for one in listed)] == []


def test_a_name_is_listed_once_and_exists() -> None:
    names = [(package, name) for package, name, _ in shown()]

    assert sorted({one for one in names if names.count(one) > 1}) == []
    assert all(found(*one) is not None for one in names)


def test_every_name_is_used_in_an_example_of_its_section() -> None:
    assert [name for _, name, code in shown() if not re.search(rf"\b{name}\b", code)] == []
