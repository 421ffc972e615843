"""Conditions as data: criteria, the expressions that make them, set operations of queries."""
