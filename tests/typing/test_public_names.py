"""The public names, and the modules that the type checkers read."""

from __future__ import annotations

import importlib
from types import ModuleType

import pytest

import contacthub_orm
import contacthub_orm.contacthub
import contacthub_orm.contacthub.administration
import contacthub_orm.notihub
import contacthub_orm.orm
import contacthub_orm.orm.rest


def exported(package: ModuleType) -> set[str]:
    """The names that a package hands on: neither private ones nor its submodules."""
    return {
        name
        for name, value in vars(package).items()
        if not name.startswith("_")
        and name not in ("Any", "TYPE_CHECKING", "annotations")
        and (not isinstance(value, ModuleType) or name == "signals")
    }


def test_what_the_library_exports_is_what_it_lists() -> None:
    for name in contacthub_orm.__all__:
        getattr(contacthub_orm, name)  # imports it
    assert set(contacthub_orm.__all__) == exported(contacthub_orm) - {"LazyPackage"}


@pytest.mark.parametrize("package", [contacthub_orm.contacthub, contacthub_orm.notihub, contacthub_orm.orm])
def test_what_a_layer_exports_is_what_it_lists(package: ModuleType) -> None:
    for name in package.__all__:
        getattr(package, name)  # imports it
    assert set(package.__all__) == exported(package) - {"Final", "LazyNames"}


@pytest.mark.parametrize(
    "package",
    [
        contacthub_orm,
        contacthub_orm.contacthub,
        contacthub_orm.contacthub.administration,
        contacthub_orm.notihub,
        contacthub_orm.orm,
        contacthub_orm.orm.rest,
    ],
)
def test_every_listed_name_is_there_and_listed_once_in_order(package: ModuleType) -> None:
    assert all(hasattr(package, name) for name in package.__all__)
    assert package.__all__ == sorted(set(package.__all__))


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(AttributeError, match=r"contacthub_orm.*no attribute 'Costumer'"):
        contacthub_orm.Costumer  # type: ignore[attr-defined] # noqa: B018


@pytest.mark.parametrize(
    "name",
    [
        "api_calls",
        "both_services",
        "node_operations",
        "typed_configuration",
        "typed_customers",
        "typed_events",
        "typed_subclasses",
        "refused_by_checkers",
        "queries",
    ],
)
def test_what_the_type_checkers_read_can_be_imported(name: str) -> None:
    assert importlib.import_module(f"tests.typing.{name}")
