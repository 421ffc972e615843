"""A name with a type in the body of a mapped class is an attribute, or it says that it is none."""

from __future__ import annotations

from typing import Any, ClassVar, Final

import pytest

from contacthub_orm import Attr, Customer, Embedded, Properties, attr, embedded
from contacthub_orm.errors import ConfigurationError


def test_a_value_without_attr_is_refused_at_the_class() -> None:
    with pytest.raises(
        ConfigurationError, match=r"^Loyalty\.points maps nothing.*points: Attr\[int\] = attr\(\.\.\.\)"
    ):

        class Loyalty(Properties):
            points: int = 0


def test_a_type_alone_is_refused_at_the_class() -> None:
    with pytest.raises(ConfigurationError, match=r"^Member\.tier maps nothing"):

        class Member(Customer):
            tier: str | None


def test_an_attribute_without_a_value_is_refused_with_the_declaration_to_write() -> None:
    with pytest.raises(
        ConfigurationError, match=r"declare it as points: Attr\[int \| None\] = attr\(\.\.\.\)"
    ):

        class Loyalty(Properties):
            points: Attr[int | None]


def test_an_embedded_object_without_a_value_is_refused_too() -> None:
    with pytest.raises(ConfigurationError, match=r"address: Embedded\[Properties\] = embedded\(\.\.\.\)"):

        class Loyalty(Properties):
            address: Embedded[Properties]


def test_a_mixin_is_looked_at_with_the_class() -> None:
    class Mixin:
        points: int = 0

    with pytest.raises(ConfigurationError, match=r"^Mixin\.points maps nothing"):

        class Member(Mixin, Customer):
            pass


def test_class_variables_constants_and_private_names_may_be_declared() -> None:
    class Loyalty(Properties):
        TIERS: ClassVar[tuple[str, ...]] = ("gold", "silver")
        LEAST: Final = 1
        _cache: dict[str, Any] | None = None
        points: Attr[int | None] = attr(default=None)

        @property
        def is_member(self) -> bool:
            return bool(self.points)

    class Member(Customer):
        extended: Embedded[Loyalty] = embedded(default=None)

    assert Member(extended={"points": 3}).extended.is_member


def test_types_that_are_no_strings_are_looked_at_too() -> None:
    namespace: dict[str, Any] = {"__annotations__": {"points": int, "TIERS": ClassVar[int]}}
    with pytest.raises(ConfigurationError, match=r"points: Attr\[int\] = attr"):
        type("Loyalty", (Properties,), namespace)


def test_a_constant_of_the_class_cannot_be_set_on_an_object() -> None:
    class Loyalty(Properties):
        points = 0
        tier: Attr[str | None] = attr(default=None)

    with pytest.raises(AttributeError, match=r"Loyalty\.points maps nothing"):
        Loyalty().points = 5
