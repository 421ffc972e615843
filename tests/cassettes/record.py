"""Record the cassettes anew: `python -m tests.cassettes.record [SCENARIO ...]`, on a sandbox.

`--real` records on the node that the CONTACTHUB_* variables name: see cassettes/README.md first.
"""

from __future__ import annotations

import argparse
import os
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from contacthub_orm import Customer, Sandbox, Session
from contacthub_orm.contacthub.configuration import DEFAULT_BASE_URL
from tests.cassettes.scenarios import PEOPLE, SCENARIOS
from tests.cassettes.tape import node_of, record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from contacthub_orm import Node

FOLDER = Path(__file__).parents[2] / "cassettes"


def remove(node: Node) -> None:
    """Delete the customers of the scenarios."""
    with Session(node) as session, session.begin():
        for customer in session.query(Customer).filter(Customer.externalId.in_(list(PEOPLE))):
            session.delete(customer)


def record_all(
    node: Node, token: str, folder: Path, settle: float = 0, names: Sequence[str] | None = None
) -> None:
    """Record every scenario, or those named; `settle` is how long the node's search lags, in seconds.

    Raises SystemExit, and leaves no cassette, if the token is in one.
    """
    for scenario in SCENARIOS:
        if names and scenario.name not in names:
            continue
        remove(node)
        time.sleep(settle)
        with Session(node) as session:
            scenario.prepare(session)
        time.sleep(settle)
        record(scenario, node, folder)
        time.sleep(settle)
    remove(node)
    for path in folder.glob("*.yaml"):
        if token in path.read_text(encoding="utf-8"):
            path.unlink()
            raise SystemExit(f"{path.name} held the token and was deleted")


def main() -> None:
    parser = argparse.ArgumentParser(description="Record the cassettes anew.")
    parser.add_argument("--real", action="store_true", help="on the node of the CONTACTHUB_* variables")
    parser.add_argument("--settle", type=float, default=90, help="seconds its search lags (90)")
    parser.add_argument("names", nargs="*", metavar="SCENARIO", help="which ones; all without")
    options = parser.parse_args()
    with ExitStack() as stack:
        if options.real:
            variables = {"CONTACTHUB_BASE_URL": DEFAULT_BASE_URL, **os.environ}
        else:
            variables = stack.enter_context(Sandbox()).environment
        node = stack.enter_context(node_of(variables).workspace).get_node(variables["CONTACTHUB_NODE_ID"])
        record_all(
            node, variables["CONTACTHUB_TOKEN"], FOLDER, options.settle if options.real else 0, options.names
        )


if __name__ == "__main__":
    main()
