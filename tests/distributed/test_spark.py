"""Spark reads, follows and loads, also when its tasks are killed."""

from __future__ import annotations

import collections
import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from contacthub_orm import Customer, Event, Session

pytest.importorskip("pyspark", reason="needs the extra spark")

from contacthub_orm.distributed.spark import ContacthubSource
from tests.distributed.dying_source import DyingSource


@pytest.fixture
def frame(spark, settings, sandbox):
    """A frame of the node's customers."""
    spark.dataSource.register(ContacthubSource)

    def make(schema: str | None = None, **options: Any) -> Any:
        reader = spark.read.format("contacthub").options(
            ini=str(settings), node_id=sandbox.node_id, **options
        )
        return (reader if schema is None else reader.schema(schema)).load()

    return make


@pytest.fixture
def write(spark, settings, sandbox, tmp_path):
    """Writes a frame."""
    spark.dataSource.register(ContacthubSource)
    spark.dataSource.register(DyingSource)

    def save(frame: Any, source: str = "contacthub", mode: str = "append", **options: Any) -> None:
        given = {
            "ini": str(settings),
            "node_id": sandbox.node_id,
            "journal": str(tmp_path / "job"),
            "settle": "0",
        }
        frame.write.format(source).options(**{**given, **options}).mode(mode).save()

    return save


def asked(sandbox):
    return [str(one.query.get("query", "")) for one in sandbox.requests if one.method == "GET"]


# -- reading ----------------------------------------------------------------------------------------------------------


def test_every_row_is_read_once_by_several_tasks(frame, people):
    ids = people(400)
    read = frame(partitions="4")
    rows = read.select("id", "base.lastName").collect()
    assert sorted(one.id for one in rows) == sorted(ids)
    assert read.rdd.getNumPartitions() == 4


def test_rows_have_the_declared_types(frame, sandbox, spark):
    sandbox.seed([{"externalId": "1", "registeredAt": "2024-01-01T10:00:00.123Z", "extended": {"points": 3},
                   "base": {"dob": "1990-12-12", "contacts": {"email": "a@x.it"},
                            "subscriptions": [{"id": "s", "name": "News"}]}}])  # fmt: skip
    [row] = frame().collect()
    assert (row.base.dob, row.base.contacts.email) == (date(1990, 12, 12), "a@x.it")
    assert row.base.subscriptions[0].name == "News"
    assert row.registeredAt == datetime(2024, 1, 1, 10, 0, 0, 123_000)
    assert "points" in row.extended or json.loads(row.undeclared)["extended"] == {"points": 3}


def test_filters_on_nested_columns_go_to_the_service_and_hold_again(frame, people, sandbox):
    from pyspark.sql import functions as fn

    people(300)
    sandbox.clear_requests()
    rows = (
        frame()
        .filter((fn.col("base.lastName") == "Kent") & (fn.col("externalId").cast("int") < 100))
        .collect()
    )
    assert {int(one.externalId) for one in rows} == set(range(1, 100, 2))
    assert all("Kent" in query for query in asked(sandbox))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("registeredAt >= timestamp'2024-01-01 00:01:00'", 40),
        ("registeredAt < timestamp'2024-01-01 00:00:10.0005'", 11),
        ("base.lastName in ('Kent', 'Nobody')", 50),
        ("base.firstName is null and base.lastName = 'Wayne'", 50),
        ("not (base.lastName = 'Kent')", 50),
        ("externalId > '50'", None),
    ],
)
def test_a_filter_means_what_it_means_to_spark(frame, people, condition, expected):
    people(100)
    texts = sorted(str(one) for one in range(100))
    expected = sum(one > "50" for one in texts) if expected is None else expected
    assert frame(partitions="2").filter(condition).count() == expected


def test_only_the_columns_of_a_given_schema_are_loaded(frame, people, sandbox):
    people(3)
    sandbox.clear_requests()
    rows = frame("base struct<lastName string>, externalId string").collect()
    assert sorted((one.externalId, one.base.lastName) for one in rows) == [
        ("0", "Wayne"),
        ("1", "Kent"),
        ("2", "Wayne"),
    ]
    fields = {str(one.query.get("fields")) for one in sandbox.requests}
    assert all("base.lastName" in one and "email" not in one for one in fields)


def test_a_limit_reads_no_page_more(frame, people, sandbox):
    people(300)
    sandbox.clear_requests()
    assert len(frame(limit="60").filter("base.lastName = 'Kent'").collect()) == 60
    assert len(sandbox.requests) == 2


def test_an_empty_node_gives_no_row(frame):
    assert frame().count() == 0


