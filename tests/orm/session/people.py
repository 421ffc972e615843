"""What a user knows of customers, as plain values: the model that the session is held against."""

from __future__ import annotations

import copy
from typing import Any

from contacthub_orm import Customer
from contacthub_orm.orm.mapping.mapped import render

Values = dict[str, Any]


def jobs_of(values: Values) -> list[tuple[str, str]]:
    """The jobs among the values."""
    found: list[tuple[str, str]] = values.get("jobs", [])
    return found


def read(one: Customer) -> Values:
    """What a user reads, without what is not there."""
    found = {
        "firstName": one.base.firstName,
        "city": one.base.address.city,
        "tags": list(one.tags.manual or ()),
        "jobs": [(job.id, job.jobTitle) for job in one.base.jobs or ()],
        "extended": dict(render(one.extended)),
    }
    return {key: value for key, value in found.items() if value not in (None, [], {})}


def changed(old: Values, new: Values) -> Values:
    """The edits that turn one into the other, the keys of `extended` one by one."""
    edits = {key: new.get(key) for key in {*old, *new} - {"extended"} if old.get(key) != new.get(key)}
    before, after = old.get("extended", {}), new.get("extended", {})
    extended = {key: after.get(key) for key in {*before, *after} if before.get(key) != after.get(key)}
    return {**edits, "extended": extended} if extended else edits


def applied(values: Values, edits: Values) -> Values:
    """The values with edits made to them."""
    merged = {**values, **edits}
    if "extended" in edits:
        merged["extended"] = {**values.get("extended", {}), **edits["extended"]}
        merged["extended"] = {key: one for key, one in merged["extended"].items() if one is not None}
    return copy.deepcopy({key: value for key, value in merged.items() if value not in (None, [], {})})


class Person:
    """What the model knows of one customer.

    `mine` is what the user reads, `saved` what the service holds (None: nothing), `one` the object where the user has
    kept it; `held` says whether the session has it, `expired` whether its values are to be read anew.
    """

    def __init__(self, name: str, one: Customer, mine: Values) -> None:
        self.name = name
        self.one: Customer | None = one
        self.identity: str | None = None
        self.mine = mine
        self.saved: Values | None = None
        self.held = True
        self.deleted = False
        self.gone = False
        self.expired = False
        self.tags: list[str] | None = None

    @property
    def new(self) -> bool:
        return self.held and self.saved is None and not self.gone

    @property
    def persistent(self) -> bool:
        return self.held and self.saved is not None and not self.deleted and not self.gone

    @property
    def dirty(self) -> bool:
        return self.persistent and self.mine != self.saved

    def state(self) -> tuple[Any, ...]:
        return self.new, self.deleted, copy.deepcopy(self.mine), copy.deepcopy(self.saved)
