"""What a workspace says of its extended properties and its event types, read by `api`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.contacthub.modelling.shapes import Field, Structure, field_of, shape_of
from contacthub_orm.contacthub.values.enums import EventType
from contacthub_orm.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from contacthub_orm.contacthub.api.api import Api
    from contacthub_orm.contacthub.api.records.workspaces import (
        EventConfigurationRecord,
        ExtendedPropertyDefinitionRecord,
    )

__all__ = ["WorkspaceSchemas"]

_KNOWN: Final = frozenset(one.value for one in EventType)
"""The types that `api` takes as an argument; others are in its answers alone."""


@attrs.define
class WorkspaceSchemas:
    """The schemas of a workspace; each is read when it is asked for.

    All methods raise an APIError or a TransportError if the service cannot be asked.
    """

    _api: Api
    _asks_extended: bool = True

    def customer_extended(self) -> Structure:
        """The extended properties of customers."""
        return _structure(self._api.configuration.get_customer_extended_properties())

    def event_properties(self, event_type: str) -> Structure | None:
        """The properties of a type of events; None if the workspace does not have the type, or has it disabled."""
        if event_type not in _KNOWN:
            listed = self._api.configuration.list_event_configurations().elements
            found = next((one for one in listed if event_type in (one.id, one.type)), None)
            return None if found is None else self._of_configuration(found)
        try:
            return self._of_configuration(self._api.configuration.get_event_configuration(event_type))  # type: ignore[arg-type]
        except NotFoundError:
            return None

    def all_events(self) -> dict[str, Structure]:
        """The properties of every enabled type of events, by its name."""
        found = {
            name: self._of_configuration(one)
            for one in self._configurations()
            if (name := one.id or one.type)
        }
        return {name: found[name] for name in sorted(found) if (found[name]) is not None}  # type: ignore[misc]

    def _configurations(self) -> Iterator[EventConfigurationRecord]:
        """The configurations of all types. No document says how to get a second page, so the rest is asked for by name."""
        first = self._api.configuration.list_event_configurations()
        yield from first.elements
        if first.is_last:
            return
        known = {one.id or one.type for one in first.elements}
        for event_type in EventType:
            if event_type.value not in known:
                try:
                    yield self._api.configuration.get_event_configuration(event_type.value)
                except NotFoundError:
                    continue

    def _of_configuration(self, found: EventConfigurationRecord) -> Structure | None:
        event_type = found.id or found.type
        if event_type is None or found.enabled is False:
            return None
        is_known = event_type in _KNOWN
        shape = shape_of(_schema_in(found) or (self._schema_of(event_type) if is_known else None))
        fields = dict(shape.fields or {}) if isinstance(shape, Structure) else {}
        extended = self._extended(event_type) if is_known else None
        if extended is not None and extended.fields:
            fields["extended"] = Field(extended)
        return Structure(fields)

    def _schema_of(self, event_type: str) -> Mapping[str, Any]:
        try:
            return self._api.configuration.get_event_properties(event_type)  # type: ignore[arg-type]
        except NotFoundError:
            return {}

    def _extended(self, event_type: str) -> Structure | None:
        """The extended properties of a type, by a path that is a guess: it is not asked again where it is no route."""
        if not self._asks_extended:
            return None
        try:
            return _structure(self._api.configuration.get_event_extended_properties(event_type))  # type: ignore[arg-type]
        except NotFoundError as error:
            self._asks_extended = not error.is_of_framework
            return None


def _schema_in(found: EventConfigurationRecord) -> Mapping[str, Any] | None:
    """The schema in a configuration, which older versions write as a string."""
    if found.propertiesSchema:
        return found.propertiesSchema
    written = found.unknown.get("propertiesSchema")
    if not isinstance(written, str):
        return None
    try:
        schema = json.loads(written)
    except (ValueError, RecursionError):
        return None
    return schema if isinstance(schema, dict) else None


def _structure(definitions: Mapping[str, ExtendedPropertyDefinitionRecord]) -> Structure:
    """The enabled properties among definitions."""
    fields = {}
    for name, record in definitions.items():
        own = record.contactlabProperties
        if own is not None and own.enabled is False:
            continue
        schema = {"type": record.type, **record.unknown}
        if own is not None:
            schema["contactlabProperties"] = {"label": own.label, "maxLength": own.maxLength}
        fields[name] = field_of(schema)
    return Structure(fields)
