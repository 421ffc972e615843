"""What a live test finds on services that differ, and that its customer is gone afterwards, whatever happened."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from contacthub_orm import APIError, Workspace
from contacthub_orm.contacthub.doctor import LiveTest, Report, examine
from contacthub_orm.contacthub.doctor.marked_customer import SETTLE
from contacthub_orm.contacthub.node import Node
from contacthub_orm.sandbox import Fault
from tests.support.stub_service import NO_ROUTE, Answering, Reply, no_thing, stub_service
from tests.support.world import World


def findings_on(node: Node) -> dict[str, str]:
    report = examine(node)
    LiveTest(node, report).run()
    return {one.subject: one.found for one in report.findings}


def node_on(world: World) -> Node:
    sandbox = world.sandbox
    workspace = Workspace(sandbox.workspace_id, sandbox.token, sandbox.base_url, clock=world.clock)
    world.transports.append(workspace.transport)
    return workspace.get_node(sandbox.node_id)


def remaining(world: World) -> int:
    """How many customers the sandbox holds, once its search sees all writes."""
    world.clock.advance(1_000_000)
    world.sandbox.faults = []
    return world.sandbox.node.api.customers.list_customers().total


def test_a_sandbox_as_it_comes(world: World) -> None:
    found = findings_on(node_on(world))

    assert found["search lag"] == "0.0 s until a search finds a new customer"
    assert found["known customer"] == "merged into the first (MERGE)"
    assert found["IN with one value"] == "taken as a list of one"
    assert found["largest page"] == "50; 100 is refused (400)"
    assert found["marked customer"].endswith(": none is left")
    assert remaining(world) == 0


def test_a_sandbox_that_is_set_up_in_another_way(world: World) -> None:
    world.sandbox.configure(
        uniqueness_policy="BLOCK",
        search_delay=30,
        max_page_size=500,
        matching=("base.firstName", "externalId"),
        mandatory=("base.address.city",),
    )

    found = findings_on(node_on(world))

    assert 30 <= float(found["search lag"].split()[0]) < 33
    assert found["known customer"] == "409: the second creation is refused (BLOCK)"
    assert found["largest page"] == "500; 1000 is refused (400)"
    assert remaining(world) == 0


def test_a_search_that_never_finds_the_customer_ends(world: World) -> None:
    world.sandbox.configure(search_delay=100_000)

    assert findings_on(node_on(world))["search lag"] == "no search found the customer within 120 s"
    assert world.clock.monotonic() >= 120
    assert remaining(world) == 0


def on_a_stub(answer: Answering, world: World) -> dict[str, str]:
    """The findings on a service that answers as the sandbox where `answer` gives None."""
    sandbox = world.sandbox
    with stub_service(answer, behind=sandbox.base_url, workspace_id=sandbox.workspace_id) as stub:
        stub.token = sandbox.token
        with Workspace(stub.workspace_id, stub.token, stub.base_url, clock=world.clock) as workspace:
            return findings_on(workspace.get_node(sandbox.node_id))


def page(rows: list[Any], size: int, total: int) -> Reply:
    return 200, {
        "elements": rows,
        "page": {"size": size, "totalElements": total, "totalPages": 1, "number": 0},
    }


def asked(target: str, name: str) -> str | None:
    return parse_qs(urlsplit(target).query).get(name, [None])[0]


def test_a_service_that_cuts_pages_and_counts_nothing_for_size_0(world: World) -> None:
    def answer(method: str, target: str, _: Any) -> Reply | None:
        size = asked(target, "size")
        if method != "GET" or size is None:
            return None
        return page([], min(int(size), 200), 0 if size == "0" else 7)

    found = on_a_stub(answer, world)

    assert found["largest page"] == "200; more is cut to that"
    assert found["size=0"] == "a total of 0, of 7, 0 elements"


@pytest.mark.parametrize(
    ("external_ids", "said"),
    [
        (["marker"], "taken as a list of one"),
        (None, "refused (400)"),
        ([], "finds nothing"),
        (["marker", "x"], "not looked at: finds others too"),
    ],
)
def test_what_in_does_with_one_value(world: World, external_ids: list[str] | None, said: str) -> None:
    def answer(_: str, target: str, __: Any) -> Reply | None:
        query = asked(target, "query")
        if query is None:
            return None
        if external_ids is None:
            return 400, {"message": "value must be an array", "errors": []}
        marker = json.loads(query)["query"]["are"]["condition"]["value"]
        rows = [{"externalId": marker if one == "marker" else one} for one in external_ids]
        return page(rows, 10, len(rows))

    assert on_a_stub(answer, world)["IN with one value"] == said


@pytest.mark.parametrize("replaces", [True, False])
def test_what_put_does_with_what_it_is_not_given(world: World, replaces: bool) -> None:
    def answer(method: str, target: str, body: Any) -> Reply | None:
        if method != "PUT" or replaces:
            return None
        return 200, {"id": target.rsplit("/", 1)[-1], **body}  # nothing is changed

    said = "removes" if replaces else "keeps"
    assert on_a_stub(answer, world)["PUT"] == f"{said} properties that the body lacks"


def test_a_second_customer_is_removed_too(world: World) -> None:
    posts = 0

    def answer(method: str, target: str, body: Any) -> Reply | None:
        nonlocal posts
        if method != "POST":
            return None
        posts += 1
        if posts == 2:
            [identity] = world.sandbox.seed([{"externalId": body["externalId"]}])
            return 201, {"id": identity, **body}
        return None

    assert on_a_stub(answer, world)["known customer"] == "created a second time (NO_CHECK)"
    assert remaining(world) == 0


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (NO_ROUTE, "no such route"),
        (no_thing(), "a route, for a thing that is not there"),
        ((200, {"maxRequestsPerMinute": 0}), "a route, it answers"),
        ((400, {"message": "which?"}), "a route, it refuses a request without arguments (400)"),
        ((403, {"message": "no"}), "not for this token (403)"),
        ((405, {"message": "no GET"}), "no route for GET (405)"),
    ],
)
def test_what_an_inferred_path_is(world: World, reply: Reply, said: str) -> None:
    def answer(_: str, target: str, __: Any) -> Reply | None:
        return reply if target == "/configuration/throttling" else None

    found = on_a_stub(answer, world)

    path = "/workspaces/{workspaceId}/configuration/throttling"
    assert found["path of get_throttling, update_throttling"] == f"{path}: {said}"


def test_a_path_that_only_a_proxy_answers_is_not_judged(world: World) -> None:
    def answer(_: str, target: str, __: Any) -> Reply | None:
        return (404, None) if target == "/configuration/throttling" else None

    assert (
        "not in the service's form" in on_a_stub(answer, world)["path of get_throttling, update_throttling"]
    )


def test_inferred_paths_are_looked_at_by_get_alone_and_destructive_ones_name_no_node(world: World) -> None:
    node = node_on(world)
    seen: list[tuple[str, str]] = []
    send = node.workspace.transport.send

    def watch(method: str, path: str, **request: Any) -> Any:
        seen.append((method, path))
        return send(method, path, **request)

    node.workspace.transport.send = watch  # type: ignore[method-assign]
    found = findings_on(node)

    assert {method for method, path in seen if "customers" not in path} == {"GET"}
    emptying = [path for _, path in seen if path.endswith("/empty")]
    assert len(emptying) == 1
    assert node.node_id not in emptying[0]
    assert found["path of forget_customer"].endswith("/forget: a route (405)")


def test_an_overridden_path_is_the_one_that_is_looked_at(world: World) -> None:
    sandbox = world.sandbox
    paths = {"forget_customer": "/workspaces/{workspaceId}/customers/{customerId}/erase"}
    with Workspace(
        sandbox.workspace_id, sandbox.token, sandbox.base_url, clock=world.clock, paths=paths
    ) as one:
        found = findings_on(one.get_node(sandbox.node_id))

    assert found["path of forget_customer"].endswith("/erase: no such route")


def test_a_refused_creation_leaves_the_other_questions(world: World) -> None:
    world.sandbox.faults = [Fault.status(403, method="POST")]

    found = findings_on(node_on(world))

    assert found["creation"].startswith("403")
    assert found["largest page"] == "50; 100 is refused (400)"
    assert "PUT" not in found


class Stopped(BaseException):
    """Ctrl-C, as far as the code under test can tell."""


def interrupted(node: Node, at: Callable[[str, str], bool], *, after: bool) -> Report:
    """Run a live test that is interrupted once, before or after the first request for which `at` holds."""
    report = examine(node)
    send, done = node.workspace.transport.send, False

    def stopping(method: str, path: str, **request: Any) -> Any:
        nonlocal done
        if done or not at(method, path):
            return send(method, path, **request)
        done = True
        if after:
            with suppress(APIError):
                send(method, path, **request)
        raise Stopped

    node.workspace.transport.send = stopping  # type: ignore[method-assign]
    with pytest.raises(Stopped):
        LiveTest(node, report).run()
    return report


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("method", ["POST", "PUT", "GET customers", "GET configuration"])
def test_an_interrupt_at_any_request_leaves_no_customer(world: World, method: str, after: bool) -> None:
    world.sandbox.configure(search_delay=5)
    verb, _, part = method.partition(" ")

    report = interrupted(node_on(world), lambda m, path: m == verb and part in path, after=after)

    assert report.left == []
    assert remaining(world) == 0


def test_a_creation_whose_answer_is_lost_is_searched_for_and_removed(world: World) -> None:
    world.sandbox.configure(search_delay=20)
    world.sandbox.faults = [Fault.cut_after(method="POST", nth=1)]

    found = findings_on(node_on(world))

    assert "creation" in found
    assert found["marked customer"].endswith(": none is left")
    assert remaining(world) == 0


def test_a_customer_of_somebody_else_is_never_removed(world: World) -> None:
    [theirs] = world.sandbox.seed([{"externalId": "theirs"}])

    def answer(method: str, target: str, _: Any) -> Reply | None:
        if method == "POST":
            return 201, {"id": theirs, "externalId": "theirs"}  # merged into another, or a lie
        if asked(target, "externalId") is not None:
            return page([{"id": theirs, "externalId": "theirs"}], 10, 1)  # the filter is ignored
        return None

    found = on_a_stub(answer, world)

    assert found["creation"].startswith(f"the service answered with customer {theirs}")
    assert "PUT" not in found
    assert remaining(world) == 1
    assert world.sandbox.node.api.customers.get_customer(theirs).externalId == "theirs"


def test_a_search_that_does_not_filter_does_not_count_as_finding_it(world: World) -> None:
    def answer(_: str, target: str, __: Any) -> Reply | None:
        return page([{"id": "x", "externalId": "y"}], 10, 1) if asked(target, "externalId") else None

    assert on_a_stub(answer, world)["search lag"] == "no search found the customer within 120 s"


def test_lost_answers_to_the_removal_are_repeated(world: World) -> None:
    world.sandbox.faults = [Fault.cut_before(method="DELETE", nth=1), Fault.cut_after(method="DELETE", nth=2)]

    assert findings_on(node_on(world))["marked customer"].endswith(": none is left")
    assert remaining(world) == 0


def test_a_customer_that_cannot_be_removed_is_named(world: World) -> None:
    node = node_on(world)
    world.sandbox.faults = [Fault.status(403, method="DELETE")]
    report = examine(node)

    LiveTest(node, report).run()

    world.sandbox.faults = []
    [one] = node.api.customers.list_customers().elements
    assert report.left == [one.id]
    assert report.findings[-1].found == f"not removed: {one.id}"


def test_a_doubt_that_no_search_settles_names_the_marker(world: World) -> None:
    node = node_on(world)
    report = examine(node)
    test = LiveTest(node, report)
    world.sandbox.faults = [Fault.cut_after(method="POST", nth=1), Fault.status(403, method="GET")]

    test.run()

    assert report.left == [test.marker]
    assert world.clock.monotonic() >= SETTLE
