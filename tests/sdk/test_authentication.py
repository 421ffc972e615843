"""The manual's chapter "Authentication": workspaces from arguments and from INI files, wrong tokens, proxies.

Proxies are small servers in a thread of the test. No test leaves the machine, and none waits: a request is sent once.
"""

from __future__ import annotations

import pickle
import socket
import threading
import traceback
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

from contacthub_orm import (
    APIError,
    AuthenticationError,
    ConfigurationError,
    ForbiddenError,
    Node,
    NotSent,
    OutcomeUnknown,
    TransportError,
    Workspace,
)
from contacthub_orm.sandbox import Sandbox
from tests.support.server import Server

DEFAULT = "https://api.contactlab.it/hub/v1"
ONCE = {"retries": 1}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The proxies of the machine that runs the tests are not those of a test."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def template(sandbox: Sandbox) -> str:
    """The manual's template, filled in."""
    return f"workspace_id = {sandbox.workspace_id}\ntoken = {sandbox.token}\nbase_url = {sandbox.base_url}\n"


def reaches(workspace: Workspace, sandbox: Sandbox) -> bool:
    """Whether a customer of the sandbox is found through the workspace."""
    [identity] = sandbox.seed([{"externalId": "here"}])
    with workspace:
        return workspace.get_node(node_id=sandbox.node_id).get_customer(id=identity).externalId == "here"


# -- the workspace ----------------------------------------------------------------------------------------------------


def test_a_workspace_at_a_base_url_is_worked_with(contacthub_sandbox: Sandbox, server: Server) -> None:
    workspace_id, token = contacthub_sandbox.workspace_id, contacthub_sandbox.token
    base_url, node_id = contacthub_sandbox.base_url, contacthub_sandbox.node_id

    my_workspace = Workspace(workspace_id=workspace_id, token=token, base_url=base_url)
    with my_workspace as workspace:
        node = workspace.get_node(node_id=node_id)
        node.add_customer(externalId="01")

    assert isinstance(node, Node)
    assert [one["externalId"] for one in server.customers()] == ["01"]


@pytest.mark.parametrize("suffix", ["", "/", "/workspaces", "/workspaces/"])
def test_a_base_url_may_end_in_the_route_of_workspaces(contacthub_sandbox: Sandbox, suffix: str) -> None:
    sandbox = contacthub_sandbox

    my_workspace = Workspace(
        workspace_id=sandbox.workspace_id, token=sandbox.token, base_url=f"{sandbox.base_url}{suffix}"
    )

    assert reaches(my_workspace, sandbox)
    assert sandbox.requests[-1].path.startswith(f"/hub/v1/workspaces/{sandbox.workspace_id}/customers/")


def test_without_a_base_url_it_is_the_documented_one() -> None:
    my_workspace = Workspace(workspace_id="workspace_id", token="token")

    assert my_workspace.base_url == DEFAULT


def test_making_a_workspace_and_its_nodes_sends_nothing(contacthub_sandbox: Sandbox) -> None:
    sandbox = contacthub_sandbox

    workspace = Workspace(sandbox.workspace_id, sandbox.token, sandbox.base_url)
    nodes = [workspace.get_node(node_id="first"), workspace.get_node(node_id="second")]

    assert [node.node_id for node in nodes] == ["first", "second"]
    assert sandbox.requests == []


def test_a_node_that_the_workspace_does_not_have_is_told_by_the_service(contacthub_sandbox: Sandbox) -> None:
    node = contacthub_sandbox.workspace.get_node(node_id="nowhere")

    with pytest.raises(APIError, match="node not found nowhere") as refusal:
        node.get_customers()

    assert refusal.value.status_code == 404


