"""Invented people with orders, to fill a sandbox with. The same arguments give the same people, today and tomorrow."""

from __future__ import annotations

import random
import unicodedata
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["people"]

_TODAY: Final = datetime(2026, 6, 30, 12, tzinfo=UTC)
"""What counts as now, unless the caller says otherwise: the clock would make other people every day."""

_FIRST_NAMES: Final = {
    "F": (
        "Ada Alba Amelie Anna Beatrice Camille Chiara Clara Elena Elsa Emma Eva Federica Frieda Giulia Greta Ilaria "
        "Ines Ingrid Irene Laura Lea Lucia Maja Marta Mathilde Nora Paola Rosa Sofia Teresa Zoë"
    ).split(),
    "M": (
        "Aldo Andrea Anton Arthur Bruno Carlo Dario Davide Emil Enrico Fabio Felix Filippo Gino Hugo Jakob Jules Karl "
        "Leo Luca Marco Matteo Max Nico Oskar Otto Paolo Pietro René Sandro Ugo Vito"
    ).split(),
}
_LAST_NAMES: Final = (
    "Amato Barbieri Bianchi Bruno Caruso Colombo Conti Costa DeLuca Dubois Esposito Fabbri Ferrari Fischer Fontana "
    "Galli Garnier Gentile Giordano Girard Greco Hofmann Huber Keller Lefèvre Leone Lombardi Longo Mancini Marini "
    "Martinelli Moreau Moretti Müller Neumann Pellegrini Ricci Rinaldi Rizzo Romano Rossi Rousseau Russo Santoro "
    "Schäfer Serra Testa Valentini Vitale Wagner Weber Zanetti"
).split()
_TOWNS: Final = (
    ("Milano", "20121", "MI", "Italy", "it_IT", "Europe/Rome", "Via Torino"),
    ("Torino", "10121", "TO", "Italy", "it_IT", "Europe/Rome", "Via Po"),
    ("Bologna", "40121", "BO", "Italy", "it_IT", "Europe/Rome", "Via Zamboni"),
    ("Napoli", "80121", "NA", "Italy", "it_IT", "Europe/Rome", "Via Toledo"),
    ("Verona", "37121", "VR", "Italy", "it_IT", "Europe/Rome", "Via Mazzini"),
    ("Lyon", "69001", "69", "France", "fr_FR", "Europe/Paris", "Rue de la République"),
    ("Nantes", "44000", "44", "France", "fr_FR", "Europe/Paris", "Rue Crébillon"),
    ("Leipzig", "04103", "SN", "Germany", "de_DE", "Europe/Berlin", "Goethestraße"),
    ("Köln", "50667", "NW", "Germany", "de_DE", "Europe/Berlin", "Ringstraße"),
    ("Graz", "8010", "ST", "Austria", "de_AT", "Europe/Vienna", "Herrengasse"),
)
_PRODUCTS: Final = (
    ("P-100", "Espresso cups", 24.0),
    ("P-110", "Moka pot", 39.5),
    ("P-120", "Coffee beans", 12.9),
    ("P-200", "Linen shirt", 79.0),
    ("P-210", "Wool scarf", 49.0),
    ("P-300", "Garden chair", 119.0),
    ("P-310", "Lantern", 18.5),
    ("P-400", "Notebook", 6.5),
)


def people(count: int, *, seed: int = 1, now: datetime = _TODAY) -> Iterator[dict[str, Any]]:
    """Invent customers, each with its orders, for `Sandbox.seed`.

    Names and streets are put together by chance, e-mail addresses are at the domains that are reserved for examples, and
    telephone numbers are in ranges that belong to nobody. The first people of a longer list are those of a shorter one.

    Args:
        count: how many.
        seed: the same one gives the same people.
        now: nobody registered, and nothing was ordered, after this instant.

    Yields:
        Documents of customers, whose `events` are documents of their orders.

    Raises:
        ValueError: if `count` is negative, or `now` has no time zone.
    """
    if count < 0:
        raise ValueError(f"count is 0 or more, got {count!r}")
    if now.tzinfo is None:
        raise ValueError(f"now is an instant with a time zone, got {now!r}")
    for number in range(1, count + 1):
        yield _person(random.Random(f"{seed}/{number}"), number, now)


def _person(chance: random.Random, number: int, now: datetime) -> dict[str, Any]:
    gender = chance.choice("FM")
    first, last = chance.choice(_FIRST_NAMES[gender]), chance.choice(_LAST_NAMES)
    town, zip_code, province, country, locale, timezone, street = chance.choice(_TOWNS)
    registered = now - timedelta(minutes=chance.randrange(3 * 365 * 24 * 60))
    born = date(1940, 1, 1) + timedelta(days=chance.randrange(66 * 365))
    base: dict[str, Any] = {
        "firstName": first,
        "lastName": last,
        "title": "Ms" if gender == "F" else "Mr",
        "gender": gender,
        "dob": born.isoformat(),
        "locale": locale,
        "timezone": timezone,
        "contacts": {
            "email": f"{_plain(first)}.{_plain(last)}.{number}@example.{chance.choice(('com', 'net', 'org'))}",
        },
        "address": {
            "street": f"{street} {chance.randrange(1, 120)}",
            "city": town,
            "zip": zip_code,
            "province": province,
            "country": country,
        },
    }
    if chance.choice((True, True, False)):
        base["contacts"]["mobilePhone"] = f"+1-555-01{chance.randrange(100):02}"
    return {
        "externalId": f"C-{number:06}",
        "base": base,
        "tags": {
            "manual": sorted(
                chance.sample(("newsletter", "vip", "store", "wholesale"), chance.choice((0, 0, 1, 2)))
            )
        },
        "registeredAt": _instant(registered),
        "events": _orders(chance, number, registered, now),
    }


def _orders(chance: random.Random, number: int, registered: datetime, now: datetime) -> list[dict[str, Any]]:
    """Most order a few times, some never, and a few often."""
    count = min(int(chance.expovariate(0.5)), 12)
    minutes = max(int((now - registered).total_seconds() // 60), 1)
    dates = sorted(registered + timedelta(minutes=chance.randrange(minutes)) for _ in range(count))
    return [_order(chance, f"O-{number:06}-{place}", when) for place, when in enumerate(dates, 1)]


def _order(chance: random.Random, name: str, when: datetime) -> dict[str, Any]:
    products: Sequence[tuple[str, str, float]] = chance.sample(_PRODUCTS, chance.choice((1, 1, 2, 3)))
    counts = [chance.choice((1, 1, 1, 2, 3)) for _ in products]
    lines = [
        {"id": key, "sku": key, "name": label, "price": price, "quantity": count}
        for (key, label, price), count in zip(products, counts, strict=True)
    ]
    total = round(sum(price * count for (_, _, price), count in zip(products, counts, strict=True)), 2)
    return {
        "type": "completedOrder",
        "context": "ECOMMERCE",
        "date": _instant(when),
        "registeredAt": _instant(when),
        "properties": {"orderId": name, "type": "sale", "amount": {"total": total}, "products": lines},
    }


def _plain(name: str) -> str:
    """A name in the letters of an e-mail address."""
    decomposed = unicodedata.normalize("NFKD", name.replace("ß", "ss"))
    return "".join(letter for letter in decomposed.lower() if letter.isascii() and letter.isalnum())


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
