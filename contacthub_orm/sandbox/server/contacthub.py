"""Contacthub's API: its routes, who may call them, its error bodies, and its bulk jobs, which go on by the clock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from contacthub_orm.sandbox.documents import failures
from contacthub_orm.sandbox.routes import openapi
from contacthub_orm.sandbox.routes.bulk_jobs.queue import run_due
from contacthub_orm.sandbox.server.table import ROUTES
from contacthub_orm.sandbox.service.calls import Answer, Call
from contacthub_orm.sandbox.service.rules import token_digest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from contacthub_orm.sandbox.documents.failures import Failure
    from contacthub_orm.sandbox.server.application import Request
    from contacthub_orm.sandbox.service.calls import Service
    from contacthub_orm.sandbox.service.rules import Caller
    from contacthub_orm.sandbox.service.workspaces import Workspaces

__all__ = ["ContacthubApi"]

READING: Final = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class ContacthubApi:
    """Contacthub's API; see `Api`."""

    workspaces: Workspaces
    routes = ROUTES
    budget_of = "workspace"

    def open_answer(self, method: str, path: str) -> Answer | None:
        """The OpenAPI document."""
        return openapi.document(self.workspaces.first) if (method, path) == ("GET", openapi.PATH) else None

    def authenticate(self, authorization: bytes) -> Caller | None:
        """Whose token the header carries; the scheme may have any case."""
        scheme, _, value = authorization.strip().partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        digest = token_digest(value.strip())
        del authorization, value  # whatever fails from here on, no frame of a traceback holds the token
        for service in self.workspaces.all().values():
            caller = service.rules().callers.get(digest)
            if caller is not None:
                return caller
        return None

    def authorize(self, request: Request, parameters: Mapping[str, str]) -> None:
        """Refuse an unknown token (401), and the path of another workspace or of one that is not enabled (403)."""
        service = self.service_of(request)
        workspace_id = parameters.get("workspace")
        if workspace_id is None:  # a path outside of any
            return
        if workspace_id != service.credentials.workspace_id:
            raise failures.unknown_workspace(workspace_id)
        status = service.rules().workspace_status
        if status != "ENABLED":
            raise failures.forbidden(f"the workspace is {status}")

    def service_of(self, request: Request) -> Service:
        """The workspace that the token belongs to.

        Raises:
            Failure: 401 if the token is unknown, as it is after its workspace was removed.
        """
        caller = request.caller
        service = None if caller is None else self.workspaces.get(caller.workspace_id)
        if service is None:
            raise failures.unauthorized()
        return service

    def only_reads(self, now: int, request: Request) -> bool:
        """Whether it is a GET, and no bulk job is due."""
        return request.method in READING and now < self.service_of(request).jobs_due

    def catch_up(self, now: int, request: Request) -> None:
        """Let the bulk jobs move on that are due."""
        service = self.service_of(request)
        if now >= service.jobs_due:
            # In a transaction of its own: it has taken place, whatever becomes of the request.
            with service.transaction() as connection:
                service.jobs_due = run_due(
                    Call(
                        service,
                        connection,
                        now,
                        {},
                        {},
                        None,
                        request.sender,
                        request.caller,
                        writes=True,
                        size=0,
                    )
                )

    def call(self, connection: Connection, now: int, request: Request, parameters: Mapping[str, str]) -> Call:
        """A `Call` of this service."""
        return Call(
            self.service_of(request),
            connection,
            now,
            parameters,
            request.query,
            request.body,
            request.sender,
            request.caller,
            writes=request.method not in READING,
            size=len(request.content),
        )

    def refusal(self, failure: Failure) -> Answer:
        """The envelope."""
        return Answer.of_failure(failure)
