"""Computed attributes: a method's value, and the expression that stands for it in queries."""

from __future__ import annotations

from typing import Any

import pytest

from contacthub_orm import (
    Attr,
    CompileError,
    Customer,
    Embedded,
    Properties,
    Session,
    attr,
    computed,
    embedded,
    inspect,
    load_only,
)
from tests.support.world import World


class Loyalty(Properties):
    points: Attr[int | None] = attr(default=None)

    @computed
    def is_rich(self) -> bool:
        return (self.points or 0) > 100

    @is_rich.expression
    def _is_rich(cls) -> Any:  # noqa: N805
        return cls.points > 100


class Member(Customer):
    extended: Embedded[Loyalty] = embedded(default=None)

    @computed
    def full_name(self) -> str:
        """First and last name."""
        return f"{self.base.firstName} {self.base.lastName}"

    @computed
    def surname(self) -> str | None:
        return self.base.lastName

    @surname.expression
    def _surname(cls) -> Any:  # noqa: N805
        return cls.base.lastName

    @computed
    def is_gold(self) -> bool:
        return (self.extended.points or 0) >= 100

    @is_gold.expression
    def _is_gold(cls) -> Any:  # noqa: N805
        return cls.extended.points >= 100


def test_it_reads_what_the_method_gives_and_is_never_sent() -> None:
    member = Member(base={"firstName": "Ada", "lastName": "Byron"}, extended={"points": 120})

    assert member.full_name == "Ada Byron"
    assert member.is_gold
    assert member.extended.is_rich
    assert "full_name" not in inspect(member).changes()
    member.extended.points = 1
    assert not member.is_gold


def test_it_cannot_be_set() -> None:
    with pytest.raises(AttributeError, match=r"Member.full_name is computed"):
        Member().full_name = "x"  # type: ignore[misc]
    with pytest.raises(TypeError, match="full_name"):
        Member(full_name="x")  # type: ignore[call-arg]


def test_queries_take_its_expression(world: World) -> None:
    world.sandbox.seed(
        [
            {"externalId": "1", "base": {"lastName": "b"}, "extended": {"points": 100}},
            {"externalId": "2", "base": {"lastName": "a"}, "extended": {"points": 200}},
            {"externalId": "3", "base": {"lastName": "a"}, "extended": {"points": 1}},
        ]
    )
    with Session(world.node()) as session:
        query = session.query(Member)

        assert {one.externalId for one in query.filter(Member.is_gold)} == {"1", "2"}
        assert {one.externalId for one in query.filter(~Member.is_gold)} == {"3"}
        assert {one.externalId for one in query.filter(Member.extended.is_rich)} == {"2"}
        assert query.filter_by(surname="b").one().externalId == "1"
        assert query.order_by(Member.surname.desc()).first().externalId == "1"  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "ask",
    [
        lambda: Member.full_name == "x",
        lambda: Member.full_name == None,  # noqa: E711
        lambda: Member.full_name != "x",
        lambda: Member.full_name < "x",
        lambda: Member.full_name.in_([]),
        lambda: Member.full_name.not_in(["x"]),
        lambda: Member.full_name.between("a", "b"),
        lambda: Member.full_name.contains("a"),
        lambda: Member.full_name.asc(),
        lambda: load_only(Member.full_name).check(Member),
    ],
)
def test_without_an_expression_a_query_names_it(ask: Any) -> None:
    with pytest.raises(CompileError, match="full_name"):
        ask()
