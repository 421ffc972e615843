"""Which lists, dicts and embedded objects of an object its program refers to, and the letting go of all others.

An object cannot see an `append` to a list that it has handed out, nor an edit of an element, so it is kept alive and
compared for as long as somebody may edit them. Nobody can edit what nobody refers to, and CPython counts references.
"""

from __future__ import annotations

import sys
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from contacthub_orm.orm.mapping.mapped import Mapped
from contacthub_orm.orm.mapping.object_state import object_state
from contacthub_orm.orm.wire.conversion import MAX_DEPTH
from contacthub_orm.orm.wire.documents import CONTAINERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["let_go"]

_UNCHANGEABLE: Final = (str, int, float, type(None), date, time, timedelta, Decimal, Enum, UUID)


def _references(holder: Any, key: Any) -> int:
    """The number of references to an item of a holder. No variable may refer to the item meanwhile."""
    return sys.getrefcount(holder[key])


_ONE: Final = _references([object()], 0)
"""The number for an item that only its holder refers to."""


def let_go(mapped: Mapped) -> bool:
    """Drop the lists, dicts and embedded objects that nobody but the object refers to, with the edits in them.

    The next read makes new ones. An embedded object refers to the object that it is in, so dropping it also breaks that
    cycle: what is let go of is freed at once, without the garbage collector.

    Returns:
        Whether a list or dict is left, since the program refers to it or to something in it.
    """
    state = object_state(mapped)
    left = False
    for values, keys in _read_or_written(mapped):
        for key in keys:
            left |= isinstance(values[key], Mapped) and let_go(values[key])
            if not _is_ours_alone(values, key):
                left |= isinstance(values[key], CONTAINERS)
            elif isinstance(values[key], (*CONTAINERS, Mapped)):
                del values[key]
    if state.held_over is not None:
        held = {key: pair for key, pair in state.held_over.items() if not _is_ours_alone(pair, 0)}
        state.hold_over(held)
        left |= bool(held)
    return left


def _read_or_written(mapped: Mapped) -> list[tuple[dict[str, Any], list[str]]]:
    """Where the values of an object are, declared ones and others, with their keys."""
    values, extras = mapped.__dict__, object_state(mapped).extras or {}
    return [(values, [name for name in values if name in mapped.__attributes__]), (extras, list(extras))]


def _is_ours_alone(holder: Any, key: Any, depth: int = 0) -> bool:
    """Whether nobody but its holder refers to an item, nor to anything inside it that can be changed."""
    if isinstance(holder[key], _UNCHANGEABLE):
        return True
    references = _references(holder, key)
    item = holder[key]
    inside: Sequence[tuple[Any, Iterable[Any]]]
    if isinstance(item, Mapped):
        inside = _read_or_written(item)
        references -= sum(_is_in(values[inner], item) for values, keys in inside for inner in keys)
    elif isinstance(item, list):
        inside = [(item, range(len(item)))]
    elif isinstance(item, dict):
        inside = [(item, list(item))]
    elif isinstance(item, set):
        inside = []  # what is in a set cannot be changed
    else:
        return False
    return (
        references == _ONE
        and depth <= MAX_DEPTH
        and all(_is_ours_alone(values, inner, depth + 1) for values, keys in inside for inner in keys)
    )


def _is_in(value: Any, mapped: Mapped) -> bool:
    """Whether a value is an object embedded in another, and so refers to it."""
    return isinstance(value, Mapped) and object_state(value).embedded_in is mapped