def test_a_workspace_that_there_is_not_is_told_by_the_service(contacthub_sandbox: Sandbox) -> None:
    sandbox = contacthub_sandbox

    with (
        Workspace("elsewhere", sandbox.token, sandbox.base_url) as workspace,
        pytest.raises(ForbiddenError, match="workspace not found: elsewhere"),
    ):
        workspace.get_node(sandbox.node_id).get_customers()


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "api.contactlab.it/hub/v1",
        "ftp://api.contactlab.it/hub/v1",
        "https://",
        "https://user:s3cret@api.contactlab.it/hub/v1",
        "https://api.contactlab.it/hub/v1?token=s3cret",
    ],
)
def test_a_base_url_that_is_none_is_refused_at_once(base_url: str) -> None:
    with pytest.raises(ConfigurationError, match="base_url") as refusal:
        Workspace(workspace_id="workspace_id", token="token", base_url=base_url)
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize("token", ["", "two words", "tok\nen", "töken"])
def test_a_token_that_no_request_can_carry_is_refused_at_once_and_not_shown(token: str) -> None:
    with pytest.raises(ConfigurationError, match="token must be printable ASCII without spaces") as refusal:
        Workspace(workspace_id="workspace_id", token=token)
    assert not token or token not in str(refusal.value)


# -- INI files --------------------------------------------------------------------------------------------------------


def test_the_template_of_the_manual_is_read(contacthub_sandbox: Sandbox, folder: Path) -> None:
    (folder / "file.INI").write_text(template(contacthub_sandbox))

    my_workspace = Workspace.from_INI_file("file.INI")

    assert my_workspace.workspace_id == contacthub_sandbox.workspace_id
    assert reaches(my_workspace, contacthub_sandbox)


def test_the_class_reference_spells_it_in_lower_case(contacthub_sandbox: Sandbox, folder: Path) -> None:
    (folder / "file.INI").write_text(template(contacthub_sandbox))

    my_workspace = Workspace.from_ini_file(file_path="file.INI")

    assert reaches(my_workspace, contacthub_sandbox)


@pytest.mark.parametrize(
    "form",
    [
        lambda text: text.replace(" = ", "="),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: f"[workspace]\n{text}",
        lambda text: f"# ours\n\n{text}",
        lambda text: text.rstrip("\n"),
        lambda text: text.rstrip("\n") + "/workspaces\n",
    ],
    ids=["no spaces", "Windows", "a section", "a comment", "no last line end", "the route of workspaces"],
)
def test_a_file_is_read_in_every_usual_form(
    contacthub_sandbox: Sandbox, folder: Path, form: Callable[[str], str]
) -> None:
    (folder / "file.INI").write_bytes(form(template(contacthub_sandbox)).encode())

    assert reaches(Workspace.from_INI_file("file.INI"), contacthub_sandbox)


def test_a_file_may_leave_the_base_url_out(folder: Path) -> None:
    (folder / "file.INI").write_text("workspace_id = workspace_id\ntoken = token\n")

    my_workspace = Workspace.from_INI_file("file.INI")

    assert (my_workspace.workspace_id, my_workspace.base_url) == ("workspace_id", DEFAULT)


def test_a_file_is_named_by_a_path_too(contacthub_sandbox: Sandbox, tmp_path: Path) -> None:
    file = tmp_path / "file.INI"
    file.write_text(template(contacthub_sandbox))

    assert reaches(Workspace.from_INI_file(file), contacthub_sandbox)


def test_settings_go_beside_the_file(folder: Path) -> None:
    (folder / "file.INI").write_text("workspace_id = workspace_id\ntoken = token\n")

    my_workspace = Workspace.from_INI_file("file.INI", retries=1, read_timeout=3)

    settings = my_workspace.transport.settings
    assert (settings.retries, settings.read_timeout) == (1, 3)


BAD_FILES: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "workspace_id and token missing"),
    "without a token": (b"workspace_id = w1\n", "token missing"),
    "without a workspace": (b"token = s3cret\n", "workspace_id missing"),
    "with an empty token": (b"workspace_id = w1\ntoken =\n", "token missing"),
    "without equals signs": (b"workspace_id w1\ntoken s3cret\n", "not an INI file"),
    "with a broken section": (b"[contacthub\nworkspace_id = w1\ntoken = s3cret\n", "not an INI file"),
    "with a token twice": (b"workspace_id = w1\ntoken = s3cret\ntoken = s3cret\n", "not an INI file"),
    "in another encoding": (
        "# für uns\nworkspace_id = w1\ntoken = s3cret\n".encode("latin-1"),
        "not an INI file",
    ),
    "binary": (b"\xff\xfe\x00\x01", "not an INI file"),
}


