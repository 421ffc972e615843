"""The service layer: the use cases, each one unit of work."""

from __future__ import annotations

from .domain import IS_GOLD, Member, Reward
from .ports import UnitOfWork


class UnknownCardError(Exception):
    """No member has this card."""


class CardTakenError(Exception):
    """A member has this card already."""


def enrol(work: UnitOfWork, card: str, first_name: str) -> None:
    with work:
        if work.members.with_card(card) is not None:
            raise CardTakenError(card)
        work.members.add(Member.enrolled(card, first_name))
        work.commit()


def earn(work: UnitOfWork, card: str, points: int) -> int:
    with work:
        member = _member(work, card)
        member.earn(points)
        work.commit()
        return member.points


def take(work: UnitOfWork, card: str, reward: Reward) -> int:
    with work:
        member = _member(work, card)
        member.take(reward)
        work.commit()
        return member.points


def gold_cards(work: UnitOfWork) -> list[str]:
    with work:
        return [member.externalId or "" for member in work.members.matching(IS_GOLD)]


def _member(work: UnitOfWork, card: str) -> Member:
    member = work.members.with_card(card)
    if member is None:
        raise UnknownCardError(card)
    return member
