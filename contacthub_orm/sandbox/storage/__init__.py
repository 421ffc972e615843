"""The database, in SQLite."""
