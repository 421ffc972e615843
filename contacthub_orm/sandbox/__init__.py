"""A Contacthub-compatible server on loopback, kept in SQLite: the whole API reference at hand without an account."""

from contacthub_orm.sandbox.recording import ReceivedRequest
from contacthub_orm.sandbox.server import Sandbox
from contacthub_orm.sandbox.settings import Settings

__all__ = ["ReceivedRequest", "Sandbox", "Settings"]
