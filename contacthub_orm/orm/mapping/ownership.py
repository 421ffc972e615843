"""Whose a list, a dict or an element is: every place has its own, so what is assigned is copied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.orm.wire.conversion import MAX_DEPTH, TOO_DEEP, UnsendableError
from contacthub_orm.orm.wire.types import is_object

if TYPE_CHECKING:
    from contacthub_orm.orm.mapping.mapped import Mapped

__all__ = ["owned"]


def owned(value: Any, holder: Mapped, held: Any) -> Any:
    """Copy an assigned list or dict for an object, at every depth, and the elements that belong elsewhere.

    One that is nested too deeply, or contains itself, stays as it is: it is refused before it is sent.

    Args:
        value: the list or dict.
        holder: the object that it is assigned to.
        held: the list that it replaces, or None. Its elements stay the same objects.
    """
    own = {id(element) for element in held} if isinstance(held, list) else set()
    try:
        return _owned(value, holder, own, 0)
    except UnsendableError:
        return value


def _owned(value: Any, holder: Mapped, own: set[int], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise UnsendableError(value, TOO_DEEP)
    if isinstance(value, list):
        return [_owned(element, holder, own, depth + 1) for element in value]
    if isinstance(value, dict):
        return {key: _owned(item, holder, own, depth + 1) for key, item in value.items()}
    if id(value) in own or not is_object(type(value)):
        return value
    return value._listed(holder)  # noqa: SLF001 - a mapped object, whose module imports this one
