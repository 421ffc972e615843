"""The mirror: a copy of a node in a SQLite file, kept up to date by the update stream, and asked locally."""

from contacthub_orm.mirror.mirror import Mirror
from contacthub_orm.mirror.pulling import Pulled
from contacthub_orm.mirror.query import MirrorQuery
from contacthub_orm.mirror.watching import Sighting

__all__ = ["Mirror", "MirrorQuery", "Pulled", "Sighting"]
