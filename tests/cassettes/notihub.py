"""The five examples of Notihub's page on customers, and their cassettes.

`python -m tests.cassettes.notihub` records them anew on a sandbox; with `--real` in the environment that the NOTIHUB_*
variables name: see cassettes/README.md first.
"""

from __future__ import annotations

import argparse
import json
import os
import re
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.notihub import Customer, Environment
from contacthub_orm.sandbox import NotihubSandbox
from tests.cassettes.tape import Stranger, taped

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

FOLDER: Final = Path(__file__).parents[2] / "cassettes/notihub"
BASE_URL: Final = "https://notihub.example"
TOKEN: Final = "0" * 64
EVER_AFTER: Final = 4_102_444_800_000  # in 2100: a replayed token never expires

YOURS: Final = {
    "externalId": "your-id",
    "status": "ENABLED",
    "metadata": "some-metadata",
    "language": "en_US",
    "contact": [{"type": "EMAIL", "value": "avalid@email.com", "primary": True, "verified": True}],
}
OTHERS: Final = [
    {"externalId": "cassette-some", "contacts": [{"type": "EMAIL", "value": "some@email.com"}]},
    {
        "externalId": "cassette-disabled",
        "status": "DISABLED",
        "contacts": [{"type": "EMAIL", "value": "some@email.com"}],
    },
]


class NotihubStranger(Stranger):
    """Puts stand-ins in place of the host and of access tokens."""

    def text(self, text: str) -> str:
        text = re.sub(r'("accessToken": *)"[^"]*"', rf'\1"{TOKEN}"', super().text(text))
        return re.sub(r'("expir\w+": *)\d+', rf"\g<1>{EVER_AFTER}", text)


def plain(customer: Customer) -> dict[str, Any]:
    """A customer without the ids that the service makes."""
    document = customer.to_dict()
    assert document.pop("customerId")
    for contact in document["contacts"]:
        assert contact.pop("contactId")
    return document


def yours(notihub: Environment) -> str:
    """The id of the examples' customer."""
    [found] = notihub.customers.list(search="your-id")
    assert found.customerId is not None
    return found.customerId


def create(notihub: Environment) -> Any:
    return plain(notihub.customers.create(YOURS))


def get(notihub: Environment) -> Any:
    return plain(notihub.customers.get(yours(notihub)))


def update(notihub: Environment) -> Any:
    customer_id = yours(notihub)
    updated = notihub.customers.update({"customerId": customer_id, **YOURS, "metadata": "other-metadata"})
    return {"updated": plain(updated), "then": plain(notihub.customers.get(customer_id))}


def delete(notihub: Environment) -> Any:
    customer_id = yours(notihub)
    notihub.customers.delete(customer_id)
    return [customer.externalId for customer in notihub.customers.list(search="your-id")]


def listing(notihub: Environment) -> Any:
    found = notihub.customers.list(limit=10, page=1, search="some@email.com", actives=True)
    return [plain(customer) for customer in found]


EXAMPLES: Final[list[Callable[[Environment], Any]]] = [create, get, update, delete, listing]


def environment_of(variables: Mapping[str, str], **settings: Any) -> Environment:
    """The environment that NOTIHUB_* variables name, one request at a time, since vcrpy is not thread-safe."""
    names = ("public_key", "secret_key", "client_id", "client_secret", "base_url")
    given = {name: variables[f"NOTIHUB_{name.upper()}"] for name in names}
    return Environment(**given, settings={"max_in_flight": 1, **settings})


def nowhere() -> Environment:
    """The environment that recorded cassettes speak of; nothing is behind it."""
    names = ("PUBLIC_KEY", "SECRET_KEY", "CLIENT_ID", "CLIENT_SECRET")
    variables = {f"NOTIHUB_{name}": "none-is-needed" for name in names}
    return environment_of(variables | {"NOTIHUB_BASE_URL": BASE_URL}, retries=1, proxies={})


def remove(notihub: Environment) -> None:
    """Delete the customers of the examples."""
    for name in ["your-id", *(str(other["externalId"]) for other in OTHERS)]:
        for customer in notihub.customers.list(search=name, limit=200):
            if customer.externalId == name and customer.customerId is not None:
                notihub.customers.delete(customer.customerId)


def prepare(notihub: Environment, example: Callable[[Environment], Any]) -> None:
    for document in OTHERS if example is listing else [] if example is create else [YOURS]:
        notihub.customers.create(document)


def record(variables: Mapping[str, str], folder: Path) -> None:
    """Play each example and write its cassette and its result.

    Raises SystemExit, and leaves no cassette, if a secret is in one.
    """
    for example in EXAMPLES:
        with environment_of(variables) as notihub:
            remove(notihub)
            prepare(notihub, example)
        path = folder / f"{example.__name__}.yaml"
        path.unlink(missing_ok=True)
        # A new environment: its exchange of keys is on the cassette.
        with environment_of(variables) as notihub:
            with taped(path, NotihubStranger({variables["NOTIHUB_BASE_URL"]: BASE_URL}), "all"):
                result = example(notihub)
            remove(notihub)
        text = json.dumps(result, indent=1, ensure_ascii=False) + "\n"
        path.with_suffix(".json").write_text(text, encoding="utf-8")
        refuse_secrets(path, [value for name, value in variables.items() if not name.endswith("URL")])


def refuse_secrets(path: Path, secrets: Iterable[str]) -> None:
    text = path.read_text(encoding="utf-8")
    if any(secret in text for secret in secrets):
        path.unlink()
        raise SystemExit(f"{path.name} held a key and was deleted")


def replay(example: Callable[[Environment], Any], folder: Path) -> Any:
    """Play an example from its cassette; every recorded request must be made again, and no other."""
    path = folder / f"{example.__name__}.yaml"
    with nowhere() as notihub, taped(path, NotihubStranger({}), "none") as cassette:
        result = example(notihub)
        assert cassette.all_played
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description="Record Notihub's cassettes anew.")
    parser.add_argument("--real", action="store_true", help="in the environment of the NOTIHUB_* variables")
    with ExitStack() as stack:
        if parser.parse_args().real:
            named = {name: value for name, value in os.environ.items() if name.startswith("NOTIHUB_")}
            variables = {"NOTIHUB_BASE_URL": "https://api.notihub.io", **named}
        else:
            variables = stack.enter_context(NotihubSandbox()).environment
        FOLDER.mkdir(exist_ok=True)
        record(variables, FOLDER)


if __name__ == "__main__":
    main()
