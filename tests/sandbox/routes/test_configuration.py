"""What a client can read of the configuration."""

from __future__ import annotations


def test_the_entry_node_tells_its_matching_policy_and_mandatory_properties(api):
    api.sandbox.configure(matching=("externalId",), case_sensitive=True, mandatory=("base.lastName",))
    node = api.get(f"/configuration/nodes/entries/{api.sandbox.node_id}").json()
    assert node["id"] == api.sandbox.node_id
    assert node["uniqueCustomer"] == {"properties": ["externalId"], "caseSensitive": True}
    assert node["mandatoryProperties"] == ["base.lastName"]


def test_an_unknown_node_is_answered_404(api):
    assert api.get("/configuration/nodes/entries/other").status_code == 404


def test_the_workspace_tells_its_uniqueness_policy(api):
    assert api.get("/configuration").json()["customerUniquenessPolicy"] == "MERGE"
    api.sandbox.configure(uniqueness_policy="BLOCK")
    assert api.get("/configuration").json()["customerUniquenessPolicy"] == "BLOCK"
