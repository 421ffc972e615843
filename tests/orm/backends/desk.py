"""The third service of docs/other-services.md, as the page declares it."""

from __future__ import annotations

from typing import ClassVar

from contacthub_orm.http import Clock, Settings, Transport
from contacthub_orm.orm import ActiveRecord, Attr, Resource, attr
from contacthub_orm.orm.rest import Calls, Cursors, RestBackend, RestService
from tests.support.world import FaultyTransport

__all__ = ["Desk", "DeskBackend", "Ticket"]


class Ticket(ActiveRecord, resource=Resource("tickets", version_keys=("revision",), patches=False)):
    id: Attr[str | None] = attr(default=None, read_only=True)
    number: Attr[str] = attr(default=None, required=True, create_only=True)
    title: Attr[str | None] = attr(default=None)
    revision: Attr[int | str | None] = attr(default=None, read_only=True)


class DeskBackend(RestBackend):
    classes: ClassVar = (Ticket,)
    lists = Cursors(largest=50)
    filters: ClassVar = {"tickets": ("number", "title")}
    known_by: ClassVar = {"tickets": "number"}
    if_match: ClassVar = "revision"


class Desk(RestService[DeskBackend]):
    transport: FaultyTransport

    def __init__(self, url: str, clock: Clock) -> None:
        transport: Transport = FaultyTransport(url, "t", Settings(max_in_flight=1), clock)
        super().__init__(transport, DeskBackend(transport))
        self.tickets = Calls(self, Ticket)
