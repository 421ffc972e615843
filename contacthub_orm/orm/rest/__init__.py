"""Plain REST services: the common part of their backends, of what sessions are opened on, and of their calls."""

from contacthub_orm.orm.rest.backend import RestBackend
from contacthub_orm.orm.rest.calls import Calls
from contacthub_orm.orm.rest.lists import Cursors, ListStyle, NumberedPages
from contacthub_orm.orm.rest.lookup import Traces
from contacthub_orm.orm.rest.service import RestService

__all__ = ["Calls", "Cursors", "ListStyle", "NumberedPages", "RestBackend", "RestService", "Traces"]
