"""The classes of the tests of frames, and documents for them."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any, Literal

import attrs

from contacthub_orm import Attr, Customer, Embedded, Properties, attr, embedded

EXTRA = "frames and the libraries that take them need the extra `engines`"
"""Why the tests of frames are passed over."""


class Tier(StrEnum):
    GOLD = "gold"
    TIN = "tin"


@attrs.frozen
class Card:
    number: str
    since: date | None = None


class Loyalty(Properties):
    points: Attr[int | None] = attr(default=None)
    rate: Attr[float | None] = attr(default=None)
    tier: Attr[Tier | None] = attr(default=None)
    level: Attr[Literal["low", "high"] | None] = attr(default=None)
    joined: Attr[datetime | None] = attr(default=None)
    born: Attr[date | None] = attr(default=None)
    active: Attr[bool | None] = attr(default=None)
    card: Attr[Card | None] = attr(default=None)
    notes: Attr[list[str]] = attr(default=None)
    anything: Attr[Any] = attr(default=None)


class Member(Customer):
    extended: Embedded[Loyalty] = embedded(default=None)


def member(number: int, **extended: Any) -> dict[str, Any]:
    return {
        "externalId": str(number),
        "base": {"firstName": f"A{number % 3}", "dob": f"19{number % 90 + 10}-01-02"},
        "extended": extended,
    }