@pytest.mark.parametrize(("content", "message"), BAD_FILES.values(), ids=list(BAD_FILES))
def test_a_bad_file_is_named_with_what_is_wrong_and_without_its_token(
    folder: Path, content: bytes, message: str
) -> None:
    (folder / "file.INI").write_bytes(content)

    with pytest.raises(ConfigurationError, match=rf"file\.INI: .*{message}") as refusal:
        Workspace.from_INI_file("file.INI")

    assert isinstance(refusal.value, ValueError)
    assert "s3cret" not in "".join(traceback.format_exception(refusal.value))


@pytest.mark.parametrize(("content", "message"), BAD_FILES.values(), ids=list(BAD_FILES))
def test_the_refusal_of_a_bad_file_holds_its_token_nowhere(
    folder: Path, content: bytes, message: str
) -> None:
    (folder / "file.INI").write_bytes(content)

    with pytest.raises(ConfigurationError, match=message) as refusal:
        Workspace.from_INI_file("file.INI")

    behind = refusal.value.__cause__ or refusal.value.__context__
    assert "s3cret" not in f"{behind} {behind!r} {behind and vars(behind)!r}"


def test_a_base_url_of_a_file_that_is_none_is_refused(folder: Path) -> None:
    (folder / "file.INI").write_text("workspace_id = w1\ntoken = s3cret\nbase_url = api.contactlab.it\n")

    with pytest.raises(ConfigurationError, match="base_url must be http") as refusal:
        Workspace.from_INI_file("file.INI")

    assert "s3cret" not in str(refusal.value)


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"file\.INI: No such file"):
        Workspace.from_INI_file("file.INI")


def test_a_folder_is_no_file(folder: Path) -> None:
    (folder / "file.INI").mkdir()

    with pytest.raises(ConfigurationError, match=r"file\.INI: Is a directory"):
        Workspace.from_INI_file("file.INI")


# -- the token --------------------------------------------------------------------------------------------------------

WRONG = "wr0ng-t0ken"


def shown(error: BaseException) -> str:
    """All that an exception shows, and its causes and the library's frames, to whoever prints, logs or keeps it."""
    told = traceback.format_exception(error)
    link: BaseException | None = error
    while link is not None:
        told.append(f"{link} {link!r} {link.args!r} {vars(link)!r}")
        told += [
            repr(frame.f_locals)
            for frame, _ in traceback.walk_tb(link.__traceback__)
            if "contacthub_orm" in frame.f_code.co_filename
        ]
        link = link.__cause__ or link.__context__
    return "\n".join(told)


@pytest.fixture
def refused(contacthub_sandbox: Sandbox) -> Iterator[Node]:
    """A node of a workspace whose token the service does not know."""
    sandbox = contacthub_sandbox
    with Workspace(workspace_id=sandbox.workspace_id, token=WRONG, base_url=sandbox.base_url) as workspace:
        yield workspace.get_node(node_id=sandbox.node_id)


def test_a_wrong_token_raises_401_which_is_an_http_error_of_requests(refused: Node) -> None:
    with pytest.raises(APIError, match="Status code: 401") as refusal:
        refused.get_customers()

    assert isinstance(refusal.value, requests.exceptions.HTTPError)
    assert isinstance(refusal.value, AuthenticationError)
    assert refusal.value.status_code == 401


def test_a_wrong_token_is_tried_once(refused: Node, contacthub_sandbox: Sandbox) -> None:
    with pytest.raises(APIError):
        refused.get_customers()

    assert [request.status for request in contacthub_sandbox.requests] == [401]


def test_a_wrong_token_writes_nothing(refused: Node, contacthub_sandbox: Sandbox, server: Server) -> None:
    with pytest.raises(APIError, match="Status code: 401"):
        refused.add_customer(externalId="01")

    assert server.customers() == []


def test_a_refusal_never_shows_the_token(refused: Node) -> None:
    with pytest.raises(APIError) as refusal:
        refused.add_customer(externalId="01")

    assert "401" in shown(refusal.value)
    assert WRONG not in shown(refusal.value)
    assert WRONG.encode() not in pickle.dumps(refusal.value)


