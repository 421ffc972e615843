"""Queries cut into partitions that any process reads by itself."""

from __future__ import annotations

import pickle
from itertools import chain

import pytest

from contacthub_orm import ArgumentError, Customer, Event, Workspace, select
from contacthub_orm.distributed.access import Access
from contacthub_orm.distributed.partitions import cut
from contacthub_orm.sandbox import Sandbox


def external_ids(partition):
    return [one["externalId"] for page in partition.documents() for one in page]


def test_partitions_together_hold_every_row_once_and_are_about_as_large(access, people):
    people(500)
    parts = cut(access, select(Customer), 4)
    rows = [external_ids(one) for one in parts]
    assert sorted(chain(*rows), key=int) == [str(one) for one in range(500)]
    assert [len(one) for one in rows] == [125] * 4


def test_rows_that_lie_unevenly_in_time_are_cut_by_their_number(access, sandbox, people):
    people(300)
    sandbox.seed([{"externalId": "old", "registeredAt": "2001-01-01T00:00:00.000Z"}])
    parts = cut(access, select(Customer), 3)
    assert [len(external_ids(one)) for one in parts] == [100, 100, 101]


def test_a_criterion_is_read_in_parts(access, people):
    people(400)
    parts = cut(access, select(Customer).filter(Customer.base.lastName == "Kent"), 2)
    rows = [external_ids(one) for one in parts]
    assert [len(one) for one in rows] == [100, 100]
    assert all(int(one) % 2 for one in chain(*rows))


def test_rows_past_the_cap_are_counted_over_ranges(tmp_path):

    with Sandbox(page_cap=100) as sandbox:
        path = tmp_path / "capped.ini"
        path.write_text(
            f"workspace_id = {sandbox.workspace_id}\ntoken = {sandbox.token}\nbase_url = {sandbox.base_url}\n"
        )
        sandbox.seed(
            [
                {"externalId": str(one), "registeredAt": f"2024-01-01T00:{one // 60:02}:{one % 60:02}.000Z"}
                for one in range(600)
            ]
        )
        with Workspace.from_ini_file(path) as workspace:
            parts = cut(Access.of(workspace.get_node(sandbox.node_id)), select(Customer), 3)
            rows = [external_ids(one) for one in parts]
    assert [len(one) for one in rows] == [200] * 3


def test_more_partitions_than_pages_are_not_made(access, people):
    people(120)
    assert len(cut(access, select(Customer), 50)) == 2


def test_an_empty_node_has_one_partition_which_reads_what_comes_meanwhile(access, people):
    [part] = cut(access, select(Customer), 4)
    people(3)
    assert external_ids(part) == ["0", "1", "2"]


def test_what_is_registered_after_the_cut_belongs_to_the_last_partition(access, people, sandbox):
    people(200)
    parts = cut(access, select(Customer), 2)
    sandbox.seed([{"externalId": "late"}])
    assert "late" in external_ids(parts[-1])


def test_a_cut_costs_a_request_for_each_partition_and_three_more(access, people, sandbox):
    people(500)
    sandbox.clear_requests()
    cut(access, select(Customer), 5)
    assert len(sandbox.requests) <= 5 + 3


def test_events_are_read_in_parts(access, people, sandbox, node):
    [customer] = people(1)
    node.bulk_save(
        [
            {
                "customerId": customer,
                "type": "viewedPage",
                "context": "WEB",
                "date": f"2024-01-01T00:{n:02}:00.000Z",
            }
            for n in range(60)
        ],
        entity=Event,
        strategy="requests",
    )
    statement = select(Event).filter(Event.customerId == customer)
    parts = cut(access, statement, 4)
    ids = [one["id"] for part in parts for page in part.documents() for one in page]
    assert len(ids) == len(set(ids)) == 60


def test_a_partition_travels_without_credentials(access, people, sandbox):
    people(100)
    part = cut(access, select(Customer), 2)[0]
    sent = pickle.dumps(part)
    assert sandbox.token.encode() not in sent
    assert sandbox.token not in repr(part)
    assert external_ids(pickle.loads(sent)) == external_ids(part)


def test_a_workspace_made_of_a_token_is_refused(sandbox, tmp_path, settings):
    with pytest.raises(ArgumentError, match=r"Workspace\.from_ini_file"):
        Access.of(sandbox.node)
    with Workspace.from_ini_file(settings, retries=2) as workspace, pytest.raises(ArgumentError):
        Access.of(workspace.get_node("n"))


def test_the_environment_is_a_place_for_credentials(sandbox, people, monkeypatch):
    monkeypatch.setenv("CONTACTHUB_WORKSPACE_ID", sandbox.workspace_id)
    monkeypatch.setenv("CONTACTHUB_TOKEN", sandbox.token)
    monkeypatch.setenv("CONTACTHUB_BASE_URL", sandbox.base_url)
    people(2)
    with Workspace.from_env() as workspace:
        [part] = cut(Access.of(workspace.get_node(sandbox.node_id)), select(Customer), 1)
        assert part.access.ini is None
        assert external_ids(part) == ["0", "1"]


@pytest.mark.parametrize(
    ("narrow", "message"),
    [
        (lambda query: query.order_by(Customer.externalId), "an order"),
        (lambda query: query.limit(3), "a limit"),
        (lambda query: query.filter_locally(Customer.externalId == "1"), "filter_locally"),
    ],
)
def test_a_query_that_cannot_be_read_in_parts_is_refused(access, narrow, message):
    with pytest.raises(ArgumentError, match=f"cannot be read in parts with {message}"):
        cut(access, narrow(select(Customer)), 2)


@pytest.mark.parametrize("number", [0, -1, True, 2.0, "4", 100_001])
def test_the_number_of_partitions_is_checked(access, number):
    with pytest.raises(ArgumentError, match="the number of partitions is from 1 to 100,000"):
        cut(access, select(Customer), number)
