"""Everything that one can do in the console, done in a browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contacthub_orm.sandbox import Sandbox


def message(tab) -> str:
    return tab.get_by_role("status").inner_text()


def test_a_search_is_in_the_address_and_can_be_sent_to_a_colleague(town, tab, opened):
    tab.goto(f"{town.url}/customers")
    tab.get_by_label("Name, e-mail").fill("example.com")
    tab.get_by_label("Order").select_option("e-mail")
    tab.get_by_role("button", name="Search").click()
    tab.get_by_role("link", name="Next").click()

    colleague = opened()
    colleague.goto(tab.url)

    assert colleague.get_by_label("Name, e-mail").input_value() == "example.com"
    assert colleague.locator("tbody").inner_text() == tab.locator("tbody").inner_text()
    assert "26\N{EN DASH}39 of 39" in tab.get_by_label("Pages of customers").inner_text()


def test_query_json_is_searched(town, tab):
    condition = {"type": "atomic", "attribute": "base.firstName", "operator": "EQUALS", "value": "Clark"}
    tab.goto(f"{town.url}/customers")
    tab.get_by_label("Name, e-mail").fill(
        json.dumps({"name": "", "query": {"type": "simple", "are": {"condition": condition}}})
    )
    tab.keyboard.press("Enter")
    tab.wait_for_url("**q=*")

    assert tab.locator("tbody tr").count() == 4


def test_another_workspace_is_chosen_and_stays(town, tab):
    town.sandbox.workspaces["Outlet"].seed([{"base": {"firstName": "Lucius"}}])
    tab.goto(f"{town.url}/customers")

    tab.get_by_label("Workspace").select_option("Outlet")
    tab.get_by_role("link", name="Lucius").click()
    tab.get_by_role("link", name="Events").click()

    assert "No event" in tab.locator("main").inner_text()
    assert tab.get_by_label("Workspace").input_value() == town.sandbox.workspaces["Outlet"].workspace_id


def test_the_versions_of_a_customer_show_what_changed(town, tab):
    tab.goto(f"{town.url}/customers/{town.bruce}")

    versions = tab.get_by_label("Versions").locator("li", has=tab.locator(".what"))

    assert versions.count() == 3
    assert versions.nth(0).locator("del").all_inner_texts() == ["Metropolis", '["vip"]']
    assert versions.nth(0).locator("ins").all_inner_texts() == ["Gotham", '["vip", "night"]']
    versions.nth(2).get_by_text("Document").click()
    assert "bruce.wayne0@example.com" in versions.nth(2).locator("pre").inner_text()


def test_a_customer_is_exported_as_a_file(town, tab):
    tab.goto(f"{town.url}/customers/{town.bruce}")

    with tab.expect_download() as download:
        tab.get_by_role("button", name="Export").click()

    exported = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert (exported["customer"]["id"], len(exported["events"])) == (town.bruce, 6)


def test_a_customer_is_forgotten_after_a_second_thought(town, tab):
    tab.goto(f"{town.url}/customers/{town.bruce}")
    assert tab.get_by_role("button", name="Forget this customer").count() == 0

    tab.get_by_text("Forget …").click()
    tab.get_by_role("button", name="Forget this customer").click()

    assert "was forgotten" in message(tab)
    assert town.call("GET", f"/customers/{town.bruce}").status_code == 404


def test_events_are_filtered(town, tab):
    tab.goto(f"{town.url}/events")
    tab.get_by_label("Type").select_option("openedTicket")
    tab.get_by_label("From").fill("2026-03-10")
    tab.get_by_role("button", name="Filter").click()

    contexts = set(tab.locator("tbody .tag").all_inner_texts())

    assert contexts == {"CONTACT_CENTER"}
    tab.locator("tbody summary").first.click()
    assert "Where is my parcel?" in tab.locator("tbody pre").first.inner_text()


def test_new_requests_appear_by_themselves(town, tab):
    tab.goto(f"{town.url}/requests")
    before = tab.locator("tbody tr").count()

    town.call("GET", "/customers/live")

    tab.get_by_role("link", name="/customers/live").wait_for()
    assert tab.locator("tbody tr").count() == before + 1
    town.call("GET", "/customers/again")  # the list that came goes on
    tab.get_by_role("link", name="/customers/again").wait_for()


def test_a_live_list_keeps_its_filter_and_can_be_paused(town, tab):
    tab.goto(f"{town.url}/requests?status=404")

    town.call("GET", "/events")
    town.call("GET", "/customers/live")
    tab.get_by_role("link", name="/customers/live").wait_for()
    assert set(tab.locator("tbody .by-status").all_inner_texts()) == {"404"}

    tab.get_by_role("link", name="Pause").click()
    assert tab.locator("[hx-get]").count() == 0
    assert "status=404" in tab.url


def test_requests_are_filtered_and_one_is_looked_at(town, tab):
    tab.goto(f"{town.url}/requests?live=off")
    tab.get_by_label("Fault").select_option("struck by any")
    tab.get_by_role("button", name="Filter").click()
    assert tab.locator("tbody tr").count() == 1

    tab.locator("tbody a").click()

    assert "503" in tab.locator(".title").inner_text()
    tab.get_by_role("link", name="Earlier").click()
    assert "/customers/nobody" in tab.get_by_role("heading", level=1).inner_text()


def test_a_request_is_copied_as_a_command_without_the_token(town, opened):
    tab = opened(permissions=["clipboard-read", "clipboard-write"])
    tab.goto(f"{town.url}/requests?method=PATCH&live=off")
    tab.locator("tbody a").first.click()

    tab.get_by_label("As curl").get_by_role("button", name="Copy").click()
    tab.get_by_role("button", name="Copied").wait_for()

    copied = tab.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("curl -X PATCH http://127.0.0.1:")
    assert "Bearer $CONTACTHUB_TOKEN" in copied
    assert town.sandbox.token not in tab.content()


def test_the_log_of_requests_is_cleared(town, tab):
    tab.goto(f"{town.url}/requests?live=off")
    tab.get_by_role("button", name="Clear").click()

    assert "is empty" in message(tab)
    assert town.sandbox.requests == []


def test_a_fault_is_set_counts_and_is_removed(town, tab):
    town.sandbox.clear_faults()
    tab.goto(f"{town.url}/faults")
    tab.get_by_label("Kind").select_option("throttled")
    assert tab.get_by_role("textbox", name="Status").is_hidden()
    tab.get_by_label("Retry-After").fill("0")
    tab.get_by_label("Path").fill("events")
    tab.get_by_role("button", name="Set the fault").click()
    tab.wait_for_url("**/faults?done=*")

    assert town.call("GET", "/events").status_code == 429
    tab.reload()
    assert tab.locator("tbody .figure").all_inner_texts() == ["1", "1"]
    tab.get_by_role("button", name="Remove").click()
    assert town.call("GET", "/events").status_code == 200


def test_a_wrong_fault_is_refused_and_the_form_keeps_what_was_entered(town, tab):
    tab.goto(f"{town.url}/faults")
    tab.get_by_role("textbox", name="Status").fill("200")
    tab.get_by_label("Which of them").fill("2-4")
    tab.get_by_role("button", name="Set the fault").click()

    assert tab.get_by_role("alert").inner_text() == "200 is not the status of an error."
    assert tab.get_by_label("Which of them").input_value() == "2-4"


def test_all_faults_are_cleared(town, tab):
    tab.goto(f"{town.url}/faults")
    tab.get_by_role("button", name="Clear all").click()

    assert message(tab) == "No fault is set."
    assert list(town.sandbox.faults) == []


def test_a_file_is_seeded(town, tab, tmp_path):
    file = tmp_path / "people.jsonl"
    file.write_text('{"externalId": "n1"}\n{"externalId": "n2"}\n', encoding="utf-8")
    tab.goto(f"{town.url}/state")
    seed = tab.locator("form", has=tab.get_by_role("button", name="Seed"))
    seed.get_by_label("File").set_input_files(file)
    seed.get_by_role("button", name="Seed").click()

    assert message(tab) == "Seeded: 2 customers."
    assert (
        len(town.call("GET", "/customers", nodeId=town.sandbox.node_id, externalId="n2").json()["elements"])
        == 1
    )


def test_a_refused_text_stays_in_the_form_with_the_reason(town, tab):
    tab.goto(f"{town.url}/state")
    tab.get_by_label("or text").fill('{"base": {"firstName": 7}}')
    tab.get_by_role("button", name="Seed").click()

    assert "firstName" in tab.get_by_role("alert").inner_text()
    assert tab.get_by_label("or text").input_value() == '{"base": {"firstName": 7}}'


def test_the_state_is_saved_reset_and_loaded_again(town, tab, tmp_path):
    tab.goto(f"{town.url}/state")
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save to a file").click()
    file = tmp_path / "state.sqlite"
    download.value.save_as(file)

    tab.get_by_text("Reset …").click()
    tab.get_by_role("button", name="Delete everything").click()
    assert tab.locator(".title").inner_text().splitlines()[-1].startswith("0 customers and 0 events")

    load = tab.locator("form", has=tab.get_by_role("button", name="Load the file"))
    load.get_by_label("File").set_input_files(file)
    load.get_by_role("button", name="Load the file").click()
    assert "is loaded" in message(tab)
    assert town.call("GET", f"/customers/{town.bruce}").json()["version"] == 3
    with Sandbox(file) as opened_as_data_file:
        assert opened_as_data_file.token == town.sandbox.token


@pytest.mark.parametrize("path", ["/customers?q=bruce", "/requests", "/faults", "/state"])
def test_everything_but_live_updates_works_without_scripts(town, opened, path):
    tab = opened(java_script_enabled=False)
    tab.goto(f"{town.url}{path}")

    if path.startswith("/customers"):
        tab.get_by_label("Workspace").select_option("Outlet")
        tab.get_by_role("button", name="Go").click()
        assert "no customer yet" in tab.locator("main").inner_text()
    elif path == "/requests":
        tab.locator("tbody a").first.click()
        assert tab.get_by_text("curl ").count()
        assert tab.get_by_role("button", name="Copy").count() == 0
    elif path == "/faults":
        tab.get_by_label("Kind").select_option("slow")
        tab.get_by_label("Seconds", exact=True).fill("3")
        tab.get_by_role("button", name="Set the fault").click()
        assert [fault.effect.after for fault in town.sandbox.faults] == [0, 3]
    else:
        tab.get_by_text("Reset …").click()
        tab.get_by_role("button", name="Delete everything").click()
        assert town.sandbox.requests == []


def test_a_form_on_another_site_resets_nothing(town, tab):
    tab.route(
        "http://evil.example/",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<form method="post" action="{town.url}/state/reset"><button>Win</button></form>',
        ),
    )
    tab.goto("http://evil.example/")
    tab.get_by_role("button", name="Win").click()

    assert tab.get_by_role("alert").inner_text().startswith("Another site may not change")
    assert town.call("GET", f"/customers/{town.bruce}").status_code == 200


def test_another_site_reads_nothing(town, tab):
    tab.route("http://evil.example/", lambda route: route.fulfill(content_type="text/html", body="hello"))
    tab.goto("http://evil.example/")
    read = "(url) => fetch(url).then((answer) => answer.text(), () => 'refused')"

    assert tab.evaluate(read, f"{town.url}/customers?format=json") == "refused"
