"""The routes of the configuration: the workspace's uniqueness policy and the node's matching policy."""

from __future__ import annotations

from contacthub_orm.sandbox.service.calls import Answer, Call

__all__ = ["show_entry_node", "show_workspace"]


def show_workspace(call: Call) -> Answer:
    """GET the workspace's configuration; all values but the policy are the reference's defaults."""
    return Answer.of(
        200,
        {
            "name": "Sandbox",
            "industry": "NotDefined",
            "logo": None,
            "timezone": "Europe/Rome",
            "currency": "EUR",
            "customerUniquenessPolicy": call.settings.uniqueness_policy,
            "tier": None,
        },
    )


def show_entry_node(call: Call) -> Answer:
    """GET the entry node with its matching policy and its mandatory properties."""
    call.check_node(call.path["node"])
    settings = call.settings
    return Answer.of(
        200,
        {
            "id": call.node_id,
            "name": "Sandbox",
            "description": None,
            "imageUrl": None,
            "uniqueCustomer": {
                "properties": list(settings.matching),
                "caseSensitive": settings.case_sensitive,
            },
            "sourcePriority": [call.store.credentials.source_id],
            "mandatoryProperties": list(settings.mandatory),
        },
    )
