"""What SQLAlchemy's users write out of habit and a REST service cannot do, with what exists instead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contacthub_orm.errors import UnknownAttributeError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["ON_ATTRIBUTES", "ON_QUERIES", "ON_SESSIONS", "ON_STATEMENTS", "habit_error"]

_PATTERN: Final = (
    "a search has no patterns: compare with ==, in_() or between(), or test the values of the rows in Python"
)
_RELATION: Final = (
    "each class is queried alone: load what belongs to its rows with options(selectinload(...))"
)
_GROUPS: Final = "a search groups nothing: count() each part, or group the rows in Python"
_ASK: Final = (
    "a statement asks nothing by itself: session.scalars(statement) has all(), first(), one() and count()"
)
_MANY: Final = (
    "a session changes entities: change, add_all() or delete() them, and commit() sends them in batches"
)

ON_ATTRIBUTES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        (
            "like",
            "ilike",
            "notlike",
            "not_ilike",
            "notilike",
            "startswith",
            "endswith",
            "icontains",
            "match",
            "regexp_match",
        ),
        _PATTERN,
    ),
    **dict.fromkeys(
        ("any", "any_", "has", "all_"),
        "ask a list what it holds with contains() or in_(), an object by its attributes",
    ),
    "notin_": "write not_in()",
    **dict.fromkeys(("isnot", "is_distinct_from", "is_not_distinct_from"), "write is_(None) or is_not(None)"),
    **dict.fromkeys(
        ("nulls_first", "nulls_last", "nullsfirst", "nullslast"),
        "the service decides where missing values stand",
    ),
    **dict.fromkeys(
        ("label", "cast", "collate", "op", "distinct"), "rows are entities, so nothing is computed for them"
    ),
}
"""Methods of a column."""

ON_QUERIES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("join", "outerjoin", "select_from"), _RELATION),
    **dict.fromkeys(("group_by", "having"), _GROUPS),
    **dict.fromkeys(
        (
            "with_entities",
            "add_columns",
            "add_entity",
            "values",
            "subquery",
            "scalar_subquery",
            "cte",
            "label",
        ),
        "rows are entities: load_only() in options() chooses their values",
    ),
    **dict.fromkeys(
        ("scalar", "scalars", "scalar_one", "scalar_one_or_none"),
        "write one(), one_or_none(), first() or all()",
    ),
    "unique": "rows are entities, none twice: leave it out",
    **dict.fromkeys(
        ("partitions", "fetchmany", "fetchall", "fetchone"), "iterate, in pages with yield_per()"
    ),
    "slice": "write offset() and limit(), or page()",
    **dict.fromkeys(("update", "delete"), _MANY),
    "with_for_update": "the service locks nothing: see Session(check_version=True)",
    **dict.fromkeys(
        ("union_all", "intersect_all", "except_all"),
        "rows are entities, none twice: write union(), intersect(), except_()",
    ),
}
"""Methods of a query."""

ON_STATEMENTS: Final[Mapping[str, str]] = {
    **ON_QUERIES,
    **dict.fromkeys(
        (
            "all",
            "count",
            "exists",
            "explain",
            "first",
            "get",
            "one",
            "one_or_none",
            "page",
            "run_on",
            "compile",
            "scalar",
            "scalars",
            "scalar_one",
            "scalar_one_or_none",
        ),
        _ASK,
    ),
}
"""Methods of a statement that no session was given."""

ON_SESSIONS: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        ("connection", "get_bind"),
        "a session sends requests, by `session.bind`: it has no connection to a database",
    ),
    **dict.fromkeys(
        (
            "bulk_save_objects",
            "bulk_insert_mappings",
            "bulk_update_mappings",
        ),
        _MANY,
    ),
    "get_one": "write get(), which gives None, or query(...).one()",
    "identity_map": "a session is iterable, and `entity in session` asks it",
    **dict.fromkeys(
        ("in_transaction", "in_nested_transaction", "get_transaction", "prepare"),
        "the service has no transactions: see begin(atomic=True)",
    ),
}
"""Methods of a session."""


def habit_error(place: str, name: str, habits: Mapping[str, str]) -> UnknownAttributeError | None:
    """The error for a name of SQLAlchemy's that does not exist here, with what does; None for any other name.

    Args:
        place: what the name was read from, as the message shows it.
        name: the name.
        habits: the names that are known, with what exists instead.
    """
    instead = habits.get(name)
    return None if instead is None else UnknownAttributeError(f"{place}.{name}: {instead}")
