"""The routes of analytics. No document states their paths."""

from contacthub_orm.sandbox.routes.analytics.table import ROUTES

__all__ = ["ROUTES"]
