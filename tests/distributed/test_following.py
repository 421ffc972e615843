"""Batches of updates that can be read again."""

from __future__ import annotations

import pytest

from contacthub_orm import Customer, OffsetExpired
from contacthub_orm.distributed.following import Place, follow, updates_between


def told(updates):
    return [(str(one.change), one.document.get("externalId")) for one in updates]


def test_a_batch_read_again_is_the_same_though_more_was_written(node):
    for one in range(3):
        node.add_customer(externalId=str(one))
    first, place = follow(node, Customer, Place(), 100)
    node.add_customer(externalId="3")
    again = updates_between(node, Customer, Place(), place)
    assert told(first) == told(again) == [("CREATE", "0"), ("CREATE", "1"), ("CREATE", "2")]


def test_a_batch_goes_on_where_the_one_before_ended(node):
    node.add_customer(externalId="0")
    _, place = follow(node, Customer, Place(), 100)
    node.add_customer(externalId="1")
    second, end = follow(node, Customer, place, 100)
    assert told(second) == [("CREATE", "1")]
    assert told(updates_between(node, Customer, place, end)) == told(second)


def test_nothing_new_leaves_the_place(node):
    node.add_customer(externalId="0")
    _, place = follow(node, Customer, Place(), 100)
    assert follow(node, Customer, place, 100) == ([], place)


@pytest.mark.slow
def test_a_batch_ends_with_the_page_that_reaches_the_most(node, sandbox):
    node.bulk_save([{"externalId": str(one)} for one in range(1_500)])
    first, place = follow(node, Customer, Place(), 500)
    assert len(first) == 1_000
    rest, end = follow(node, Customer, place, 5_000)
    assert len(rest) == 500
    assert len(list(updates_between(node, Customer, Place(), end))) == 1_500


def test_a_batch_of_which_updates_are_gone_is_refused(node):
    node.add_customer(externalId="0")
    _, place = follow(node, Customer, Place(), 100)
    with pytest.raises(OffsetExpired, match="2 updates were told after this offset, and the service has 1"):
        list(updates_between(node, Customer, Place(), Place(place.offset, 2)))
