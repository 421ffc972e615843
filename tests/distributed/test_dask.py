"""Dask reads the same partitions."""

from __future__ import annotations

import pickle

import pytest

from contacthub_orm import ArgumentError, Customer, Session

pytest.importorskip("dask.dataframe", reason="needs the extra dask")

import dask

from contacthub_orm.distributed import dask as dask_contacthub


@pytest.fixture
def session(node):
    with Session(node) as session:
        yield session


def test_processes_read_every_row_once(session, people):
    people(300)
    frame = dask_contacthub.read(session.query(Customer), npartitions=4)
    assert frame.npartitions == 4
    with dask.config.set(scheduler="processes", num_workers=2):
        rows = frame[["externalId", "base.lastName"]].compute()
    assert sorted(rows["externalId"], key=int) == [str(one) for one in range(300)]
    assert rows["base.lastName"].value_counts().to_dict() == {"Kent": 150, "Wayne": 150}


def test_the_filter_of_the_query_is_the_services(session, people, sandbox):
    people(200)
    query = session.query(Customer).filter(Customer.base.lastName == "Kent")
    with dask.config.set(scheduler="synchronous"):
        assert len(dask_contacthub.read(query, npartitions=2)) == 100


def test_the_graph_holds_no_credentials(session, people, sandbox):
    people(100)
    frame = dask_contacthub.read(session.query(Customer), npartitions=2)
    assert sandbox.token not in str(dict(frame.dask))
    assert sandbox.token.encode() not in pickle.dumps(frame)


def test_an_empty_node_has_the_columns(session):
    with dask.config.set(scheduler="synchronous"):
        rows = dask_contacthub.read(session.query(Customer)).compute()
    assert len(rows) == 0
    assert "base.contacts.email" in rows.columns


def test_a_workspace_made_of_a_token_is_refused(sandbox):
    with Session(sandbox.node) as session, pytest.raises(ArgumentError, match="no token is sent"):
        dask_contacthub.read(session.query(Customer))
