"""The data files of this folder, read on first use.

`enums.json`, `operations.json` and `models.json` follow the API reference 1.299.1. Where it is silent, they follow the last public swagger
(1.51) and the published SDKs; every operation names the source of its path. `schemas/` holds the JSON schemas (draft
2020-12) of event properties, context information and the customer's sections.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

__all__ = [
    "CUSTOMER_SECTIONS",
    "MAX_MATCHED_ELEMENTS",
    "MAX_PAGE_SIZE",
    "MAX_PAYLOAD_BYTES",
    "enum",
    "models",
    "operations",
    "schema",
]

CUSTOMER_SECTIONS: Final = ("base", "consents", "tags")

MAX_MATCHED_ELEMENTS: Final = 10_000
"""The largest number of elements that a search of customers or events matches (reference 1.299.1)."""

MAX_PAGE_SIZE: Final = 50
"""The largest page of customers or events (.NET and Go SDKs; not in the reference)."""

MAX_PAYLOAD_BYTES: Final = 65_536
"""The largest customer or event: 64 kB (reference 1.299.1, which does not define the unit; its sample is 65,535)."""


@cache
def _read(name: str) -> Any:
    return json.loads(files("contacthub_orm.reference").joinpath(name).read_text(encoding="utf-8"))


def enum(name: str) -> tuple[str, ...]:
    """The values of one enumeration, such as `event_types`, in the reference's order."""
    return tuple(_read("enums.json")[name])


def operations() -> list[dict[str, Any]]:
    """Every operation of the API: its id, method, path, parameters, body, success status and source."""
    found: list[dict[str, Any]] = _read("operations.json")
    return found


def models() -> dict[str, dict[str, Any]]:
    """The shapes of bodies and answers, by name: their fields with types, enumerations and limits."""
    found: dict[str, dict[str, Any]] = _read("models.json")
    return found


def schema(kind: Literal["event", "context", "customer"], name: str) -> dict[str, Any]:
    """The JSON schema of an event type's properties, of a context's information or of a customer's section."""
    found: dict[str, Any] = _read(f"schemas/{kind}/{name}.json")
    return found
