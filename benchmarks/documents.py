"""Documents of customers: full ones as the service returns them, about 3 kB of JSON each, and small ones."""

from __future__ import annotations

import json
from typing import Any, Final
from uuid import UUID

__all__ = ["Document", "customer", "new_customer", "page_of", "small_customer"]

Document = dict[str, Any]

_NODE: Final = "854f0791-c120-4e4a-9264-6dd197cb922c"
_CITIES: Final = ("Milano", "Torino", "Bologna", "Roma", "Napoli", "Genova", "Palermo")
_JOBS: Final = ("Analyst", "Engineer", "Designer", "Manager", "Teacher")
_CONSENT: Final = {"status": True, "limitation": False, "objection": False}


def customer(number: int) -> Document:
    """A full customer, with every property and all sections. It is the same for the same number."""
    identity = UUID(int=0x5F3C_9D21_0000_4000_8000_0000_0000_0000 + number)
    return {
        "id": str(identity),
        "intId": 100_000 + number,
        "nodeId": _NODE,
        **new_customer(number),
        "enabled": True,
        "registeredAt": _instant(number),
        "updatedAt": _instant(number + 977),
        "version": 1 + number % 9,
        "deleted": 0,
        "sourceInfo": {"registeredBy": "5dcea8d0-a7ce", "updatedBy": "5dcea8d0-a7ce"},
    }


def new_customer(number: int) -> Document:
    """The same customer in the form in which a client creates it."""
    return {
        "externalId": f"crm-{number:07}",
        "base": _base(number),
        "consents": _consents(number),
        "extended": {
            "points": number % 5_000,
            "shop": _city(number),
            "size": "L",
            "family": {"children": number % 4, "pets": ["cat"]},
        },
        "extra": None,
        "tags": {"auto": ["buyer", f"segment-{number % 12}"], "manual": ["newsletter", "vip"]},
    }


def small_customer(number: int) -> Document:
    """A customer in the form in which a sign-up form creates it."""
    return {
        "externalId": f"crm-{number:07}",
        "base": {
            "firstName": f"Giulia {number}",
            "lastName": f"Rossi {number % 800}",
            "contacts": {"email": f"giulia.{number}@example.com"},
        },
        "tags": {"manual": ["newsletter"]},
    }


def page_of(count: int) -> bytes:
    """A page of `count` customers in its form on the wire."""
    page = {"size": count, "totalElements": count, "totalPages": 1, "number": 0}
    document = {"elements": [customer(number) for number in range(count)], "page": page}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _base(number: int) -> Document:
    return {
        "pictureUrl": f"https://img.example.com/customers/{number}.jpg",
        "title": "Dr.",
        "prefix": None,
        "firstName": f"Giulia {number}",
        "lastName": f"Rossi {number % 800}",
        "middleName": None,
        "gender": "Female",
        "dob": f"{1950 + number % 50}-{1 + number % 12:02}-{1 + number % 28:02}",
        "locale": "it_IT",
        "timezone": "Europe/Rome",
        "contacts": _contacts(number),
        "address": _address(number),
        "credential": {"username": f"giulia{number}", "password": None},
        "educations": [_education(number, place) for place in range(2)],
        "likes": [_like(number, place) for place in range(2)],
        "socialProfile": _social_profile(number),
        "jobs": [_job(number, 1)],
        "subscriptions": [_subscription(number, place) for place in range(2)],
    }


def _contacts(number: int) -> Document:
    return {
        "email": f"giulia.{number}@example.com",
        "fax": None,
        "mobilePhone": f"+39 333 {number:07}",
        "phone": f"+39 02 {number:07}",
        "otherContacts": [],
        "mobileDevices": [],
    }


def _address(number: int) -> Document:
    return {
        "street": f"Via Garibaldi {number % 300}",
        "city": _city(number),
        "country": "Italia",
        "province": "MI",
        "region": "Lombardia",
        "zip": f"{20_100 + number % 99}",
        "geo": {"lat": 45.4 + number % 100 / 1_000, "lon": 9.1 + number % 70 / 1_000},
    }


def _social_profile(number: int) -> Document:
    return {
        "facebook": f"giulia.{number}",
        "google": None,
        "instagram": f"giulia_{number}",
        "linkedin": None,
        "qzone": None,
        "twitter": None,
    }


def _education(number: int, place: int) -> Document:
    return {
        "id": f"school-{number}-{place}",
        "schoolType": "COLLEGE",
        "schoolName": f"Politecnico di {_city(number + place)}",
        "schoolConcentration": "Economics",
        "startYear": 1990 + place,
        "endYear": 1995 + place,
        "isCurrent": False,
    }


def _like(number: int, place: int) -> Document:
    return {
        "id": f"like-{number}-{place}",
        "category": "sport",
        "name": f"cycling {place}",
        "createdTime": _instant(number + place),
    }


def _job(number: int, place: int) -> Document:
    return {
        "id": f"job-{number}-{place}",
        "companyIndustry": "Retail",
        "companyName": f"Company {number % 400}",
        "jobTitle": _JOBS[(number + place) % len(_JOBS)],
        "startDate": f"{2001 + place}-02-01",
        "endDate": None,
        "isCurrent": place == 1,
    }


def _subscription(number: int, place: int) -> Document:
    return {
        "id": f"subscription-{number}-{place}",
        "name": f"newsletter {place}",
        "type": "magazine",
        "kind": "DIGITAL_MESSAGE",
        "subscribed": True,
        "startDate": _instant(number),
        "endDate": None,
        "subscriberId": f"s-{number}",
        "registeredAt": _instant(number),
        "updatedAt": _instant(number + 5),
        "preferences": [],
        "subscribeContext": None,
        "unsubscribeContext": None,
    }


def _consents(number: int) -> Document:
    return {
        "disclaimer": {"date": _instant(number), "version": "v1.2"},
        "marketing": {
            "traditional": None,
            "automatic": {"sms": None, "email": dict(_CONSENT), "push": None, "im": None, "telephonic": None},
        },
        "profiling": None,
        "softSpam": None,
        "thirdPartyTransfer": None,
    }


def _city(number: int) -> str:
    return _CITIES[number % len(_CITIES)]


def _instant(number: int) -> str:
    return f"2024-{1 + number % 12:02}-{1 + number % 28:02}T10:{number % 60:02}:03.{number % 1_000:03}+0000"