def test_what_a_workspace_says_of_itself_never_shows_the_token(refused: Node) -> None:
    workspace = refused.workspace

    said = [repr(workspace), str(workspace), repr(vars(workspace)), repr(vars(workspace.transport))]

    assert WRONG not in "".join([*said, repr(refused), repr(vars(refused)), repr(vars(refused.backend))])


# -- proxies ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """What a proxy was asked."""

    method: str
    target: str
    credentials: str | None
    body: bytes


class Proxy(ThreadingHTTPServer):
    """A proxy on loopback that notes what it is asked, and then forwards, refuses with a status or hangs up (None)."""

    daemon_threads = True

    def __init__(self, refusal: int | None = 0) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.refusal = refusal
        self.asked: list[Asked] = []
        self.place = f"127.0.0.1:{self.server_address[1]}"
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def close(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Proxy

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        credentials = self.headers.get("Proxy-Authorization")
        self.server.asked.append(Asked(self.command, self.path, credentials, body))
        self.close_connection = True
        if self.server.refusal:
            self._send(self.server.refusal, b"")
        elif self.server.refusal is not None:
            self._forward(body)

    do_GET = do_POST = do_PATCH = do_CONNECT = _answer

    def _forward(self, body: bytes) -> None:
        passed_on = {
            name: self.headers[name] for name in ("Authorization", "Content-Type") if self.headers[name]
        }
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(self.command, self.path, data=body, headers=passed_on, timeout=10)
        self._send(answer.status_code, answer.content)

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: Any) -> None:
        """Nothing on standard error."""


@pytest.fixture
def start() -> Iterator[Callable[..., Proxy]]:
    """Start a proxy, which ends with the test."""
    with ExitStack() as stack:

        def start(refusal: int | None = 0) -> Proxy:
            proxy = Proxy(refusal)
            stack.callback(proxy.close)
            return proxy

        yield start


@pytest.fixture
def proxied(contacthub_sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Node]]:
    """A node of a workspace that is made while the environment has these variables."""
    sandbox = contacthub_sandbox
    with ExitStack() as stack:

        def proxied(base_url: str = sandbox.base_url, **variables: str) -> Node:
            with monkeypatch.context() as environment:
                for name, value in variables.items():
                    environment.setenv(name, value)
                workspace = Workspace(sandbox.workspace_id, sandbox.token, base_url, settings=ONCE)
            return stack.enter_context(workspace).get_node(sandbox.node_id)

        yield proxied


def test_http_proxy_is_asked_for_what_is_at_an_http_url(
    start: Callable[..., Proxy], proxied: Callable[..., Node], contacthub_sandbox: Sandbox, server: Server
) -> None:
    proxy = start()
    node = proxied(HTTP_PROXY=f"http://{proxy.place}")

    my_customer = node.add_customer(externalId="01")

    [asked] = proxy.asked
    assert asked.method == "POST"
    assert (
        asked.target
        == f"{contacthub_sandbox.base_url}/workspaces/{contacthub_sandbox.workspace_id}/customers"
    )
    assert [one["id"] for one in server.customers()] == [my_customer.id]


def test_all_requests_go_through_the_proxy(
    start: Callable[..., Proxy], proxied: Callable[..., Node], contacthub_sandbox: Sandbox
) -> None:
    proxy = start()
    node = proxied(HTTP_PROXY=f"http://{proxy.place}")

    my_customer = node.add_customer(externalId="01")
    my_customer.extra = "extra"
    my_customer.patch()
    assert node.get_customer(external_id="01").extra == "extra"

    assert [asked.method for asked in proxy.asked] == ["POST", "PATCH", "GET"]
    assert len(contacthub_sandbox.requests) == 3


def test_https_proxy_is_asked_for_a_tunnel_to_the_default_service(
    start: Callable[..., Proxy], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = start(502)
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.place}")

    with (
        Workspace(workspace_id="workspace_id", token="token", settings=ONCE) as workspace,
        pytest.raises(requests.exceptions.RequestException),
    ):
        workspace.get_node("node_id").get_customers()

    assert [(asked.method, asked.target) for asked in proxy.asked] == [("CONNECT", "api.contactlab.it:443")]


