"""Queries: what is asked, how rows are read, relations."""
