"""`operation`: a signature becomes a method that sends the request it describes. All methods of `api` are made here."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping
from functools import cached_property, partial, wraps
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, get_origin, get_type_hints

import attrs
from urllib3.filepost import encode_multipart_formdata

from contacthub_orm.contacthub.api.answers import Pages, objection_to, read
from contacthub_orm.contacthub.api.checks import is_required, violations
from contacthub_orm.contacthub.values.limits import misformed_in_event, payload_rule
from contacthub_orm.errors import ValidationError, Violation
from contacthub_orm.http import quote_path
from contacthub_orm.orm.wire.conversion import UnsendableError, dump, unsendable

if TYPE_CHECKING:
    from contacthub_orm.http import Transport

__all__ = ["Client", "Group", "Operation", "operation", "operations_of", "path_of"]

F = TypeVar("F", bound=Callable[..., Any])

PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


@attrs.define(slots=False)
class Operation:
    """A declared operation. What its signature says is read when it is first called."""

    name: str
    method: str
    path: str
    inferred: bool
    one_of: tuple[str, ...]
    accepted: bool
    function: Callable[..., Any]

    @cached_property
    def signature(self) -> inspect.Signature:
        """The parameters, `self` among them."""
        return inspect.signature(self.function)

    @cached_property
    def hints(self) -> dict[str, Any]:
        """The types of the parameters."""
        found = get_type_hints(self.function, include_extras=True)
        return {name: kind for name, kind in found.items() if name != "return"}

    @cached_property
    def returns(self) -> Any:
        """The type of the answer."""
        return get_type_hints(self.function)["return"]

    @cached_property
    def body_keys(self) -> dict[str, Any]:
        """The keys of a body that has a class."""
        body = self.hints.get("body")
        return get_type_hints(body, include_extras=True) if isinstance(body, type) else {}

    @cached_property
    def limited(self) -> bool:
        """Whether the body is a customer or an event, or a change of one, and so has at most 64 kB."""
        return not self.body_keys.keys().isdisjoint(("extended", "contextInfo"))

    @cached_property
    def placeholders(self) -> tuple[str, ...]:
        """The names that its path holds."""
        return tuple(PLACEHOLDER.findall(self.path))

    @cached_property
    def identity(self) -> str | None:
        """The argument that is the id of the document it answers with; a send configuration has its workspace's id."""
        last = PLACEHOLDER.fullmatch(self.path.rsplit("/", 1)[-1])
        return None if last is None or self.path.startswith("/send/") else last[1]


def operation(
    method: str,
    path: str,
    *,
    inferred: bool = False,
    one_of: tuple[str, ...] = (),
    accepted: bool = False,
) -> Callable[[F], F]:
    """Declare an operation by the signature of a method.

    An argument named in the path is part of it, `body` is the document to send, and all others are the query's. Their
    annotations say what is checked, the return annotation what the answer is made into.

    Args:
        method: the HTTP method.
        path: the path below the base URL, with the names of arguments in braces.
        inferred: whether no document states the path, so that it is a guess.
        one_of: the keys of the body of which exactly one must be there.
        accepted: whether the service only accepts the write (202), and then may answer with nothing (changelog 1.11).
    """

    def declare(function: F) -> F:
        declared = Operation(function.__name__, method, path, inferred, one_of, accepted, function)

        @wraps(function)
        def call(self: Group, *args: Any, **arguments: Any) -> Any:
            bound = declared.signature.bind(self, *args, **arguments)
            bound.apply_defaults()
            given = dict(bound.arguments)
            del given["self"]
            return self.client.call(declared, given)

        call.__dict__["operation"] = declared
        return cast("F", call)

    return declare


class Group:
    """Operations of one subject."""

    def __init__(self, client: Client) -> None:
        self.client = client


def operations_of(group: type[Group]) -> dict[str, Operation]:
    """The operations that a group declares, by name."""
    found = inspect.getmembers(group, lambda member: hasattr(member, "operation"))
    return {name: member.operation for name, member in found}


