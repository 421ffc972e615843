"""The methods of a session that save many rows at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacthub_orm.errors import InvalidRequestError

if TYPE_CHECKING:
    from functools import cached_property
    from typing import Unpack

    from contacthub_orm.orm.service.binds import Bind
    from contacthub_orm.orm.service.bulk_load import BulkAccount, BulkArguments, BulkBind, BulkPlan, BulkRows
    from contacthub_orm.orm.session.context.intake import SessionIntake
    from contacthub_orm.orm.session.context.persistence_context import PersistenceContext

__all__ = ["BulkSaving"]


class BulkSaving:
    """The methods of a session that save many rows at once."""

    bind: Bind
    _context: PersistenceContext

    if TYPE_CHECKING:

        @cached_property
        def _intake(self) -> SessionIntake: ...

    def bulk_save(self, rows: BulkRows, **options: Unpack[BulkArguments]) -> BulkAccount:
        """Save many rows at once, by the service's bulk jobs where they are cheaper; see `BulkArguments` for the options.

        What the session has pending apart from `rows` is not sent.

        Args:
            rows: entities, dicts, the path of a CSV or Parquet file, or a frame. They are read once, and not kept.
            options: how; each has a default.

        Raises:
            ArgumentError: if an option is invalid, or a column names no property; nothing is sent.
            JournalError: if the journal cannot be used, or holds a load of other rows.
            BulkSaveError: if not every row was saved, unless `on_error` is a callable that gets those rows.
        """
        from contacthub_orm.orm.service.bulk_load import BulkOptions  # few programs use it

        self._context.check_open()
        return _bulk_bind(self.bind).load_in_bulk(self._intake, rows, BulkOptions(**options))

    def plan_bulk_save(self, rows: BulkRows, **options: Unpack[BulkArguments]) -> BulkPlan:
        """What `bulk_save` would send: how many jobs and requests. Reads all rows, so an iterator is refused."""
        from contacthub_orm.orm.service.bulk_load import BulkOptions  # as above

        self._context.check_open()
        return _bulk_bind(self.bind).plan_bulk_load(self._intake, rows, BulkOptions(**options))


def _bulk_bind(bind: Any) -> BulkBind:
    """What a session is opened on, as something with bulk jobs.

    Raises:
        InvalidRequestError: if its service has none.
    """
    from contacthub_orm.orm.service.bulk_load import BulkBind  # as above

    if not isinstance(bind, BulkBind):
        raise InvalidRequestError(f"{bind!r} has no bulk jobs: add the entities to the session and commit")
    return bind
