"""Properties and validators that several types of events share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.orm import Attr, Embedded, Properties, attr, embedded

if TYPE_CHECKING:
    import attrs

    from contacthub_orm.orm.mapping.attributes import Validator

__all__ = ["EventProperties", "PersonContacts", "Position", "at_least", "within"]


def at_least(low: float) -> Validator:
    """A number of at least `low` (event schemas)."""

    def check(_: Any, __: attrs.Attribute[Any], value: float) -> None:
        if value < low:
            raise ValueError(f"must be at least {low}, got {value}")

    return check


def within(low: float, high: float) -> Validator:
    """A number between two bounds, both included (event and context schemas)."""

    def check(_: Any, __: attrs.Attribute[Any], value: float) -> None:
        if not low <= value <= high:
            raise ValueError(f"must be between {low} and {high}, got {value}")

    return check


class EventProperties(Properties):
    """The properties that an event of any type can have.

    `extended` holds the properties that a workspace configures for the type. Subclass the properties of a type to declare
    them.
    """

    extended: Embedded[Any] = embedded(default=None)
    extraProperties: Embedded[Any] = embedded(default=None)


class PersonContacts(Properties):
    """How to reach a person who is not a customer: a host, an assistant or a user."""

    email: Attr[str | None] = attr(default=None)
    mobilePhone: Attr[str | None] = attr(default=None)
    phone: Attr[str | None] = attr(default=None)


class Position(Properties):
    """Geographic coordinates, in degrees."""

    lat: Attr[float] = attr(default=None, required=True, validator=within(-90, 90))
    lon: Attr[float] = attr(default=None, required=True, validator=within(-180, 180))
