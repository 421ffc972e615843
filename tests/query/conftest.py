"""The sandbox of the unit of work's tests serves the query's as well."""

from __future__ import annotations

from tests.unit_of_work.conftest import served, world

__all__ = ["served", "world"]
