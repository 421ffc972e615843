"""The operations on each part of the configuration, as data: what is not here the service cannot do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.contacthub.administration.entities import (
    AggregateNode,
    BaseProperty,
    EntryNode,
    EventConfiguration,
    Source,
    User,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from contacthub_orm.orm import Entity
    from contacthub_orm.orm.wire.documents import Document

__all__ = ["Change", "Routes", "is_definitions", "routes_of"]


@attrs.frozen
class Change:
    """An operation that changes an entity.

    Attributes:
        operation: its name.
        key: the one value that it writes; None if it writes the whole document.
        sent: makes what is sent of that value.
        received: makes that value of the answer.
        fits: whether an answer is one.
    """

    operation: str
    key: str | None = None
    sent: Callable[[Any], Any] = lambda value: value
    received: Callable[[Any], Any] = lambda answer: answer
    fits: Callable[[Any], bool] = lambda answer: isinstance(answer, dict)

    def body(self, document: Document) -> Any:
        """What is sent of a document."""
        return document if self.key is None else self.sent(document[self.key])

    def document(self, answer: Any) -> Any:
        """What an answer tells of the document; None if it tells nothing."""
        if self.key is None:
            return answer
        return {self.key: self.received(answer)} if self.fits(answer) else None

    def objection(self, answer: Any) -> str | None:
        """Why an answer is none, None if it is one."""
        return None if self.fits(answer) else f"the body is no answer to {self.operation}"


@attrs.frozen
class Routes:
    """The operations on a part of the configuration, by name; None where the service has none.

    Attributes:
        listing: reads all.
        has_pages: whether the list comes in pages.
        reading: reads one.
        creation: creates one.
        changes: change one; the first that writes all that is to be written is used. The last is that of the entity itself,
            those before are each of one value.
        id_in_body: whether a change of the whole document repeats the id.
    """

    listing: str | None = None
    has_pages: bool = True
    reading: str | None = None
    creation: str | None = None
    changes: tuple[Change, ...] = ()
    id_in_body: bool = False


def _under(operation: str, key: str, name: str) -> Change:
    """An operation that writes one value, which is sent and answered under a name."""
    return Change(
        operation,
        key,
        sent=lambda value: {name: value},
        received=lambda answer: answer[name],
        fits=lambda answer: isinstance(answer, dict) and name in answer,
    )


def is_definitions(answer: Any) -> bool:
    """Whether an answer has definitions of properties by name."""
    return isinstance(answer, dict) and all(isinstance(one, dict) for one in answer.values())


def _by_name(properties: list[Document]) -> Document:
    """Definitions of properties as the service has them: by name."""
    return {one["name"]: {key: one[key] for key in one if key != "name"} for one in properties}


def _listed(definitions: Document) -> list[Document]:
    return [{**one, "name": name} for name, one in definitions.items()]


def _extended(of: str) -> Routes:
    change = f"update_{of}_extended_properties"
    return Routes(
        reading=f"get_{of}_extended_properties",
        changes=(Change(change, "properties", _by_name, _listed, is_definitions),),
    )


_ROUTES: Final[Mapping[type[Entity], Routes]] = {
    EntryNode: Routes(
        listing="list_entry_nodes",
        reading="get_entry_node",
        creation="create_entry_node",
        changes=(Change("update_entry_node"),),
        id_in_body=True,
    ),
    AggregateNode: Routes(
        listing="list_aggregate_nodes",
        reading="get_aggregate_node",
        creation="create_aggregate_node",
        changes=(
            _under("set_aggregate_node_state", "state", "state"),
            Change("update_aggregate_node"),
        ),
    ),
    Source: Routes(
        listing="list_sources",
        reading="get_source",
        creation="create_source",
        changes=(Change("update_source"),),
        id_in_body=True,
    ),
    User: Routes(listing="list_users", reading="get_user", changes=(Change("update_user"),)),
    EventConfiguration: Routes(
        listing="list_event_configurations",
        reading="get_event_configuration",
        changes=(_under("set_event_state", "enabled", "value"),),
    ),
    BaseProperty: Routes(
        listing="list_customer_base_properties",
        has_pages=False,
        changes=(Change("update_customer_base_property"),),
        id_in_body=True,
    ),
}

_EXTENDED: Final = {"customers": _extended("customer"), "products": _extended("product")}
_EXTENDED_OF_EVENTS: Final = _extended("event")


def routes_of(entity: type[Entity], identity: str | None = None) -> Routes:
    """The operations on the entities of a class, or on the one with an id: extended properties each have their own."""
    for known, routes in _ROUTES.items():
        if issubclass(entity, known):
            return routes
    return _EXTENDED.get(identity or "", _EXTENDED_OF_EVENTS)
