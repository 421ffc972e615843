"""What a route's handler receives and returns."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from contacthub_orm.sandbox.documents.failures import Failure, forbidden, malformed, not_found
from contacthub_orm.sandbox.documents.forms import Form
from contacthub_orm.sandbox.documents.wire import encode
from contacthub_orm.sandbox.service.configuration import Configuration
from contacthub_orm.sandbox.service.throttling import Throttle
from contacthub_orm.sandbox.storage.credentials import stored_credentials
from contacthub_orm.sandbox.storage.database import is_snapshot
from contacthub_orm.sandbox.storage.errors import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy import Connection

    from contacthub_orm.sandbox.service.injection import Injector
    from contacthub_orm.sandbox.service.rules import Caller, NodeRules, Rules
    from contacthub_orm.sandbox.service.settings import ServerSettings, Settings
    from contacthub_orm.sandbox.service.workspaces import Workspaces
    from contacthub_orm.sandbox.storage.credentials import Credentials
    from contacthub_orm.sandbox.storage.database import Database
    from contacthub_orm.sandbox.storage.store import Store

__all__ = ["Answer", "Call", "Handler", "RunningService", "ServerState", "Service"]

StoreT = TypeVar("StoreT", bound="Database")
SettingsT = TypeVar("SettingsT", bound="ServerSettings")


@dataclass
class ServerState(Generic[SettingsT]):
    """What a running server has once, and changes while it serves.

    Attributes:
        settings: the settings in force.
        base_url: where the API answers, for the links in error bodies.
        injector: applies the faults that are set, or None if there are none.
        resets: how often the sandbox was reset. A request that a reset interrupts is not carried out.
    """

    settings: SettingsT
    base_url: str = ""
    injector: Injector | None = None
    resets: int = 0


@dataclass
class RunningService(Generic[StoreT, SettingsT]):
    """A running sandbox, or one of its workspaces, whichever service it serves.

    Attributes:
        store: the database.
        state: what the server has once.
        throttle: the client's budget of requests.
    """

    store: StoreT
    state: ServerState[SettingsT]
    throttle: Throttle = field(default_factory=Throttle)

    @property
    def settings(self) -> SettingsT:
        """The settings in force."""
        return self.state.settings

    @property
    def max_requests_per_minute(self) -> int:
        """The client's budget of requests; 0 sets no limit."""
        budget: int = self.settings.max_requests_per_minute
        return budget

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction for one request; see `Database.transaction`."""
        with self.store.transaction() as connection:
            yield connection


@dataclass
class Service(RunningService["Store", "Settings"]):
    """A workspace of a running Contacthub, as its handlers see it.

    Attributes:
        credentials: its ids and the token of its first source.
        workspaces: it and the others of the same sandbox.
        search_results: results of searches that were evaluated in Python, kept for the next page; see
            `scanning`.
        counts: counts of matches that last for some writes; see `search.counts`.
        jobs_due: when a bulk job is to move on, in milliseconds since 1970; 0 if that is to be found out.
    """

    credentials: Credentials = field(kw_only=True)
    workspaces: Workspaces = field(kw_only=True, repr=False)
    search_results: dict[Any, list[int]] = field(default_factory=dict)
    counts: dict[Any, tuple[int, int]] = field(default_factory=dict)
    jobs_due: int = 0
    _rules: Rules | None = None
    _has_changed: bool = False
    _is_renewed: bool = False

    def rules(self, connection: Connection | None = None) -> Rules:
        """The rules in force.

        Args:
            connection: the open transaction; None opens one if the rules have to be read.
        """
        rules = self._rules
        if rules is None:
            if connection is None:
                with self.store.transaction() as opened:
                    return self.rules(opened)
            if self._is_renewed and not is_snapshot(connection):
                self.credentials = stored_credentials(connection, self.credentials.key)
            rules = self.configuration(connection).rules()
            if is_snapshot(connection):  # it may be older than a change of the configuration
                return rules
            self._rules = rules
            # The timeline is that of all workspaces.
            kept = self.store.events.retention.items()
            others = {kind: months for kind, months in kept if kind[0] not in rules.nodes}
            self.store.events.retention = others | dict(rules.retention)
        return rules

    def configuration(self, connection: Connection) -> Configuration:
        """The stored configuration. Whoever changes it calls `reconfigured`."""
        return Configuration(connection, self.credentials)

    def reconfigured(self, *, is_renewed: bool = False) -> None:
        """The configuration was changed: other rules are in force from now on.

        Args:
            is_renewed: whether the first source has a new token.
        """
        self._rules = None
        self._has_changed = True
        self._is_renewed = self._is_renewed or is_renewed

    @property
    def max_requests_per_minute(self) -> int:
        """The workspace's budget of requests, as it is configured."""
        return self.rules().max_requests_per_minute

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction of the store, which takes the rules back too if it fails."""
        try:
            with super().transaction() as connection:
                self._has_changed = False
                try:
                    yield connection
                except BaseException:
                    if self._has_changed:
                        self._rules = None
                    raise
        except SandboxError:  # the commit may be what failed
            self._rules = None
            raise


@dataclass(slots=True)
class Call:
    """One authorized request inside its transaction.

    Attributes:
        service: the sandbox that serves it.
        connection: the database connection, with the request's transaction open.
        now: when it arrived, in milliseconds since 1970.
        path: the parameters of the route's path.
        query: the query parameters.
        body: the decoded JSON, or a form with files; None if the request has no body.
        client: the address and the user agent of the caller.
        caller: whom the token belongs to.
        writes: whether the method can change anything, so that it takes the permission to write.
        size: the size of the body in bytes.
    """

    service: Service
    connection: Connection
    now: int
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any
    client: tuple[str | None, str | None]
    caller: Caller
    writes: bool
    size: int

    @property
    def settings(self) -> Settings:
        """The settings in force."""
        return self.service.settings

    @property
    def store(self) -> Store:
        """The database."""
        return self.service.store

    @property
    def rules(self) -> Rules:
        """The rules in force: nodes, permissions and all that is configured."""
        return self.service.rules(self.connection)

    @property
    def configuration(self) -> Configuration:
        """The stored configuration that the rules follow from."""
        return self.service.configuration(self.connection)

    @property
    def node_id(self) -> str:
        """The id of the sandbox's first node."""
        return self.service.credentials.node_id

    @property
    def visible_from(self) -> int:
        """When searches start to see what this request writes, in milliseconds since 1970."""
        return self.settings.visible_from(self.now)

    def json_object(self) -> dict[str, Any]:
        """The body as a JSON object.

        Raises:
            Failure: 400 if the body is missing or anything else.
        """
        if not isinstance(self.body, dict):
            raise malformed("the body must be a JSON object")
        return self.body

    def form(self) -> Form:
        """The body as a form with files.

        Raises:
            Failure: 400 if the body is missing or anything else.
        """
        if not isinstance(self.body, Form):
            raise malformed("the body must be a form (multipart/form-data)")
        return self.body

    def choice(self, name: str, choices: tuple[str, ...]) -> str | None:
        """A query parameter with a closed set of values, or None if it is missing or empty.

        Raises:
            Failure: 400 if the value is not among the choices.
        """
        value = self.query.get(name) or None
        if value is not None and value not in choices:
            raise malformed(f"{name} is one of {', '.join(choices)}", name, "enum")
        return value

    def check_node(self, node_id: str) -> NodeRules:
        """The node that a request names, as its token sees it.

        Raises:
            Failure: 404 if there is no such node, 403 if the token has no permission for it.
        """
        node = self.rules.nodes.get(node_id)
        if node is None:
            raise not_found("node", node_id)
        self._check_permission(node_id)
        restricted = self.caller.restricted.get(node_id)
        return node if restricted is None else replace(node, exclusions=restricted)

    def check_entry_node(self, node_id: str, path: str) -> NodeRules:
        """The node that a request writes to; `path` is where it names the node.

        Raises:
            Failure: as `check_node`, and 400 if it is an aggregate node, which only shows what others hold.
        """
        node = self.check_node(node_id)
        if node.is_aggregate:
            raise malformed("customers and events belong to entry nodes", path, "entryNode")
        return node

    def check_owner(self, node_id: str, what: str, identity: str) -> None:
        """Refuse what belongs to a node that the token has no permission for.

        Args:
            node_id: the node.
            what: the kind of thing that was addressed by its id.
            identity: the id.

        Raises:
            Failure: 404 if the token does not see the node, 403 if it may not read or not write there.
        """
        if not self.caller.sees(node_id):
            raise not_found(what, identity)
        self._check_permission(node_id)

    def check_provider(self) -> None:
        """Refuse a token that may not provide workspaces: only the first one of the sandbox may.

        Raises:
            Failure: 403.
        """
        if not self.provides_workspaces:
            raise forbidden("the token has no permission for the workspaces")

    @property
    def provides_workspaces(self) -> bool:
        """Whether the token is the sandbox's first one."""
        return self.caller.is_administrator and not self.service.credentials.key

    def check_administrator(self) -> None:
        """Refuse a token that may not change the configuration.

        Raises:
            Failure: 403.
        """
        if not self.caller.is_administrator:
            raise forbidden("the token has no permission for this configuration")

    def _check_permission(self, node_id: str) -> None:
        if node_id not in (self.caller.writes if self.writes else self.caller.reads):
            action = "write to" if self.writes else "read"
            raise forbidden(f"the token has no permission to {action} node {node_id}")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the JSON text of the body, which may be empty, and headers."""

    status: int
    text: str = ""
    headers: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, status: int, value: Any) -> Answer:
        """An answer whose body is the value as JSON."""
        return cls(status, encode(value))

    @classmethod
    def of_failure(cls, failure: Failure) -> Answer:
        """The error answer of a failure."""
        return cls(failure.status, encode(failure.body()), tuple(failure.headers.items()))

    @property
    def is_success(self) -> bool:
        """Whether the status is not that of an error."""
        return self.status < HTTPStatus.BAD_REQUEST


Handler: TypeAlias = "Callable[[Any], Answer]"