def test_a_task_that_is_killed_reads_again(spark, settings, sandbox, people, tmp_path):
    ids = people(400)
    spark.dataSource.register(DyingSource)
    (tmp_path / "died").mkdir()
    options = {"ini": str(settings), "node_id": sandbox.node_id, "partitions": "2"}
    options |= {"die_after": "2", "die_folder": str(tmp_path / "died")}
    rows = spark.read.format("dying").options(**options).load().select("id").collect()
    assert sorted(one.id for one in rows) == sorted(ids)
    assert len(list((tmp_path / "died").iterdir())) == 1


def test_events_are_read_by_their_class(frame, people, node):
    [customer] = people(1)
    event = {"customerId": customer, "type": "viewedPage", "context": "WEB", "properties": {"title": "Home"}}
    node.bulk_save([event], entity=Event, strategy="requests")
    rows = frame(entity="contacthub_orm:Event").filter(f"customerId = '{customer}'").collect()
    assert [(one.customerId, one.type) for one in rows] == [(customer, "viewedPage")]


# -- what is refused --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"token": "top-secret"}, "token is refused"),
        ({"partition": "3"}, "did you mean|partitions"),
        ({"changes": "true"}, "changes is for readStream"),
    ],
)
def test_options_that_make_no_sense_are_refused(frame, people, options, message):
    with pytest.raises(Exception, match=message):
        frame(**options).count()


def test_a_column_that_is_not_declared_is_refused(frame):
    with pytest.raises(Exception, match=r"Customer declares no base\.nickname"):
        frame("base struct<nickname string>").count()
    with pytest.raises(Exception, match=r"externalId is string in Customer, not int"):
        frame("externalId int").count()


def test_the_token_is_in_no_plan(frame, people, sandbox, capfd):
    people(2)
    frame().filter("base.lastName = 'Kent'").explain(extended=True)
    told = capfd.readouterr().out
    assert "contacthub" in told.lower()
    assert sandbox.token not in told


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mode": "overwrite"}, "append"),
        ({"journal": ""}, "journal"),
    ],
)
def test_a_write_that_could_not_be_run_again_is_refused(spark, write, options, message):
    with pytest.raises(Exception, match=message):
        write(spark.createDataFrame([("1",)], "externalId string"), **options)


# -- loading ----------------------------------------------------------------------------------------------------------


def rows_of(spark, number, parts=2):
    given = [(str(one), ("Kent", date(1990, 1, 1)), None) for one in range(number)]
    schema = "externalId string, base struct<lastName:string,dob:date>, extra string"
    return spark.createDataFrame(given, schema).drop("extra").repartitionByRange(parts, "externalId")


def stored(node):
    with Session(node) as session:
        return collections.Counter(one.externalId for one in session.query(Customer))


def test_a_frame_is_written_by_several_tasks(spark, write, node, tmp_path):
    write(rows_of(spark, 300))
    assert stored(node) == collections.Counter(str(one) for one in range(300))
    done = json.loads((tmp_path / "job/_SUCCESS").read_text())
    assert (done["rows"], done["rejected"], done["reasons"]) == (300, 0, [])


@pytest.mark.parametrize(
    ("strategy", "answers"), [("requests", 30), ("requests", 1), ("bulk", 1), ("bulk", 3)]
)
def test_a_task_that_is_killed_and_run_again_doubles_nothing(
    spark, write, node, sandbox, tmp_path, strategy, answers
):
    (tmp_path / "died").mkdir()
    [customer] = sandbox.seed([{"externalId": "1"}])
    given = [
        (customer, "viewedPage", "WEB", datetime(2024, 1, 1, tzinfo=UTC), (f"k{one}",)) for one in range(200)
    ]
    schema = "customerId string, type string, context string, date timestamp, properties struct<title:string>"
    frame = spark.createDataFrame(given, schema).repartitionByRange(2, "properties.title")

    write(frame, "dying", strategy=strategy, entity="contacthub_orm:Event",
          die_after=str(answers), die_folder=str(tmp_path / "died"))  # fmt: skip

    with Session(node) as session:
        found = collections.Counter(
            one.properties["title"] for one in session.query(Event).filter_by(customerId=customer)
        )
    assert found == collections.Counter(f"k{one}" for one in range(200))
    assert len(list((tmp_path / "died").iterdir())) == 1


def test_a_write_that_is_begun_again_writes_nothing_again(spark, write, node, sandbox):
    write(rows_of(spark, 100))
    sandbox.clear_requests()
    write(rows_of(spark, 100))
    assert [one.method for one in sandbox.requests if one.method != "GET"] == []


def test_other_rows_in_the_same_folder_are_refused(spark, write):
    write(rows_of(spark, 100))
    with pytest.raises(Exception, match="the engine gives an attempt other rows"):
        write(rows_of(spark, 90))


