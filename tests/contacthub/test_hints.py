"""Errors that a wrong setting causes say which one."""

from __future__ import annotations

import pickle

import pytest

from contacthub_orm import Customer, Session, Workspace
from contacthub_orm.errors import AuthenticationError, ForbiddenError, NotFoundError
from contacthub_orm.sandbox import Sandbox


def customers(sandbox: Sandbox, *, workspace: str | None = None, token: str | None = None) -> Session:
    used = Workspace(workspace or sandbox.workspace_id, token or sandbox.token, sandbox.base_url)
    return Session(used.get_node(sandbox.node_id))


def test_an_unknown_token_says_where_the_token_is_set(contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(AuthenticationError, match="Look at the token: CONTACTHUB_TOKEN") as caught:
        customers(contacthub_sandbox, token="another").query(Customer).all()
    assert caught.value.hint in str(pickle.loads(pickle.dumps(caught.value)))
    assert "another" not in str(caught.value)


def test_a_refused_workspace_says_where_its_id_is_set(contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(ForbiddenError, match="CONTACTHUB_WORKSPACE_ID.*token's source"):
        customers(contacthub_sandbox, workspace="another").query(Customer).all()


def test_other_errors_say_nothing_of_settings(contacthub_sandbox: Sandbox) -> None:
    node = customers(contacthub_sandbox).bind
    with pytest.raises(NotFoundError) as caught:
        node.api.customers.get_customer("nobody")  # type: ignore[attr-defined]
    assert caught.value.hint is None
