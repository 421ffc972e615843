"""The session: the persistence context, loading, flushing and blocks."""
