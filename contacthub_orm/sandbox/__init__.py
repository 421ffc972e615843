"""A Contacthub-compatible server on loopback, backed by SQLite: the whole API without an account."""

from contacthub_orm.sandbox.server.server import Sandbox
from contacthub_orm.sandbox.service.faults import Fault
from contacthub_orm.sandbox.service.recording import ReceivedRequest
from contacthub_orm.sandbox.service.settings import Settings
from contacthub_orm.sandbox.storage.errors import SandboxError

__all__ = ["Fault", "ReceivedRequest", "Sandbox", "SandboxError", "Settings"]
