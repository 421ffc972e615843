"""What mypy and basedpyright know of comparing classes with a workspace, and of settings files."""
# pyright: reportUnnecessaryTypeIgnoreComment=true

from __future__ import annotations

from typing import Literal, assert_type

from contacthub_orm import CompletedOrder, Customer, Workspace
from contacthub_orm.contacthub.modelling import Difference


def comparing(workspace: Workspace) -> None:
    drift = workspace.check(Customer, CompletedOrder)
    assert_type(drift, list[Difference])
    assert_type(drift[0].kind, Literal["missing here", "missing there", "type differs", "narrower", "wider"])
    assert_type(drift[0].there, str | None)
    workspace.check("Customer")  # type: ignore[arg-type]


def settings_files() -> None:
    assert_type(Workspace.from_ini_file("contacthub.ini", paths={"get_throttling": "/x"}), Workspace)
    assert_type(Workspace.from_env(paths=None, retries=2), Workspace)
    Workspace.from_env(paths=["/x"])  # type: ignore[arg-type]
