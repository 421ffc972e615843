"""Every entity has its place in each part that must know it; who adds one is told here what is missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import contacthub_orm
from contacthub_orm import Customer, Entity, contacthub
from contacthub_orm.contacthub import administration
from contacthub_orm.orm import Below
from contacthub_orm.sandbox import Sandbox
from contacthub_orm.sandbox.server.table import ROUTES, WORKSPACE


def declared(base: type[Entity]) -> Iterator[type[Entity]]:
    """The classes of the library that declare a resource of their own."""
    for cls in base.__subclasses__():
        if "__resource__" in vars(cls) and cls.__module__.startswith(f"{contacthub.__name__}."):
            yield cls
        yield from declared(cls)


DECLARED = sorted(declared(Entity), key=lambda cls: cls.__name__)
CONFIGURATION = [cls for cls in DECLARED if cls.__module__.startswith(f"{administration.__name__}.")]
ENTITIES = [cls for cls in DECLARED if cls not in CONFIGURATION]

every_entity = pytest.mark.parametrize("entity", ENTITIES, ids=lambda cls: cls.__name__)


def test_all_entities_are_found() -> None:
    assert len(ENTITIES) >= 7
    assert len(CONFIGURATION) == 7


@every_entity
def test_the_backend_knows_the_class_of_its_resource(
    entity: type[Entity], contacthub_sandbox: Sandbox
) -> None:
    assert contacthub_sandbox.node.backend.entity_class(entity.__resource__.name) is entity


@pytest.mark.parametrize("entity", CONFIGURATION, ids=lambda cls: cls.__name__)
def test_an_entity_of_the_configuration_is_the_workspaces_alone(
    entity: type[Entity], contacthub_sandbox: Sandbox
) -> None:
    resource = entity.__resource__.name

    assert contacthub_sandbox.workspace.backend.entity_class(resource) is entity
    assert getattr(contacthub_orm, entity.__name__) is entity
    with pytest.raises(LookupError, match="not in a node"):
        contacthub_sandbox.node.backend.entity_class(resource)


@every_entity
def test_it_is_exported(entity: type[Entity]) -> None:
    assert getattr(contacthub, entity.__name__) is entity
    assert getattr(contacthub_orm, entity.__name__) is entity


@pytest.mark.parametrize(
    "entity", [one for one in ENTITIES if one.__parent__ is not None], ids=lambda cls: cls.__name__
)
def test_a_customer_loads_what_lives_below_it(entity: type[Entity]) -> None:
    relation = vars(Customer).get(entity.__resource__.name)

    assert isinstance(relation, Below)
    assert relation.target() is entity


@every_entity
def test_the_sandbox_has_a_route_that_creates_it(entity: type[Entity]) -> None:
    above = "" if entity.__parent__ is None else "/customers/{customer}"
    routes = {(method, path.removeprefix(WORKSPACE)) for method, path, _ in ROUTES}

    assert ("POST", f"{above}/{entity.__resource__.name}") in routes
