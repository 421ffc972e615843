"""100,000 customers under the real cap, in a server of its own, while others write."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from benchmarks.server import serving
from contacthub_orm import Customer, Session, Workspace, signals
from contacthub_orm.sandbox import Sandbox
from tests.orm.scan.customers import customers
from tests.orm.scan.plain import PAGE, Plain, Writers

ROWS = 100_000


@pytest.mark.soak
def test_a_scan_of_100_000_customers_misses_and_repeats_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "customers.sqlite"
    seeding = Sandbox(data)
    ids = seeding.seed(customers(ROWS))
    seeding.stop()
    doomed = ids[::50]
    kept = sorted({*ids} - {*doomed})
    searches = 0

    def count(*_: object, **__: object) -> None:
        nonlocal searches
        searches += 1

    with (
        serving(0.02, data) as server,
        Workspace(server.workspace_id, server.token, server.base_url) as workspace,
        Session(workspace.get_node(server.node_id)) as session,
    ):
        with Writers(server, kept, doomed) as writers:
            started = time.perf_counter()
            with signals.before_request.connected_to(count):
                found = [customer.id for customer in session.query(Customer).yield_per(PAGE)]
            seconds = time.perf_counter() - started
            written = f"{writers.updated} updates, {writers.added} additions, {writers.deleted} deletions"
            client = Plain(server)
            looped = [one for page in client.pages() for one in page]
            client.close()
        counted = session.query(Customer).count()
        total = ROWS + writers.added - writers.deleted
    least = -(-len(found) // PAGE)
    with capsys.disabled():
        print(
            f"\nscan: {len(found):,} rows, {len({*kept} - {*found})} missed, {len(found) - len({*found})} repeated, "
            f"{searches:,} requests ({searches / least:.3f} of the least), {seconds:.1f} s, beside {written}\n"
            f"loop: {len({*looped}):,} customers, {len(looped) - len({*looped})} repeated"
        )
    assert {*kept} - {*found} == set()
    assert len(found) == len({*found})
    assert searches <= 1.05 * least
    assert counted == total
    assert len({*looped}) <= 10_000
