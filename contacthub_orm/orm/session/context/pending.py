"""The entities of one flush, and the rules of the API that they break."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from contacthub_orm.errors import ValidationError
from contacthub_orm.orm.entity.entity_state import state_of
from contacthub_orm.orm.entity.validation import checked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from contacthub_orm.errors import Violation
    from contacthub_orm.orm.entity.entity import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["PendingEntities", "refusals"]

_MOST_LINES = 20


@attrs.frozen
class PendingEntities:
    """The entities that a flush compares with the service's documents.

    Attributes:
        new: the entities to create.
        held: the persistent entities that may have changes.
        deleted: the entities to delete, which are not checked: nothing of them is sent.
    """

    new: list[Entity]
    held: list[Entity]
    deleted: list[Entity]

    def violations(self) -> list[Violation]:
        """Return all rules that the entities break, with the entity of each."""
        return self.check()[0]

    def check(self) -> tuple[list[Violation], dict[int, Document]]:
        """Check the entities.

        Returns:
            All rules that they break, with the entity of each, and by `id()` the bodies that save them. There are no
            bodies if one breaks rules, or the program was called: it may have changed any of them.
        """
        found: list[Violation] = []
        bodies: dict[int, Document] = {}
        is_sure = True
        for entity in (*self.new, *self.held):
            violations, body = checked(entity)
            if body is not None:
                bodies[id(entity)] = body
            for violation in violations:
                violation.entity = entity
                found.append(violation)
            is_sure = is_sure and body is not None
        return found, bodies if is_sure else {}

    def refusal(self, found: Sequence[Violation]) -> ValidationError:
        """Make the error for violations of these entities. If several break rules, each has a line of its text."""
        rows = list(_by_entity(found))
        if len(rows) == 1:
            return ValidationError(found)
        shown = rows[:_MOST_LINES]
        places = self._places()
        lines = [f"{_name(entity, places)}: {'; '.join(map(str, some))}" for entity, some in shown]
        if len(rows) > len(shown):
            lines.append(
                f"and {len(rows) - len(shown):,} more of the {len(rows):,} entities that break rules"
            )
        return ValidationError(found, "\n".join(lines))

    def _places(self) -> dict[int, str]:
        """By `id()`, the place of each new entity among the new ones of its class."""
        classes: dict[type[Entity], list[Entity]] = {}
        for entity in self.new:
            classes.setdefault(type(entity), []).append(entity)
        return {
            id(entity): f"{_ordinal(place)} of {len(alike):,}"
            for alike in classes.values()
            for place, entity in enumerate(alike, 1)
        }


def refusals(found: Iterable[Violation]) -> dict[int, ValidationError]:
    """Return an error for each entity that breaks rules, by its `id()`."""
    return {id(entity): ValidationError(some) for entity, some in _by_entity(found)}


def _by_entity(found: Iterable[Violation]) -> Iterator[tuple[Entity, list[Violation]]]:
    rows: dict[int, list[Violation]] = {}
    for violation in found:
        rows.setdefault(id(violation.entity), []).append(violation)
    for some in rows.values():
        assert some[0].entity is not None
        yield some[0].entity, some


def _name(entity: Entity, places: dict[int, str]) -> str:
    key, name = state_of(entity).key, type(entity).__name__
    return f"new {name}, {places[id(entity)]}" if key is None else f"{name} {key.id}"


def _ordinal(number: int) -> str:
    is_teen = number // 10 % 10 == 1
    ending = "th" if is_teen else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"
