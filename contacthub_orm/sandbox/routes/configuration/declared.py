"""The routes of the configuration, declared by the reference's operations: method, path and body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeAlias

from contacthub_orm.sandbox.documents.bodies import body_schema, facts_of
from contacthub_orm.sandbox.documents.failures import Failure, malformed, not_found
from contacthub_orm.sandbox.documents.validation import broken, validator
from contacthub_orm.sandbox.documents.wire import encode
from contacthub_orm.sandbox.service.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from contacthub_orm.sandbox.documents.violations import Violation
    from contacthub_orm.sandbox.service.calls import Call, Handler
    from contacthub_orm.sandbox.storage.collections import Collection

__all__ = [
    "Route",
    "existing_node",
    "flag",
    "invalid_body",
    "known",
    "page_of",
    "route",
    "sent",
    "whole_number",
]

Route: TypeAlias = "tuple[str, str, Handler]"

BASE: Final = "/workspaces/{workspaceId}"
PAGE_SIZE: Final = 20
LARGEST: Final = 50
ADMINISTERED: Final = ("/configuration/sources", "/configuration/users", "/workspaces")


def route(operation: str, handler: Callable[[Call], Answer]) -> Route:
    """The method, the path below the workspace (that of a workspace itself from the root on), and the handler.

    Swagger 1.51 gives most of them to the role ADMIN alone, and reading to others too. Here a token that is no
    administrator's reads the configuration, but no workspaces, sources or users, whose answers show tokens.
    """
    facts = facts_of(operation)
    is_provisioning = facts["group"] == "workspaces"
    path = facts["path"] if is_provisioning else facts["path"].removeprefix(BASE)
    if facts["method"] == "GET" and not path.startswith(ADMINISTERED):
        return "GET", path, handler

    def administered(call: Call) -> Answer:
        call.check_administrator()
        if is_provisioning:
            call.check_provider()
        return handler(call)

    return facts["method"], path, administered


def sent(call: Call, operation: str, *own: Callable[[dict[str, Any]], Iterable[Violation]]) -> dict[str, Any]:
    """The body of an operation.

    Args:
        call: the request.
        operation: the id of the operation.
        *own: further rules that the body must keep; they are asked once it has the documented form.

    Raises:
        Failure: 400 with all violations.
    """
    body = call.json_object()
    violations = list(broken(validator(body_schema(operation)), body, ""))
    if not violations:
        violations = [violation for rule in own for violation in rule(body)]
    if violations:
        raise invalid_body(violations)
    return body


def invalid_body(violations: Sequence[Violation]) -> Failure:
    """400 for a configuration that breaks rules."""
    return Failure(400, "source configuration is not valid", violations=violations)


def page_of(call: Call, elements: Sequence[Any]) -> Answer:
    """A page of the elements, as `page` and `size` say: 20 from the first one by default (reference 1.299.1).

    Raises:
        Failure: 400 if one of them is not a whole number from 0 to 50.
    """
    number, size = whole_number(call, "page", 0), whole_number(call, "size", PAGE_SIZE)
    page = {
        "size": size,
        "totalElements": len(elements),
        "totalPages": -(-len(elements) // size) if size else 0,
        "number": number,
    }
    return Answer(
        200, encode({"elements": list(elements[number * size : (number + 1) * size]), "page": page})
    )


def whole_number(call: Call, name: str, default: int) -> int:
    """A query parameter from 0 to 50.

    Raises:
        Failure: 400 if it is anything else.
    """
    text = call.query.get(name)
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) < len(str(LARGEST)) + 1 and int(text) <= LARGEST):
        raise malformed(f"{name} is a whole number from 0 to {LARGEST}", name, "maximum")
    return int(text)


def flag(call: Call, name: str) -> bool:
    """A query parameter that is true or false; false if it is missing.

    Raises:
        Failure: 400 if it is anything else.
    """
    return call.choice(name, ("true", "false")) == "true"


def known(call: Call, name: str, choices: Sequence[str], what: str) -> str:
    """A parameter of the path that has a closed set of values.

    Raises:
        Failure: 404 if the value is not one of them.
    """
    value = call.path[name]
    if value not in choices:
        raise not_found(what, value)
    return value


def existing_node(call: Call, nodes: Collection, node_id: str) -> dict[str, Any]:
    """The configuration of a node that the path names.

    Raises:
        Failure: 404 if there is none, 403 if the token has no permission for it.
    """
    node = nodes.get(node_id)
    if node is None:
        raise not_found("node", node_id)
    call.check_node(node_id)
    return node
