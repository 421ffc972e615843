"""GET /openapi.json: the API as an OpenAPI document, for everybody who finds the server; it needs no token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from contacthub_orm.reference.openapi import openapi
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.calls import Service

__all__ = ["PATH", "document"]

PATH: Final = "/openapi.json"


def document(service: Service) -> Answer:
    """The document, with this server's address, and with its workspace and node as examples."""
    credentials = service.credentials
    known = {"workspaceId": credentials.workspace_id, "nodeId": credentials.node_id}
    return Answer.of(200, openapi(service.state.base_url, known))
