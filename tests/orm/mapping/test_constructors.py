"""Constructors of the library's own classes: made when they are first used, and nobody can tell."""

from __future__ import annotations

import inspect
from threading import Barrier, Thread

import attrs
import pytest

from contacthub_orm.orm import Attr, Properties, attr
from contacthub_orm.orm.mapping import mapped


@pytest.fixture
def place(monkeypatch):
    """A class that is declared as those of the library are."""
    monkeypatch.setattr(mapped, "_LIBRARY", __name__)

    class Place(Properties):
        city: Attr[str | None] = attr(default=None)
        street: Attr[str | None] = attr(default=None)

    assert not inspect.isfunction(vars(Place)["__init__"])
    monkeypatch.undo()
    return Place


def test_an_object_is_made(place):
    assert place(city="Gotham").city == "Gotham"
    assert inspect.isfunction(vars(place)["__init__"])


def test_an_unknown_argument_is_refused(place):
    with pytest.raises(TypeError, match="did you mean 'city'"):
        place(ciy="Gotham")


def test_its_signature_is_seen_before_the_first_call(place):
    assert list(inspect.signature(place).parameters) == ["city", "street"]


def test_its_fields_are_seen_before_the_first_call(place):
    assert [field.name for field in attrs.fields(place)] == ["city", "street"]


def test_an_object_is_evolved(place):
    assert attrs.evolve(place(city="Gotham"), street="Park Row").to_dict() == {
        "city": "Gotham",
        "street": "Park Row",
    }


def test_the_names_for_patterns_are_seen_before_the_first_call(place):
    assert place.__match_args__ == ()


def test_a_subclass_calls_it(place):
    class Home(place):
        def __init__(self, city):
            super().__init__(city=city)

    assert Home("Gotham").city == "Gotham"


def test_threads_make_their_first_objects_at_once(place):
    start, made = Barrier(8), []

    def make():
        start.wait()
        made.append(place(city="Gotham").city)

    threads = [Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["Gotham"] * 8


def test_a_class_of_a_program_has_its_constructor_at_once(place):
    class Home(place):
        pass

    assert inspect.isfunction(vars(Home)["__init__"])
