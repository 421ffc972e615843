"""The domain: members earn points and take rewards. Nothing here knows a session, a request or a database."""

from __future__ import annotations

from typing import Final

import attrs

from contacthub_orm import AddedReward, Attr, Customer, Embedded, Event, Properties, attr, embedded


class NotEnoughPointsError(Exception):
    """A reward costs more points than the member has."""


@attrs.frozen
class Reward:
    """What a member takes for points. A value: two that are equal are the same."""

    name: str
    cost: int


class Programme(Properties):
    """The extended properties of a member."""

    points: Attr[int | None] = attr(default=None)
    lifetime: Attr[int | None] = attr(default=None)
    latest: Attr[Reward | None] = attr(default=None)


class Member(Customer):
    """A customer with a card. It is the aggregate root: its events are added and saved with it."""

    extended: Embedded[Programme] = embedded(default=None)

    @classmethod
    def enrolled(cls, card: str, first_name: str) -> Member:
        """A new member, who has no points yet."""
        return cls(externalId=card, base={"firstName": first_name}, extended={"points": 0, "lifetime": 0})

    @property
    def points(self) -> int:
        return self.extended.points or 0

    def earn(self, points: int) -> None:
        """Credit points for a purchase.

        Raises:
            ValueError: if there is nothing to credit.
        """
        if points <= 0:
            raise ValueError(f"points to earn are positive, got {points}")
        self.extended.points = self.points + points
        self.extended.lifetime = (self.extended.lifetime or 0) + points

    def take(self, reward: Reward) -> None:
        """Take a reward, and record that as an event of the customer.

        Raises:
            NotEnoughPointsError: if it costs more points than there are.
        """
        if reward.cost > self.points:
            raise NotEnoughPointsError(
                f"{reward.name} costs {reward.cost} points, and there are {self.points}"
            )
        self.extended.points = self.points - reward.cost
        self.extended.latest = reward
        self.events.append(
            AddedReward(
                context=Event.CONTEXTS.OTHER,
                properties={"rewardTypeId": reward.name, "rewardAmount": reward.cost},
            )
        )


GOLD_FROM: Final = 1000

IS_GOLD: Final = Member.extended.lifetime >= GOLD_FROM
"""A specification: the service answers it in a query, and `IS_GOLD.matches(member)` in memory."""
