"""The query language of customers as a JSON schema (query.json beside the swagger 1.39, and what live clients send)."""

from __future__ import annotations

from typing import Any, Final

from contacthub_orm.reference.facts import enum

__all__ = ["QUERY", "QUERY_SCHEMAS"]

VALUELESS: Final = ("IS_NULL", "IS_NOT_NULL")
LISTS: Final = ("IN", "NOT_IN")
SCALAR: Final[dict[str, Any]] = {"type": ["string", "number"]}


def _closed(required: dict[str, Any], optional: dict[str, Any] | None = None) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": required | (optional or {}),
        "required": list(required),
        "additionalProperties": False,
    }


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _atomic(operators: list[str], value: dict[str, Any] | None) -> dict[str, Any]:
    operator = {
        "type": {"const": "atomic"},
        "attribute": {"type": "string", "minLength": 1},
        "operator": {"enum": operators},
    }
    return _closed(operator | ({"value": value} if value else {}))


SCALAR_OPERATORS: Final = [
    name for name in enum("query_operators") if name not in (*VALUELESS, *LISTS, "BETWEEN")
]

QUERY: Final = _ref("QueryContainer")
QUERY_SCHEMAS: Final[dict[str, dict[str, Any]]] = {
    "QueryContainer": _closed({"name": {"type": "string"}, "query": _ref("Query")}),
    "Query": {
        "oneOf": [
            _closed(
                {"type": {"const": "simple"}, "are": _closed({"condition": _ref("Condition")})},
                {"name": {"type": "string"}, "did": _ref("Did")},
            ),
            _closed(
                {
                    "type": {"const": "combined"},
                    "conjunction": {"enum": list(enum("query_conjunctions"))},
                    "queries": {"type": "array", "items": _ref("Query"), "minItems": 1},
                },
                {"name": {"type": "string"}},
            ),
        ]
    },
    "Did": _closed(
        {
            "event": _closed({"name": {"enum": list(enum("event_types"))}}),
            "condition": _ref("Condition"),
            "timeframe": _ref("Condition"),
        }
    ),
    "Condition": {
        "oneOf": [
            _atomic(list(VALUELESS), None),
            _atomic(list(LISTS), {"anyOf": [SCALAR, {"type": "array", "items": SCALAR}]}),
            _atomic(["BETWEEN"], {"type": "array", "items": SCALAR, "minItems": 2, "maxItems": 2}),
            _atomic(SCALAR_OPERATORS, SCALAR),
            _closed(
                {
                    "type": {"const": "composite"},
                    "conjunction": {"enum": list(enum("query_condition_conjunctions"))},
                    "conditions": {"type": "array", "items": _ref("Condition"), "minItems": 1},
                }
            ),
        ]
    },
}