def test_a_file_without_a_base_url_leads_to_the_default_service(
    start: Callable[..., Proxy], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = start(502)
    monkeypatch.setenv("HTTPS_PROXY", f"http://{proxy.place}")
    (folder / "file.INI").write_text("workspace_id = workspace_id\ntoken = token\n")

    with (
        Workspace.from_INI_file("file.INI", retries=1) as workspace,
        pytest.raises(requests.exceptions.RequestException),
    ):
        workspace.get_node("node_id").get_customers()

    assert [(asked.method, asked.target) for asked in proxy.asked] == [("CONNECT", "api.contactlab.it:443")]


def test_each_scheme_has_a_proxy_of_its_own(
    start: Callable[..., Proxy], proxied: Callable[..., Node]
) -> None:
    plain, secure = start(), start()
    node = proxied(HTTP_PROXY=f"http://{plain.place}", HTTPS_PROXY=f"http://{secure.place}")

    node.get_customers()

    assert (len(plain.asked), secure.asked) == (1, [])


def test_a_host_that_no_proxy_names_is_reached_directly(
    start: Callable[..., Proxy], proxied: Callable[..., Node], contacthub_sandbox: Sandbox
) -> None:
    proxy = start()
    node = proxied(HTTP_PROXY=f"http://{proxy.place}", NO_PROXY="127.0.0.1")

    node.get_customers()

    assert proxy.asked == []
    assert len(contacthub_sandbox.requests) == 1


BASIC = f"Basic {b64encode(b'user:p4ssword').decode()}"


def test_user_and_password_of_a_proxy_are_sent_to_it(
    start: Callable[..., Proxy], proxied: Callable[..., Node], server: Server
) -> None:
    proxy = start()
    node = proxied(HTTP_PROXY=f"http://user:p4ssword@{proxy.place}/")

    node.add_customer(externalId="01")

    assert [asked.credentials for asked in proxy.asked] == [BASIC]
    assert len(server.customers()) == 1


def test_user_and_password_of_a_proxy_are_sent_with_the_tunnel(
    start: Callable[..., Proxy], proxied: Callable[..., Node]
) -> None:
    proxy = start(502)
    node = proxied("https://contacthub.invalid", HTTPS_PROXY=f"http://user:p4ssword@{proxy.place}/")

    with pytest.raises(NotSent):
        node.get_customers()

    assert [(asked.method, asked.credentials) for asked in proxy.asked] == [("CONNECT", BASIC)]


def test_a_token_is_not_shown_to_the_proxy_of_a_tunnel(
    start: Callable[..., Proxy], proxied: Callable[..., Node], contacthub_sandbox: Sandbox
) -> None:
    proxy = start(502)
    node = proxied("https://contacthub.invalid", HTTPS_PROXY=f"http://{proxy.place}")

    with pytest.raises(NotSent) as failure:
        node.add_customer(externalId="01")

    assert [asked.body for asked in proxy.asked] == [b""]
    assert contacthub_sandbox.token not in repr(proxy.asked) + shown(failure.value)


def test_a_proxy_that_wants_a_password_answers_407_which_is_an_http_error(
    start: Callable[..., Proxy], proxied: Callable[..., Node], contacthub_sandbox: Sandbox
) -> None:
    proxy = start(407)
    node = proxied(HTTP_PROXY=f"http://user:p4ssword@{proxy.place}/")

    with pytest.raises(APIError, match="Status code: 407") as refusal:
        node.add_customer(externalId="01")

    assert isinstance(refusal.value, requests.exceptions.HTTPError)
    assert (len(proxy.asked), contacthub_sandbox.requests) == (1, [])
    assert "p4ssword" not in shown(refusal.value)


def test_a_proxy_that_refuses_a_tunnel_means_that_nothing_was_sent(
    start: Callable[..., Proxy], proxied: Callable[..., Node]
) -> None:
    proxy = start(407)
    node = proxied("https://contacthub.invalid", HTTPS_PROXY=f"http://user:p4ssword@{proxy.place}/")

    with pytest.raises(NotSent, match="407") as failure:
        node.add_customer(externalId="01")

    assert isinstance(failure.value, requests.exceptions.RequestException)
    assert len(proxy.asked) == 1
    assert "p4ssword" not in shown(failure.value)


def test_a_proxy_that_hangs_up_on_a_read_is_an_exception_of_requests(
    start: Callable[..., Proxy], proxied: Callable[..., Node]
) -> None:
    proxy = start(None)
    node = proxied(HTTP_PROXY=f"http://user:p4ssword@{proxy.place}/")

    with pytest.raises(TransportError) as failure:
        node.get_customers()

    assert isinstance(failure.value, requests.exceptions.RequestException)
    assert len(proxy.asked) == 1
    assert "p4ssword" not in shown(failure.value)


def test_a_proxy_that_hangs_up_on_a_write_leaves_its_outcome_open(
    start: Callable[..., Proxy], proxied: Callable[..., Node], contacthub_sandbox: Sandbox
) -> None:
    proxy = start(None)
    node = proxied(HTTP_PROXY=f"http://{proxy.place}")

    with pytest.raises(OutcomeUnknown) as failure:
        node.add_customer(externalId="01")

    assert isinstance(failure.value, requests.exceptions.RequestException)
    assert [asked.method for asked in proxy.asked] == ["POST"]
    assert contacthub_sandbox.requests == []


def test_a_proxy_that_is_no_url_is_refused_when_the_workspace_is_made(proxied: Callable[..., Node]) -> None:
    with pytest.raises(ConfigurationError, match="the proxy") as refusal:
        proxied(HTTP_PROXY="http://user:p4ssword@")
    assert "p4ssword" not in str(refusal.value)


# -- hosts that do not answer -----------------------------------------------------------------------------------------


@pytest.fixture
def closed_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_host_that_cannot_be_reached_is_an_exception_of_requests(
    contacthub_sandbox: Sandbox, closed_port: int
) -> None:
    base_url = f"http://127.0.0.1:{closed_port}/hub/v1"

    with (
        Workspace("workspace_id", contacthub_sandbox.token, base_url, settings=ONCE) as workspace,
        pytest.raises(requests.exceptions.RequestException, match=base_url) as failure,
    ):
        workspace.get_node("node_id").get_customers()

    assert isinstance(failure.value, NotSent)
    assert contacthub_sandbox.token not in shown(failure.value)


def test_a_write_to_a_host_that_cannot_be_reached_was_not_sent(
    contacthub_sandbox: Sandbox, closed_port: int
) -> None:
    base_url = f"http://127.0.0.1:{closed_port}/hub/v1"

    with (
        Workspace("workspace_id", "token", base_url, settings=ONCE) as workspace,
        pytest.raises(NotSent) as failure,
    ):
        workspace.get_node("node_id").add_customer(externalId="01")

    assert isinstance(failure.value, requests.exceptions.RequestException)


def test_a_proxy_that_cannot_be_reached_means_that_nothing_was_sent(
    proxied: Callable[..., Node], contacthub_sandbox: Sandbox, closed_port: int
) -> None:
    node = proxied(HTTP_PROXY=f"http://user:p4ssword@127.0.0.1:{closed_port}/")

    with pytest.raises(NotSent) as failure:
        node.add_customer(externalId="01")

    assert isinstance(failure.value, requests.exceptions.RequestException)
    assert contacthub_sandbox.requests == []
    assert "p4ssword" not in shown(failure.value)


def test_a_failed_read_is_sent_once_where_the_settings_say_so(
    start: Callable[..., Proxy], contacthub_sandbox: Sandbox
) -> None:
    broken = start(None)

    with (
        Workspace("workspace_id", "token", f"http://{broken.place}/hub/v1", settings=ONCE) as workspace,
        pytest.raises(TransportError),
    ):
        workspace.get_node("node_id").get_customers()

    assert [asked.method for asked in broken.asked] == ["GET"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ((None, "t"), "workspace_id"),
        (("w", None), "token"),
        (("w", b"t"), "token"),
        (("w", "t", None), "base_url"),
    ],
    ids=repr,
)
def test_what_is_no_text_is_refused_by_its_name(arguments: tuple[Any, ...], named: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{named} must be"):
        Workspace(*arguments)
