"""Entities of a small library: the mapper is tested on a service that has never heard of customers."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from contacthub_orm.orm import (
    Attr,
    Embedded,
    Entity,
    Properties,
    Reference,
    Resource,
    attr,
    embedded,
    reference,
)
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.resource import Key


class Genre(StrEnum):
    NOVEL = "novel"
    ESSAY = "essay"


def short(_: Any, __: Any, value: str) -> None:
    if len(value) > 20:
        raise ValueError(f"must be at most 20 characters, got {len(value)}")


def few(_: Any, __: Any, value: list[Any]) -> None:
    if len(value) > 3:
        raise ValueError(f"must hold at most 3, got {len(value)}")


class City(Properties):
    name: Attr[str | None] = attr(default=None)
    zip: Attr[str | None] = attr(default=None)


class Publisher(Properties):
    name: Attr[str | None] = attr(default=None, validator=short)
    founded: Attr[date | None] = attr(default=None)
    imprints: Attr[list[str]] = attr(default=None)
    city: Embedded[City] = embedded()


class Chapter(Properties):
    id: Attr[str] = attr(default=None, required=True)
    title: Attr[str | None] = attr(default=None, validator=short)
    length: Attr[int | None] = attr(default=None)
    written: Attr[date | None] = attr(default=None)


class Stamped:
    """A mixin of its own: no entity, only attributes."""

    updatedAt: Attr[datetime | None] = attr(default=None, read_only=True)
    version: Attr[int | None] = attr(default=None, read_only=True)


class Book(Stamped, Entity, resource=Resource("books")):
    id: Attr[str | None] = attr(default=None, read_only=True)
    title: Attr[str | None] = attr(default=None, validator=short)
    shelf_mark: Attr[str | None] = attr(default=None, name="shelfMark")
    isbn: Attr[str | None] = attr(default=None, create_only=True)
    pages: Attr[int | None] = attr(default=None)
    price: Attr[float | None] = attr(default=None)
    lent: Attr[bool | None] = attr(default=None)
    genre: Attr[Genre | None] = attr(default=None)
    published: Attr[date | None] = attr(default=None)
    lentAt: Attr[datetime | None] = attr(default=None)
    size: Attr[int | str | None] = attr(default=None)
    anything: Attr[Any] = attr(default=None)
    tags: Attr[list[str]] = attr(default=None, validator=few)
    genres: Attr[list[Genre]] = attr(default=None)
    fairs: Attr[list[date]] = attr(default=None)
    chapters: Attr[list[Chapter]] = attr(default=None)
    reviews: Attr[dict[str, Any]] = attr(default=None)
    publisher: Embedded[Publisher] = embedded()
    notes: Embedded[Any] = embedded()
    location: Embedded[City] = embedded(read_only=True)


class Loan(Entity, resource=Resource("loans")):
    id: Attr[str | None] = attr(default=None, read_only=True)
    book: Reference[Book] = reference("bookId", "books")
    bookId: Attr[str | None] = attr(default=None)
    reader: Attr[str | None] = attr(default=None)
    version: Attr[int | None] = attr(default=None, read_only=True)


def loaded(**document: Any) -> Book:
    """A book as it comes from the service, in no session."""
    return load(Book, {"id": "1", **document})


def load(entity: type[Any], document: dict[str, Any]) -> Any:
    book = entity._bound(document)
    state_of(book).identify(Key(entity.__resource__.name, document["id"]))
    return book


PRICE = Decimal("9.5")
