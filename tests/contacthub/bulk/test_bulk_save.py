"""`bulk_save`: strategies, what CSV cannot carry, upserts, results, the service's limits and lost answers."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from contacthub_orm import (
    ArgumentError,
    Attr,
    Customer,
    Embedded,
    InvalidRequestError,
    Properties,
    Session,
    ViewedPage,
    attr,
    embedded,
)
from contacthub_orm.contacthub.bulk import chunks, load
from contacthub_orm.errors import BulkSaveError
from contacthub_orm.orm.service.bulk_load import Reject
from contacthub_orm.sandbox import Fault, Sandbox
from tests.orm.fakes import Library
from tests.support.world import World


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "MAX_ROWS", 4)
    monkeypatch.setattr(load, "JOB_IS_WORTH", 3)


class Holding(Properties):
    card: Attr[Any] = attr(default=None)


class Cardholder(Customer):
    extended: Embedded[Holding] = embedded(default=None)


def people(*names: str) -> list[dict[str, Any]]:
    return [{"base.contacts.email": f"{name}@example.com", "base.firstName": name} for name in names]


def held(sandbox: Sandbox) -> dict[str, Customer]:
    return {str(one.base.contacts.email)[0]: one for one in sandbox.node.query(Customer).all()}


def writes(sandbox: Sandbox) -> list[str]:
    return [f"{one.method} {one.path.split('/')[-1]}" for one in sandbox.requests if one.method != "GET"]


def uploaded(sandbox: Sandbox) -> list[str]:
    return [
        str(one.body.files["file"].content.decode())
        for one in sandbox.requests
        if one.method == "POST" and one.path.endswith("bulk-jobs")
    ]


# -- strategies -------------------------------------------------------------------------------------------------------


def test_few_rows_go_by_requests(world: World) -> None:
    account = world.node().bulk_save(people("a", "b"))
    assert (account.strategy, account.created, account.jobs, account.requests) == ("requests", 2, 0, 2)
    assert "fewer than 3 rows" in account.reason


def test_many_rows_go_by_jobs(world: World) -> None:
    account = world.node().bulk_save(people(*"abcdef"))
    assert (account.strategy, account.created, account.jobs, account.requests) == ("bulk", 6, 2, 0)
    assert held(world.sandbox)["f"].base.firstName == "f"


def test_a_strategy_that_is_demanded_is_taken(world: World) -> None:
    assert world.node().bulk_save(people("a"), strategy="bulk").jobs == 1
    assert world.node().bulk_save(people(*"bcde"), strategy="requests").requests == 4


def test_what_csv_cannot_carry_goes_by_requests(world: World) -> None:
    known = world.sandbox.node.add_customer(
        base={"firstName": "k", "lastName": "k", "contacts": {"email": "k@e.com"}}
    )
    rows = people(*"abc")
    rows[0]["tags.manual"] = ["vip"]
    rows.append({"id": known.id, "base.lastName": None})
    account = world.node().bulk_save(rows)
    assert (account.created, account.updated, account.jobs, account.requests) == (3, 1, 1, 2)
    assert held(world.sandbox)["a"].tags.manual == ["vip"]
    assert held(world.sandbox)["k"].base.lastName is None


def test_what_csv_cannot_carry_is_refused_where_only_jobs_may_be_taken(world: World) -> None:
    rows = people(*"abc")
    rows[1]["tags.manual"] = []
    rejects: list[Reject] = []
    account = world.node().bulk_save(rows, strategy="bulk", on_error=rejects.append)
    assert (account.created, account.rejected) == (2, 1)
    assert [(one.number, one.row) for one in rejects] == [(2, rows[1])]
    assert "cannot carry" in rejects[0].reason


def test_an_extended_number_goes_in_a_job_only_where_the_workspace_declares_one(world: World) -> None:
    rows = people(*"abc")
    for row in rows:
        row["extended.points"] = 5
    assert world.node().bulk_save(rows, upsert_by="base.contacts.email").requests == 3
    points: Any = {
        "points": {"type": "integer", "contactlabProperties": {"label": "Points", "enabled": True}}
    }
    world.sandbox.node.api.configuration.update_customer_extended_properties(points)
    account = world.node().bulk_save(rows, upsert_by="base.contacts.email")
    assert (account.jobs, account.requests) == (1, 0)
    assert {one.extended.points for one in held(world.sandbox).values()} == {5}


@pytest.mark.parametrize(
    "text", ['a "quoted", text', "two\nlines", " blanks ", "日本", "=1+1", "'", "true", "12"]
)
def test_a_text_arrives_as_it_is(world: World, text: str) -> None:
    world.node().bulk_save([{"externalId": "x", "base.lastName": text}], strategy="bulk")
    [found] = world.sandbox.node.query(Customer).all()
    assert found.base.lastName == text


def test_a_plan_says_how_many_jobs_and_requests(world: World) -> None:
    rows = people(*"abcdef")
    rows[0]["tags.manual"] = ["vip"]
    with Session(world.node()) as session:
        plan = session.plan_bulk_save(rows)
        assert (plan.strategy, plan.rows, plan.jobs, plan.requests) == ("bulk", 6, 2, 1)
        account = session.bulk_save(rows)
    assert (account.jobs, account.requests) == (plan.jobs, plan.requests)
    assert "2 jobs and 1 single requests" in str(plan)


def test_a_plan_sends_no_write_and_uses_up_no_iterator(world: World) -> None:
    with Session(world.node()) as session:
        session.plan_bulk_save(people(*"abc"))
        with pytest.raises(ArgumentError, match="iterator"):
            session.plan_bulk_save(iter(people("a")))
    assert writes(world.sandbox) == []


# -- rows -------------------------------------------------------------------------------------------------------------


def test_entities_get_their_ids_and_are_clean(world: World) -> None:
    with Session(world.node()) as session:
        rows = [Customer(externalId=str(number)) for number in range(5)]
        session.bulk_save(rows)
        assert {one.id for one in rows} == {one.id for one in world.sandbox.node.query(Customer).all()}
        assert all(one in session and not session.is_modified(one) for one in rows)
        rows[0].base.firstName = "later"
        session.commit()
    assert world.sandbox.node.get_customer(rows[0].id).base.firstName == "later"


def test_changed_entities_are_updated_and_others_not_sent(world: World) -> None:
    world.node().bulk_save(people(*"abcd"))
    with Session(world.node()) as session:
        rows = list(session.query(Customer))
        for one in rows[:3]:
            one.base.lastName = "new"
        account = session.bulk_save(rows)
        assert (account.updated, account.unchanged, account.jobs) == (3, 1, 1)
        assert session.dirty == []
    assert [one.base.lastName for one in held(world.sandbox).values()].count("new") == 3


def test_an_entity_that_breaks_a_rule_is_refused_with_the_entity(world: World) -> None:
    with Session(world.node()) as session:
        bad = Customer(externalId="x" * 300)
        with pytest.raises(BulkSaveError) as refused:
            session.bulk_save([Customer(externalId="a"), bad], strategy="bulk", on_error="continue")
    [reject] = refused.value.account.rejects
    assert (reject.entity, reject.number) == (bad, 2)
    assert "externalId" in reject.reason


def test_a_session_that_checks_versions_updates_nothing_by_jobs(world: World) -> None:
    world.node().bulk_save(people("a"))
    with Session(world.node(), check_version=True) as session:
        one = session.query(Customer).one()
        one.base.lastName = "new"
        with pytest.raises(BulkSaveError, match="checks versions"):
            session.bulk_save([one], strategy="bulk")


def test_events_of_several_types_take_a_job_each(world: World) -> None:
    bruce = world.sandbox.node.add_customer(externalId="b")
    rows = [
        ViewedPage(customerId=bruce.id, context="WEB", properties={"url": f"https://e.com/{n}"})
        for n in range(4)
    ]
    account = world.node().bulk_save(rows)
    assert (account.created, account.jobs) == (4, 1)
    assert {one.id for one in rows} == {one.id for one in world.sandbox.node.get_events(bruce.id)}


def test_the_lines_of_a_csv_file_are_rows(world: World, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("externalId,base.firstName\n1,Ada\n\n2,\n3\n", encoding="utf-8")
    rejects: list[Reject] = []
    account = world.node().bulk_save(path, on_error=rejects.append)
    assert (account.created, account.rejected) == (2, 1)
    assert (rejects[0].row, rejects[0].reason) == (
        {"externalId": "3"},
        "the line has 1 cells, and the header has 2",
    )


def test_an_unknown_column_is_refused_before_anything_is_sent(world: World) -> None:
    with pytest.raises(ArgumentError, match="firstName"):
        world.node().bulk_save([{"base.fistName": "x"}])
    assert list(world.sandbox.requests) == []


def test_the_columns_of_a_file_may_have_other_names(world: World, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("code,mail,note\n1,a@example.com,x\n")

    world.node().bulk_save(path, columns={"code": "externalId", "mail": "base.contacts.email", "note": None})

    [found] = world.node().query(Customer).all()
    assert (found.externalId, found.base.contacts.email) == ("1", "a@example.com")


@pytest.mark.parametrize("columns", [{"a": 1}, [], {"a": "b"}])
def test_names_of_columns_are_for_the_columns_of_files_and_frames(world: World, columns: Any) -> None:
    with pytest.raises(ArgumentError, match="columns"):
        world.node().bulk_save([{"externalId": "1"}, 3], columns=columns)


def test_an_object_in_a_value_of_any_type_is_updated(world: World) -> None:
    [identity] = world.sandbox.seed([{"externalId": "1", "extended": {"card": {"number": 1}}}])

    world.node().bulk_save([{"id": identity, "extended.card": {"number": 2}}], entity=Cardholder)

    assert world.node().get_customer(identity).extended == {"card": {"number": 2}}


@pytest.mark.parametrize("rows", [3, b"x", {"externalId": "x"}, [1]])
def test_what_is_no_rows_is_refused(world: World, rows: Any) -> None:
    with pytest.raises(ArgumentError, match="rows"):
        world.node().bulk_save(rows)


@pytest.mark.parametrize(
    "options", [{"strategy": "fast"}, {"on_error": "skip"}, {"entity": str}, {"upsert_by": "base.x"}]
)
def test_an_invalid_option_is_refused(world: World, options: Any) -> None:
    with pytest.raises(ArgumentError):
        world.node().bulk_save(people("a"), **options)


def test_a_service_without_bulk_jobs_says_so() -> None:
    with Session(Library()) as session, pytest.raises(InvalidRequestError, match="has no bulk jobs"):
        session.bulk_save([])


# -- upserts ----------------------------------------------------------------------------------------------------------


def test_rows_of_the_matching_property_need_no_look_up(world: World) -> None:
    world.node().bulk_save(people(*"abc"))
    rows = [{**row, "base.lastName": "new"} for row in people(*"ABC")]
    account = world.node().bulk_save(rows, upsert_by="base.contacts.email")
    assert (account.created, account.updated) == (0, 3)
    assert not [one for one in world.sandbox.requests if "query" in one.query]


def test_rows_of_another_property_are_looked_up(world: World) -> None:
    node = world.node()
    node.bulk_save([{"externalId": name} for name in "abc"])
    account = node.bulk_save(
        [{"externalId": name, "base.lastName": "new"} for name in "abcd"], upsert_by="externalId"
    )
    assert (account.created, account.updated) == (1, 3)
    found = world.sandbox.node.query(Customer).all()
    assert sorted((str(one.externalId), one.version) for one in found) == [
        ("a", 2),
        ("b", 2),
        ("c", 2),
        ("d", 1),
    ]


def test_what_the_load_created_is_found_though_the_search_lags(world: World) -> None:
    world.sandbox.configure(search_delay=30)
    rows = [{"externalId": name, "base.lastName": str(place)} for place, name in enumerate("abcdabcd")]
    account = world.node().bulk_save(rows, upsert_by="externalId")
    world.clock.sleep(60)
    assert (account.created, account.updated) == (4, 4)
    assert {one.base.lastName for one in world.sandbox.node.query(Customer).all()} == {"4", "5", "6", "7"}


def test_rows_with_one_key_are_one_customer_and_the_later_values_win(world: World) -> None:
    rows = [
        {"externalId": "a", "base.firstName": "1", "base.lastName": "1"},
        {"externalId": "a", "base.firstName": "2"},
    ]
    account = world.node().bulk_save(rows, upsert_by="externalId", strategy="bulk")
    [found] = world.sandbox.node.query(Customer).all()
    assert (account.created, account.updated, found.base.firstName, found.base.lastName) == (1, 1, "2", "1")


def test_a_row_without_its_key_or_with_that_of_several_customers_is_rejected(world: World) -> None:
    node = world.node()
    node.bulk_save([{"externalId": "a"}, {"externalId": "a"}])
    rejects: list[Reject] = []
    rows = [{"externalId": "a"}, {"base.lastName": "x"}, {"externalId": "b"}]
    account = node.bulk_save(rows, upsert_by="externalId", on_error=rejects.append)
    assert (account.created, account.rejected) == (1, 2)
    assert "several customers" in rejects[0].reason
    assert "externalId" in rejects[1].reason


# -- failures ---------------------------------------------------------------------------------------------------------


def test_the_first_refused_row_stops_the_load(world: World) -> None:
    rows = people(*"abcdefgh")
    rows[1]["base.dob"] = "yesterday"
    with pytest.raises(BulkSaveError, match="row 2: .*dob") as refused:
        world.node().bulk_save(rows)
    account = refused.value.account
    assert (account.rows, account.created, account.rejected) == (8, 7, 1)


def test_a_lost_answer_of_an_upload_is_looked_up(world: World) -> None:
    node = world.node()
    world.fault(node, 0, "after")
    assert node.bulk_save(people(*"abc")).created == 3
    assert {one.version for one in held(world.sandbox).values()} == {1}


def test_an_upload_that_was_lost_on_its_way_is_sent_again(world: World) -> None:
    node = world.node()
    world.fault(node, 0, "before")
    assert node.bulk_save(people(*"abc")).created == 3
    assert node.api.bulk_jobs.list_bulk_jobs().total == 1


@pytest.mark.slow
def test_more_jobs_than_may_be_loaded_wait_for_each_other(world: World) -> None:
    world.sandbox.configure(bulk_job_delay=5)
    node = world.node()
    for _ in range(8):
        node.api.bulk_jobs.create_bulk_job({"file": b"externalId\nx\n", "operation": "UPSERT"})
    account = node.bulk_save([{"externalId": str(number)} for number in range(60)])
    assert (account.created, account.jobs) == (60, 15)


def test_a_service_that_refuses_stops_the_load_and_accounts_for_it(world: World) -> None:
    world.sandbox.configure(faults=[Fault.status(403, method="POST", path="nodes")])
    with pytest.raises(BulkSaveError) as stopped:
        world.node().bulk_save(people(*"abc"))
    assert (stopped.value.account.rows, stopped.value.account.open) == (3, 3)


def test_rows_without_a_result_are_unknown(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from contacthub_orm.contacthub.api.groups.bulk_jobs import BulkJobs

    monkeypatch.setattr(
        BulkJobs, "get_bulk_job_results", lambda *_: "row,status,id,message\n1,CREATED,x,\n2,FAILED,,no\n"
    )
    monkeypatch.setattr(BulkJobs, "get_bulk_job", _failing_partly(BulkJobs.get_bulk_job))
    rejects: list[Reject] = []
    account = world.node().bulk_save(people(*"abc"), on_error=rejects.append)
    assert (account.created, account.rejected) == (1, 2)
    assert [(one.number, one.known) for one in rejects] == [(2, True), (3, False)]


def _failing_partly(show: Any) -> Any:
    import attrs

    return lambda *args: attrs.evolve(show(*args), failedEntities=1)


def test_progress_tells_rows_that_ended_and_rows_that_were_read(world: World) -> None:
    told: list[tuple[int, int]] = []
    world.node().bulk_save(people(*"abcdef"), progress=lambda ended, read: told.append((ended, read)))
    assert told[-1] == (6, 6)
    assert told == sorted(told)


def test_the_nightly_import_of_the_manual_writes_its_rejects(world: World, tmp_path: Path) -> None:
    with (tmp_path / "rejects.csv").open("w", newline="") as file:
        rejects = csv.writer(file)
        world.node().bulk_save(
            [{"externalId": "1"}, {"externalId": "2", "base.dob": "x"}, {"externalId": "3"}],
            on_error=lambda one: rejects.writerow([one.number, one.row["externalId"], one.reason]),
        )
    assert (tmp_path / "rejects.csv").read_text().startswith("2,2,")


def test_an_entity_whose_id_is_not_told_is_not_created_once_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contacthub_orm.contacthub.api.groups.bulk_jobs import BulkJobs

    monkeypatch.setattr(BulkJobs, "get_bulk_job_results", lambda *_: "line;outcome\n")
    with Session(world.node()) as session:
        rows = [Customer(externalId=name) for name in "abc"]
        session.add_all(rows)
        assert session.bulk_save(rows).succeeded
        session.commit()
    assert len(world.sandbox.node.query(Customer).all()) == 3


def test_a_row_that_cannot_be_read_leaves_an_account_of_those_before_it(world: World) -> None:
    def rows() -> Any:
        yield from people(*"abcd")
        yield 7

    with pytest.raises(BulkSaveError, match="row 5") as stopped:
        world.node().bulk_save(rows())
    assert (stopped.value.account.created, stopped.value.account.open) == (4, 0)
