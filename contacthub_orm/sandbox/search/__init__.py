"""Searches: the query language, its evaluation in SQL and in Python, and pages."""
