"""One commit of more than sixty mixed operations: what it starts from, what it does and what must have come of it.

What is expected is written down by hand, beside each edit, and not computed by the library.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any

from contacthub_orm import Customer, Event, Job, Session, inspect
from contacthub_orm.contacthub import Node
from contacthub_orm.orm import Entity, Report, Verb
from contacthub_orm.sandbox import Sandbox

Document = dict[str, Any]
State = tuple[Counter[str], Counter[tuple[str, str]]]
"""All customers, as texts, and all events, as (external id of the customer, what was viewed), counted."""

_LONG_AGO = "2023-06-01T00:00:00.000+0000"
_ONE_DATE = datetime(2023, 12, 31, tzinfo=UTC)
NO_TITLE = "a title in a list"
"""In the event that the service refuses, and the library does not know to be refused."""


def _seeded(name: str) -> Document:
    return {
        "externalId": name,
        "base": {
            "firstName": name,
            "lastName": "Old",
            "contacts": {"email": f"{name}@example.com"},
            "jobs": [{"id": "j1", "jobTitle": "clerk"}],
            "subscriptions": [{"id": "s1", "name": "news"}, {"id": "s2", "name": "offers"}],
        },
        "extended": {"points": 1, "gone": "soon"},
        "tags": {"manual": ["one"]},
    }


Edit = tuple[Callable[[Customer], object], Callable[[Document], object]]
"""What the commit does to a loaded customer, and the same done to its document."""


def _first_name(one: Customer) -> None:
    one.base.firstName = "changed"


def _city(one: Customer) -> None:
    one.base.address.city = "Gotham"


def _place(one: Customer) -> None:
    one.base.address.geo.lat = 1.5


def _birthday(one: Customer) -> None:
    one.base.dob = date(1980, 2, 19)


def _no_last_name(one: Customer) -> None:
    one.base.lastName = None


def _consent(one: Customer) -> None:
    one.consents.softSpam.email.status = True


def _moved(one: Customer) -> None:
    one.base.contacts.email = "moved@example.com"


def _no_key(one: Customer) -> None:
    del one.extended["gone"]


def _points(one: Customer) -> None:
    one.extended.points = 7


def _title(one: Customer) -> None:
    one.base.jobs[0].jobTitle = "chief"


def _several(one: Customer) -> None:
    one.extra = "several"
    one.tags.manual.append("two")
    one.extended["points"] = 2


def _remove(document: Document, key: str) -> None:
    del document[key]


EDITS: list[Edit] = [
    (_first_name, lambda d: d["base"].update(firstName="changed")),
    (_city, lambda d: d["base"].update(address={"city": "Gotham"})),
    (_place, lambda d: d["base"].update(address={"geo": {"lat": 1.5}})),
    (lambda c: c.tags.manual.append("vip"), lambda d: d["tags"]["manual"].append("vip")),
    (lambda c: c.tags.manual.remove("one"), lambda d: _remove(d, "tags")),
    (_title, lambda d: d["base"]["jobs"][0].update(jobTitle="chief")),
    (
        lambda c: c.base.jobs.append(Job(id="j2", jobTitle="spy")),
        lambda d: d["base"]["jobs"].append({"id": "j2", "jobTitle": "spy"}),
    ),
    (lambda c: c.base.subscriptions.pop(0), lambda d: d["base"]["subscriptions"].pop(0)),
    (_no_key, lambda d: _remove(d["extended"], "gone")),
    (_points, lambda d: d["extended"].update(points=7)),
    (_birthday, lambda d: d["base"].update(dob="1980-02-19")),
    (_no_last_name, lambda d: _remove(d["base"], "lastName")),
    (_consent, lambda d: d.update(consents={"softSpam": {"email": {"status": True}}})),
    (_moved, lambda d: d["base"]["contacts"].update(email="moved@example.com")),
    (
        _several,
        lambda d: d.update(
            extra="several", tags={"manual": ["one", "two"]}, extended={"points": 2, "gone": "soon"}
        ),
    ),
]
_FREES = next(index for index, (edit, _) in enumerate(EDITS) if edit is _moved)

HELD = [f"held{index}" for index in range(len(EDITS))]
DOOMED = [f"doomed{index}" for index in range(6)]
NEW = [f"new{index}" for index in range(12)]


def _new(name: str, email: str | None = None, **values: Any) -> Document:
    base: Document = {"firstName": name}
    if email is not None:
        base["contacts"] = {"email": email}
    return {"externalId": name, "base": base, **values}


CREATED: list[Document] = [
    *(_new(name, f"{name}@example.com", tags={"manual": [name, "new"]}) for name in NEW[:6]),
    *(_new(name, f"{name}@example.com", extended={"points": 0, "ratio": 0.5}) for name in NEW[6:]),
    _new("heir0", "doomed0@example.com"),
    _new("heir1", f"{HELD[_FREES]}@example.com"),
    *(_new(f"nameless{index}", extra=str(index)) for index in range(4)),
    _new("twin"),
    _new("twin"),
    _new("part"),
    _new("part", extra="and more"),
]
"""The new customers as they are posted: some with an e-mail that this commit frees, some alike, some part of others."""


def seed(sandbox: Sandbox) -> None:
    """Customers of long ago."""
    sandbox.seed(
        [
            {**_seeded(name), "registeredAt": _LONG_AGO, "updatedAt": _LONG_AGO}
            for name in [*HELD, "replaced", *DOOMED, "known"]
        ]
    )


def _loaded(session: Session) -> dict[str, Customer]:
    query = session.query(Customer).filter(Customer.externalId != "known")
    return {str(one.externalId): one for one in query}


def viewed(of: Customer, url: str, **values: Any) -> Event:
    """A new event of a customer."""
    properties = {"url": f"https://example.com/{url}", **values.pop("properties", {})}
    return Event(
        customer=of, type=Event.TYPES.VIEWED_PAGE, context=Event.CONTEXTS.WEB, properties=properties, **values
    )


def fill(session: Session, *, atomic: bool = False, refused: bool = False) -> None:
    """All the changes; an atomic commit deletes nobody whose e-mail another claims.

    With `refused` one more event, which the service refuses after most of the others were done.
    """
    held = _loaded(session)
    for name, (edit, _) in zip(HELD, EDITS, strict=True):
        edit(held[name])
    replaced = held["replaced"]
    replaced.base.firstName = "replaced"
    replaced.extended = {"points": 3}
    session.put(replaced)
    for name in DOOMED[1:] if atomic else DOOMED:
        session.delete(held[name])
    known = Customer(externalId="known", base={"contacts": {"email": "KNOWN@example.com"}}, extra="merged")
    people = [Customer(**document) for document in CREATED if not atomic or document["externalId"] != "heir0"]
    session.add_all([*people, known])
    by_name = {str(one.externalId): one for one in people}
    session.add_all([viewed(by_name[name], "first") for name in NEW])
    session.add_all([viewed(held[name], "first") for name in HELD[:8]])
    session.add_all([viewed(held[HELD[0]], "equal", date=_ONE_DATE) for _ in range(2)])
    session.add_all([viewed(by_name[NEW[0]], "equal", date=_ONE_DATE) for _ in range(2)])
    part = {"date": _ONE_DATE}
    session.add(viewed(held[HELD[1]], "part", **part))
    session.add(viewed(held[HELD[1]], "part", properties={"title": "whole"}, **part))
    session.add_all([viewed(known, "first"), viewed(by_name["nameless0"], "first")])
    if refused:
        session.add(viewed(known, "", properties={"url": "https://example.com", "title": [NO_TITLE]}))


def record_all(session: Session) -> None:
    """Have everything that is to be saved record one event, which says what is to be done to what."""
    for verb, entities in (("POST", session.new), ("change", session.dirty), ("DELETE", session.deleted)):
        for entity in entities:
            entity.record({"verb": verb, "refused": NO_TITLE in str(entity.to_dict())})


AGAIN = 6
"""The operations of `fill_again`."""


def fill_again(session: Session) -> None:
    """Changes on top of the first ones, of customers that were changed and of some that were created."""
    people = {str(one.externalId): one for one in session if isinstance(one, Customer)}
    for name in (HELD[0], HELD[1], NEW[0]):
        people[name].extra = "again"
    later = Customer(externalId="later", base={"contacts": {"email": "later@example.com"}})
    session.add_all([later, viewed(later, "again"), viewed(people[NEW[1]], "again")])


def _customers(documents: Iterable[tuple[int | None, Document]]) -> Counter[str]:
    """Customers as texts, with their versions where those are given."""
    return Counter(
        json.dumps({**_pruned(one), **({"version": version} if version else {})}, sort_keys=True)
        for version, one in documents
    )


def untouched() -> State:
    """What was there before the commit."""
    return _customers((1, _seeded(name)) for name in [*HELD, "replaced", *DOOMED, "known"]), Counter()


def after_undoing(report: Report, node: Node) -> State:
    """What is there after an undoing: nothing of the commit but what the report says could not be undone.

    Versions have moved. What stays is a delete, the merge, a creation that only a look-up found or that something refers
    to which stays, and the change that freed a value which is claimed by what stays.
    """
    stays = [one.entry for one in report.undone if one.reason is not None]
    deleted = {
        str(entry.entity.to_dict()["externalId"]) for entry in stays if entry.operation.verb is Verb.DELETE
    }
    created = [entry for entry in stays if entry.operation.verb is Verb.CREATE]
    names = _names(node)
    changed = {
        names[_id_of(entry.entity)] for entry in stays if entry.operation.verb in (Verb.UPDATE, Verb.REPLACE)
    }
    people = [_seeded(name) for name in {*HELD, "replaced", *DOOMED} - deleted]
    for one in people:
        if one["externalId"] in changed:
            EDITS[HELD.index(one["externalId"])][1](one)
    bodies = [entry.request.body for entry in created if isinstance(entry.entity, Customer)]
    is_merged = any(body["externalId"] == "known" for body in bodies)
    people.append(_merged() if is_merged else _seeded("known"))
    people += [_pruned(body) for body in bodies if body["externalId"] != "known"]
    events = [entry.request.body for entry in created if isinstance(entry.entity, Event)]
    found = [(names[body["customerId"]], body["properties"]["url"]) for body in events]
    return (
        _customers((None, one) for one in people),
        Counter((name, url.rpartition("/")[2]) for name, url in found),
    )


def _names(node: Node) -> dict[str, str]:
    """The external ids of the customers that are there, by their ids."""
    with Session(node) as session:
        return {str(one.id): str(one.externalId) for one in session.query(Customer)}


def _id_of(entity: Entity) -> str:
    key = inspect(entity).identity
    assert key is not None
    return key.id


def _merged() -> Document:
    known = _seeded("known")
    known["extra"] = "merged"
    known["base"]["contacts"]["email"] = "KNOWN@example.com"
    return known


def complete() -> State:
    """What is there after the commit, versions included: a second write of a value would be seen there."""
    found: list[tuple[int | None, Document]] = []
    for name, (_, edit) in zip(HELD, EDITS, strict=True):
        document = _seeded(name)
        edit(document)
        found.append((2, document))
    replaced = _seeded("replaced")
    replaced["base"]["firstName"] = "replaced"
    replaced["extended"] = {"points": 3}
    found.append((2, replaced))
    found.append((2, _merged()))
    found += [(1, document) for document in CREATED]
    events = [(name, "first") for name in [*NEW, *HELD[:8], "known", "nameless0"]]
    events += 2 * [(HELD[0], "equal"), (NEW[0], "equal"), (HELD[1], "part")]
    return _customers(found), Counter(events)


_OF_THE_SERVICE = {
    *("id", "intId", "nodeId", "registeredAt", "updatedAt", "version"),
    *("enabled", "deleted", "sourceInfo"),
}


def _pruned(document: Document) -> Document:
    """A document without what the service adds and without nulls and empty values."""
    found: Document = _filled({key: one for key, one in document.items() if key not in _OF_THE_SERVICE})
    return found


def _filled(value: Any) -> Any:
    if isinstance(value, list):
        return [_filled(one) for one in value]
    if not isinstance(value, dict):
        return value
    filled = {key: _filled(one) for key, one in value.items()}
    return {key: one for key, one in filled.items() if one not in (None, [], {})}


def state(node: Node, *, versions: bool = True) -> State:
    """What the service holds now; the caller sees to it that searches show it."""
    with Session(node) as session:
        people = [one.to_dict() for one in session.query(Customer)]
        names = {one["id"]: one["externalId"] for one in people}
        events = [one.to_dict() for one in session.query(Event)]
    found = [(names.get(one["customerId"], "nobody"), one["properties"]["url"]) for one in events]
    return (
        _customers((one["version"] if versions else None, one) for one in people),
        Counter((name, url.rpartition("/")[2]) for name, url in found),
    )
