"""The parser of the `query` parameter, from JSON text to a tree.

The grammar is that of `query.json` beside swagger 1.39, the last one published; the reference gives none. The
parser is as lenient as the live tests of the SDKs show the service to be: a container may lack its `name`,
inner queries may have one, and IS_NULL and IS_NOT_NULL may lack a `value`. It refuses everything else that
breaks the grammar.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from contacthub_orm.sandbox.documents.wire import decode_received

__all__ = [
    "Atomic",
    "Combined",
    "Composite",
    "Condition",
    "Did",
    "MalformedQuery",
    "Query",
    "Simple",
    "parse_query",
]

MAX_DEPTH: Final = 60
BETWEEN_VALUES: Final = 2
VALUELESS: Final = ("IS_NULL", "IS_NOT_NULL")
SCALAR_OPERATORS: Final = ("EQUALS", "NOT_EQUALS", "GT", "GTE", "LT", "LTE")
OPERATORS: Final = (*SCALAR_OPERATORS, "BETWEEN", "IN", "NOT_IN", *VALUELESS)


class MalformedQuery(Exception):  # noqa: N818 - named for what it says
    """The string is not a query.

    Args:
        message: what is wrong.
        path: a JSON pointer to the part that is wrong.
    """

    def __init__(self, message: str, path: str) -> None:
        super().__init__(message)
        self.path = path


@dataclass(frozen=True, slots=True)
class Atomic:
    """One comparison.

    Attributes:
        attribute: the dotted path that is compared.
        operator: one of `OPERATORS`.
        values: the one value of most operators, the two of BETWEEN, all those of IN and NOT_IN; empty for
            IS_NULL and IS_NOT_NULL.
    """

    attribute: str
    operator: str
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Composite:
    """Conditions joined by `and` or `or`."""

    conjunction: str
    conditions: tuple[Condition, ...]


Condition: TypeAlias = "Atomic | Composite"


@dataclass(frozen=True, slots=True)
class Did:
    """The customer has an event of the type for which both conditions hold."""

    event_type: str
    condition: Condition
    timeframe: Condition


@dataclass(frozen=True, slots=True)
class Simple:
    """A condition on the customer, one on its events, or both."""

    are: Condition | None
    did: Did | None


@dataclass(frozen=True, slots=True)
class Combined:
    """Queries joined by INTERSECT, UNION or EXCEPT (the matches of the first that no other query has)."""

    conjunction: str
    queries: tuple[Query, ...]


Query: TypeAlias = "Simple | Combined"


def parse_query(text: str) -> Query:
    """Parse the JSON text of a container.

    Raises:
        MalformedQuery: if it is not JSON, or does not follow the grammar.
    """
    try:
        container = decode_received(text)
    except ValueError as error:
        raise MalformedQuery(f"not JSON: {error}", "") from None
    fields = _fields(container, "", required=("query",), optional=("name",))
    return _query(fields["query"], "/query", 0)


def _query(node: Any, path: str, depth: int) -> Query:
    _check_depth(path, depth)
    kind = _kind(node, path, ("simple", "combined"))
    if kind == "combined":
        fields = _fields(node, path, required=("type", "conjunction", "queries"), optional=("name",))
        conjunction = _one_of(fields["conjunction"], ("INTERSECT", "UNION", "EXCEPT"), f"{path}/conjunction")
        parts = _list(fields["queries"], f"{path}/queries")
        return Combined(
            conjunction,
            tuple(_query(part, f"{path}/queries/{at}", depth + 1) for at, part in enumerate(parts)),
        )
    fields = _fields(node, path, required=("type",), optional=("name", "are", "did"))
    if "are" not in fields and "did" not in fields:
        raise MalformedQuery("a simple query needs are or did", path)
    are = did = None
    if "are" in fields:
        inner = _fields(fields["are"], f"{path}/are", required=("condition",))
        are = _condition(inner["condition"], f"{path}/are/condition", depth + 1)
    if "did" in fields:
        did = _did(fields["did"], f"{path}/did", depth + 1)
    return Simple(are, did)


def _did(node: Any, path: str, depth: int) -> Did:
    fields = _fields(node, path, required=("event", "condition", "timeframe"))
    event = fields["event"]
    if not isinstance(event, dict) or not isinstance(event.get("name"), str):
        raise MalformedQuery("an event needs a name", f"{path}/event")
    return Did(
        event["name"],
        _condition(fields["condition"], f"{path}/condition", depth),
        _condition(fields["timeframe"], f"{path}/timeframe", depth),
    )


def _condition(node: Any, path: str, depth: int) -> Condition:
    _check_depth(path, depth)
    if _kind(node, path, ("atomic", "composite")) == "atomic":
        return _atomic(node, path)
    fields = _fields(node, path, required=("type", "conjunction", "conditions"))
    conjunction = _one_of(fields["conjunction"], ("and", "or"), f"{path}/conjunction")
    parts = _list(fields["conditions"], f"{path}/conditions")
    return Composite(
        conjunction,
        tuple(_condition(part, f"{path}/conditions/{at}", depth + 1) for at, part in enumerate(parts)),
    )


def _atomic(node: Any, path: str) -> Atomic:
    fields = _fields(node, path, required=("type", "attribute", "operator"), optional=("value",))
    attribute = fields["attribute"]
    if not isinstance(attribute, str) or not attribute:
        raise MalformedQuery("an attribute is a path", f"{path}/attribute")
    operator = _one_of(fields["operator"], OPERATORS, f"{path}/operator")
    if operator in VALUELESS:
        return Atomic(attribute, operator, ())
    if "value" not in fields:
        raise MalformedQuery(f"{operator} needs a value", path)
    return Atomic(attribute, operator, _values(operator, fields["value"], f"{path}/value"))


def _values(operator: str, value: Any, path: str) -> tuple[Any, ...]:
    values = tuple(value) if isinstance(value, list) else (value,)
    if operator in SCALAR_OPERATORS and isinstance(value, list):
        raise MalformedQuery(f"{operator} takes one value", path)
    if operator == "BETWEEN" and not (isinstance(value, list) and len(value) == BETWEEN_VALUES):
        raise MalformedQuery("BETWEEN takes an array of two", path)
    if not all(isinstance(each, (str, int, float)) for each in values):
        raise MalformedQuery("a value is a string, a number or a boolean", path)
    return values


def _kind(node: Any, path: str, kinds: tuple[str, ...]) -> str:
    if not isinstance(node, dict):
        raise MalformedQuery("an object is needed", path)
    return _one_of(node.get("type"), kinds, f"{path}/type")


def _fields(
    node: Any, path: str, *, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> dict[str, Any]:
    if not isinstance(node, dict):
        raise MalformedQuery("an object is needed", path)
    for name in required:
        if name not in node:
            raise MalformedQuery(f"{name} is missing", path)
    for name in node:
        if name not in required and name not in optional:
            raise MalformedQuery(f"{name} is not known here", path)
    return node


def _one_of(value: Any, choices: tuple[str, ...], path: str) -> str:
    if not isinstance(value, str) or value not in choices:
        raise MalformedQuery(f"one of {', '.join(choices)} is needed", path)
    return value


def _list(value: Any, path: str) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise MalformedQuery("an array that is not empty is needed", path)
    return value


def _check_depth(path: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise MalformedQuery(f"nested more than {MAX_DEPTH} deep", path)
