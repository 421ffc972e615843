"""Servers on loopback, backed by SQLite: the APIs of Contacthub and of Notihub without an account."""

from contacthub_orm.sandbox.notihub.sandbox import NotihubSandbox
from contacthub_orm.sandbox.notihub.settings import NotihubSettings, NotihubTemplate
from contacthub_orm.sandbox.people import people
from contacthub_orm.sandbox.server.server import Sandbox
from contacthub_orm.sandbox.server.workspaces import SandboxWorkspace
from contacthub_orm.sandbox.service.faults import Fault
from contacthub_orm.sandbox.service.recording import ReceivedRequest
from contacthub_orm.sandbox.service.settings import Settings
from contacthub_orm.sandbox.storage.errors import SandboxError

__all__ = [
    "Fault",
    "NotihubSandbox",
    "NotihubSettings",
    "NotihubTemplate",
    "ReceivedRequest",
    "Sandbox",
    "SandboxError",
    "SandboxWorkspace",
    "Settings",
    "people",
]
