"""`settings_text`: what an examination found, as the file that `Workspace.from_ini_file` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contacthub_orm.contacthub.doctor.findings import Report
    from contacthub_orm.contacthub.node import Node

__all__ = ["settings_text"]


def settings_text(node: Node, report: Report) -> str:
    """The settings file: what was read and the client can be told, the other findings as comments, and no token."""
    workspace = node.workspace
    lines = [
        "; Written by `contacthub-orm doctor`. The token is not here: Workspace.from_ini_file takes it from",
        "; CONTACTHUB_TOKEN where the file has none.",
        "[contacthub]",
        f"workspace_id = {workspace.workspace_id}",
        f"base_url = {workspace.base_url}",
    ]
    if report.matching is not None:
        lines += [
            "",
            f"[node {node.node_id}]",
            f"matching = {', '.join(report.matching.properties)}",
            f"case_sensitive = {str(report.matching.case_sensitive).lower()}",
            f"policy = {report.matching.uniqueness}",
        ]
    budget = report.requests_per_minute or workspace.transport.settings.requests_per_minute
    if budget:
        lines += ["", "[settings]", f"requests_per_minute = {budget}"]
    if workspace.paths:
        lines += ["", "[paths]", *(f"{name} = {path}" for name, path in sorted(workspace.paths.items()))]
    measured = [one for one in report.findings if one.source == "measured"]
    if measured:
        lines += ["", *(f"; {one.subject}: {' '.join(one.found.split())}" for one in measured)]
    return "\n".join(lines) + "\n"
