"""The options of an engine."""

from __future__ import annotations

import pytest

from contacthub_orm import ArgumentError, Customer, Event
from contacthub_orm.distributed.access import Access
from contacthub_orm.distributed.options import Options


def test_options_are_read_of_texts():
    options = Options.of(
        {
            "INI": "/etc/contacthub.ini",
            "node_id": "n",
            "entity": "contacthub_orm:Event",
            "Partitions": "3",
            "changes": "True",
            "upsert_by": "externalId, base.contacts.email",
            "settle": "0.5",
        }
    )
    assert options.access == Access("/etc/contacthub.ini", "n")
    assert (options.entity, options.partitions, options.changes) == (Event, 3, True)
    assert options.upsert_by == ("externalId", "base.contacts.email")
    assert options.settle == 0.5


def test_without_a_file_the_environment_counts():
    options = Options.of({"node_id": "n"})
    assert (options.access.ini, options.entity) == (None, Customer)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"token": "t", "node_id": "n"}, "token is refused: an engine shows options"),
        ({"Password": "t", "node_id": "n"}, "password is refused"),
        ({}, "node_id is missing"),
        ({"node_id": "n", "partition": "3"}, "no option 'partition'.*partitions"),
        ({"node_id": "n", "partitions": "0"}, "partitions cannot be '0': it is 1 or more"),
        ({"node_id": "n", "partitions": "x"}, "partitions cannot be 'x'"),
        ({"node_id": "n", "entity": "os:path"}, "a class of customers or events"),
        ({"node_id": "n", "entity": "no_such_module:X"}, "no_such_module"),
        ({"node_id": "n", "changes": "yes"}, "one of true, false"),
        ({"node_id": "n", "settle": "nan"}, "0 or more"),
        ({"node_id": "n", "on_error": "ignore"}, "one of fail, continue"),
    ],
)
def test_an_option_that_makes_no_sense_is_refused(given, message):
    with pytest.raises(ArgumentError, match=message) as caught:
        Options.of(given)
    assert given.get("token", "nothing") not in str(caught.value).split()