def test_rows_that_are_not_saved_fail_the_write_after_the_others_are_saved(spark, write, node, tmp_path):
    frame = spark.createDataFrame(
        [("1", "2024-01-01"), ("2", "yesterday")], "externalId string, `base.dob` string"
    )
    with pytest.raises(Exception, match="1 of 2 rows were not saved"):
        write(frame)
    assert stored(node) == {"1": 1}
    write(frame, on_error="continue")
    assert json.loads((tmp_path / "job/_SUCCESS").read_text())["rejected"] == 1


def test_instants_are_written_in_their_zone(spark, write, node, sandbox):
    [customer] = sandbox.seed([{"externalId": "1"}])
    given = [(customer, "viewedPage", "WEB", datetime(2024, 1, 1, 12, tzinfo=UTC))]
    frame = spark.createDataFrame(given, "customerId string, type string, context string, date timestamp")
    write(frame, entity="contacthub_orm:Event")
    with Session(node) as session:
        [event] = session.query(Event).filter_by(customerId=customer)
    assert event.date == datetime(2024, 1, 1, 12, tzinfo=UTC)


# -- following --------------------------------------------------------------------------------------------------------


@pytest.fixture
def run_stream(spark, settings, sandbox, tmp_path):
    """Runs a stream until it has told all that there is."""
    spark.dataSource.register(ContacthubSource)
    spark.dataSource.register(DyingSource)

    def run(sink: Any, checkpoint: str = "checkpoint", **options: Any) -> None:
        given = {"ini": str(settings), "node_id": sandbox.node_id, "changes": "true", **options}
        frame = spark.readStream.format("contacthub").options(**given).load()
        query = (
            sink(frame)
            .option("checkpointLocation", str(tmp_path / checkpoint))
            .trigger(availableNow=True)
            .start()
        )
        query.awaitTermination(120)
        if query.exception() is not None:
            raise query.exception()

    return run


def to_parquet(path):
    return lambda frame: (
        frame.select("change", "id", "base.lastName").writeStream.format("parquet").option("path", str(path))
    )


def test_a_stream_goes_on_from_its_checkpoint(spark, run_stream, node, tmp_path):
    customer = node.add_customer(externalId="1", base={"lastName": "Kent"})
    run_stream(to_parquet(tmp_path / "out"))
    customer.base.lastName = "Lane"
    customer.patch()
    customer.delete()
    run_stream(to_parquet(tmp_path / "out"))
    run_stream(to_parquet(tmp_path / "out"))
    rows = spark.read.parquet(str(tmp_path / "out")).collect()
    assert sorted((one.change, one.lastName or "") for one in rows if one.change != "DELETE") == [
        ("CREATE", "Kent"),
        ("UPDATE", "Lane"),
    ]
    assert [one.id for one in rows if one.change == "DELETE"] == [customer.id]


def test_a_stream_without_the_column_of_changes_is_refused(run_stream, tmp_path):
    with pytest.raises(Exception, match="changes"):
        run_stream(lambda frame: frame.select("id").writeStream.format("parquet").option(
            "path", str(tmp_path / "out")), changes="false")  # fmt: skip


def test_a_stream_whose_task_is_killed_writes_every_row_once(
    spark, run_stream, node, sandbox, settings, tmp_path
):
    (tmp_path / "died").mkdir()
    [customer] = sandbox.seed([{"externalId": "target"}])
    for round_ in range(2):
        node.bulk_save([{"externalId": f"{round_}-{one}"} for one in range(150)])
        run_stream(to_events(settings, sandbox.node_id, customer, tmp_path))
    with Session(node) as session:
        events = session.query(Event).filter_by(customerId=customer)
        found = collections.Counter(one.properties["title"] for one in events)
    expected = {f"{round_}-{one}" for round_ in range(2) for one in range(150)}
    assert {key: count for key, count in found.items() if key != "target"} == dict.fromkeys(expected, 1)
    assert len(list((tmp_path / "died").iterdir())) == 1


def to_events(settings, node_id, customer, tmp_path):
    """Writes an event of a customer for each customer that is created, by tasks that die."""

    def sink(frame):
        events = frame.filter("change = 'CREATE' and externalId <> 'target'").selectExpr(
            f"'{customer}' as customerId", "'viewedPage' as type", "'WEB' as context",
            "named_struct('title', externalId) as properties", "registeredAt as date",
        )  # fmt: skip
        options = {"ini": str(settings), "node_id": node_id, "journal": str(tmp_path / "job"), "settle": "0"}
        options |= {"entity": "contacthub_orm:Event", "strategy": "requests"}
        options |= {"die_after": "40", "die_folder": str(tmp_path / "died")}
        return events.writeStream.format("dying").options(**options)

    return sink
