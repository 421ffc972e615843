"""The home and the template of a new entity: the home is set first, whichever of them was declared first."""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any

from contacthub_orm.orm import Attr, Entity, Resource, attr
from contacthub_orm.orm.entity.constructor_fields import Bound, Template, bound, template


class Shelf:
    """A home that is asked for nothing."""

    backend: Any = None

    def lend(self) -> AbstractContextManager[Any]:
        raise NotImplementedError


class Leaflet(Entity, resource=Resource("leaflets")):
    id: Attr[str | None] = attr(default=None, read_only=True)
    defaults: Template = template({"language": "en"}, default=None)
    shelf: Bound[Shelf] = bound(default=None)
    language: Attr[str | None] = attr(default=None)


def test_an_entity_with_a_home_starts_with_the_declared_template() -> None:
    assert Leaflet(shelf=Shelf()).language == "en"


def test_an_entity_without_a_home_starts_empty() -> None:
    assert Leaflet().language is None


def test_the_home_is_the_first_argument_by_position() -> None:
    shelf = Shelf()
    leaflet: Any = Leaflet
    assert leaflet(shelf, {"language": "de"}).language == "de"
    assert leaflet(shelf).shelf is shelf


def test_the_other_arguments_replace_the_values_of_the_template() -> None:
    assert Leaflet(shelf=Shelf(), language="fr").language == "fr"