@attrs.frozen
class Client:
    """Sends operations of a workspace, or of one of its nodes.

    Attributes:
        transport: the workspace's transport.
        workspace_id: fills in `workspaceId`.
        node_id: fills in `nodeId` where a call does not give it; None for a whole workspace.
        paths: the paths that are used in place of the declared ones, by the operation's name.
    """

    transport: Transport
    workspace_id: str
    node_id: str | None
    paths: Mapping[str, str]

    def call(self, declared: Operation, given: dict[str, Any]) -> Any:
        """Check the arguments of an operation, send it and read the answer.

        Raises:
            ValidationError: if arguments break rules; nothing is sent.
            TransportError: if there is no usable answer; OutcomeUnknown if it was a write.
            APIError: if the service answers with an error.
        """
        given = self._completed(declared, given)
        broken = [one for name in declared.hints for one in _broken(declared, name, given[name])]
        if broken:
            raise ValidationError(broken)
        answer = self.transport.send(
            declared.method,
            self._path(declared, given),
            params=_query(declared, given),
            **_sent(given.get("body")),
            **_decoding(declared),
            objection=partial(_objection, declared, {"workspaceId": self.workspace_id, **given}),
        )
        following = None
        if get_origin(declared.returns) is Pages and "page" in declared.hints:
            following = partial(self._page, declared, given)
        return read(_document(declared, answer.body), declared.returns, following)

    def _page(self, declared: Operation, given: dict[str, Any], number: int) -> Any:
        return self.call(declared, {**given, "page": number})

    def _completed(self, declared: Operation, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments with the node filled in."""
        if self.node_id is None:
            return given
        if "nodeId" in declared.hints and _is_empty(given["nodeId"]):
            return {**given, "nodeId": self.node_id}
        body = given.get("body")
        wanted = declared.body_keys.get("nodeId")
        if is_required(wanted) and isinstance(body, Mapping) and body.get("nodeId") is None:
            return {**given, "body": {**body, "nodeId": self.node_id}}
        return given

    def _path(self, declared: Operation, given: Mapping[str, Any]) -> str:
        return path_of(declared, self.paths, {"workspaceId": self.workspace_id, **given})


def path_of(declared: Operation, paths: Mapping[str, str], values: Mapping[str, Any]) -> str:
    """The path of a call below the base URL.

    Args:
        declared: the operation.
        paths: the paths that are used in place of the declared ones, by the operation's name.
        values: what is filled in, by the names in braces.

    Raises:
        InvalidRequestError: if a value cannot be part of a path.
    """
    steps = paths.get(declared.name, declared.path).strip("/").split("/")
    return quote_path(*(PLACEHOLDER.sub(lambda found: str(values[found[1]]), step) for step in steps))


def _objection(declared: Operation, given: Mapping[str, Any], body: Any) -> str | None:
    """Why a body is no answer to a call."""
    wanted = given.get(declared.identity or "")
    found = body.get("id") if isinstance(body, dict) else None
    if isinstance(wanted, str) and isinstance(found, str) and found.casefold() != wanted.casefold():
        return f"the body is the document of {found!r}, not of {wanted!r}"
    return objection_to(_document(declared, body), declared.returns, given.get("page") or 0)


def _document(declared: Operation, body: Any) -> Any:
    """What is read of an answer: an empty document, if the write was accepted without a word."""
    return {} if body is None and declared.accepted else body


def _broken(declared: Operation, name: str, value: Any) -> list[Violation]:
    """The rules that an argument breaks."""
    if name == "body":
        return _broken_body(declared, value)
    in_path = name in declared.placeholders
    if (in_path or name == "nodeId") and isinstance(value, str) and not value:
        return [Violation(name, value, "is required")]
    if in_path and isinstance(value, str) and value in (".", ".."):
        return [Violation(name, value, "must be an id or a name")]
    found = list(violations(value, declared.hints[name], name))
    rule = None if found else unsendable(value)
    return found if rule is None else [Violation(name, value, rule)]


def _is_empty(value: Any) -> bool:
    """Whether there is no value. Those of other types, such as pandas' NA, may have no truth value."""
    return value is None or (isinstance(value, str) and not value)


def _broken_body(declared: Operation, body: Any) -> list[Violation]:
    """The rules that a body breaks, and what JSON cannot carry of it."""
    broken = list(violations(body, declared.hints["body"], ""))
    found = [Violation(one.path or "body", one.value, one.rule) for one in broken]
    if not isinstance(body, Mapping):
        return found
    if declared.one_of:
        given = [name for name in declared.one_of if body.get(name) is not None]
        if len(given) != 1:
            found.append(Violation("body", given, f"must have exactly one of {', '.join(declared.one_of)}"))
    if not _is_form(body):
        told = {one.path for one in found}
        found += [one for one in _unfit(declared, body) if one.path not in told]
    return found


def _unfit(declared: Operation, body: Mapping[str, Any]) -> list[Violation]:
    """What JSON cannot carry of a body, or else what only shows in the document that is sent."""
    try:
        wire = dump(body)
    except UnsendableError as error:
        return [
            Violation(one.path.removeprefix(".") or "body", one.value, one.rule) for one in error.violations
        ]
    found = [
        Violation(path, value, rule)
        for path, value in _leaves(wire, "")
        if (rule := unsendable(value)) is not None
    ]
    if declared.limited:
        found += misformed_in_event(wire, "")
        rule = payload_rule(wire)
        found += [] if rule is None else [Violation("body", None, rule)]
    return found


def _is_form(body: Mapping[str, Any]) -> bool:
    """Whether a body holds a file, so that it is sent as a form and not as JSON."""
    return any(isinstance(value, bytes) for value in body.values())


def _leaves(value: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return [leaf for key, one in value.items() for leaf in _leaves(one, f"{path}.{key}" if path else key)]
    if isinstance(value, list | tuple):
        return [leaf for index, one in enumerate(value) for leaf in _leaves(one, f"{path}[{index}]")]
    return [(path, value)]


def _query(declared: Operation, given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters of the URL, as text."""
    elsewhere = {"body", *declared.placeholders}
    return {
        name: _text(value) for name, value in given.items() if value is not None and name not in elsewhere
    }


def _text(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_text(one) for one in value]
    if isinstance(value, bool):
        return str(value).lower()
    return str(dump(value))


def _sent(body: Any) -> dict[str, Any]:
    if body is None:
        return {}
    if _is_form(body):
        fields = {
            name: (getattr(value, "filename", "file.csv"), value, "text/csv")
            if isinstance(value, bytes)
            else str(value)
            for name, value in body.items()
        }
        content, media_type = encode_multipart_formdata(fields)
        return {"content": (media_type, content)}
    return {"json": dump(body)}


def _decoding(declared: Operation) -> dict[str, Any]:
    return {"decode": bytes.decode} if declared.returns is str else {}
