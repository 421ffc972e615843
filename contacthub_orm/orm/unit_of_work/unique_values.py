"""Values that only one entity may have: the operation that frees a value goes before the one that claims it.

A service that tells entities apart by a value refuses or merges a second entity with the same one. So if a commit
frees a value and claims it for another entity, the operation that frees it is sent first. An entity of which the value
is not loaded may free any. Two claims of the same value are refused, and so are two entities that swap their values.
"""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

import attrs

from contacthub_orm.errors import InvalidRequestError
from contacthub_orm.orm.service.plan import Operation, Verb

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from contacthub_orm.orm.service.backend import Backend

__all__ = ["in_order_of_claims", "may_free_a_claim"]


def in_order_of_claims(backend: Backend, operations: Sequence[Operation]) -> list[Operation]:
    """Make every operation that claims a value depend on the operation that frees it.

    Args:
        backend: the service.
        operations: the operations of a flush.

    Returns:
        The operations in the same order, replaced by new ones if their dependencies have changed.

    Raises:
        InvalidRequestError: if two operations claim the same value, or wait for each other.
    """
    freed: dict[Hashable, Operation] = {}
    claimed: dict[Hashable, Operation] = {}
    for operation in operations:
        before, after = _held(backend, operation)
        if before is not None and before != after:
            freed[before] = operation
        if after is not None and before != after:
            _refuse_second(backend, claimed, after, operation)
            claimed[after] = operation
    waits = {claimed[value]: freed[value] for value in claimed.keys() & freed.keys()}
    return _waiting(operations, waits) if waits else list(operations)


def may_free_a_claim(backend: Backend, operations: Sequence[Operation]) -> set[Operation]:
    """Find the operations that may free a value which another operation claims, though nobody knows which value.

    Args:
        backend: the service.
        operations: the operations of a flush.
    """
    unknown = {
        one
        for one in operations
        if one.verb is not Verb.CREATE
        and not backend.knows_unique_value(type(one.entity), one.baseline)
        and (one.verb is not Verb.UPDATE or _held(backend, one)[1] is not None)
    }
    if not unknown:
        return unknown
    claims = {one for one in operations if one.verb is not Verb.DELETE and _held(backend, one)[1] is not None}
    return {one for one in unknown if claims - {one}}


def _held(backend: Backend, operation: Operation) -> tuple[Hashable | None, Hashable | None]:
    """The unique value of the entity before and after the operation.

    An entity that breaks rules may be about to free its value, so nobody else claims that before the entity is mended.
    """
    before = operation.baseline or {}
    entity = type(operation.entity)
    held = backend.unique_value(entity, before)
    if operation.verb is Verb.DELETE or operation.refusal is not None:
        return held, None
    if operation.verb is Verb.UPDATE:
        return held, backend.unique_value(entity, before, operation.body)
    return held, backend.unique_value(entity, operation.body)


def _refuse_second(
    backend: Backend, claimed: dict[Hashable, Operation], value: Hashable, operation: Operation
) -> None:
    other = claimed.get(value)
    if other is not None and backend.refuses_double_claims:
        raise InvalidRequestError(
            f"{other.entity!r} and {operation.entity!r} claim the same {value}, which only one may hold"
        )


def _waiting(operations: Iterable[Operation], waits: dict[Operation, Operation]) -> list[Operation]:
    """The operations, each with the one that it waits for among its prerequisites."""
    sorter = TopologicalSorter(
        {one: {*one.after, *((waits[one],) if one in waits else ())} for one in operations}
    )
    try:
        ordered = list(sorter.static_order())
    except CycleError as error:
        entities = " and ".join(repr(one.entity) for one in error.args[1][:-1])
        raise InvalidRequestError(
            f"{entities} wait for each other's values: the service cannot change both at once, "
            "so save an interim value first"
        ) from None
    renewed: dict[Operation, Operation] = {}
    for one in ordered:
        after = [renewed[other] for other in one.after]
        if one in waits:
            after.append(renewed[waits[one]])
        renewed[one] = attrs.evolve(one, after=tuple(after)) if after else one
    return [renewed[one] for one in operations]
