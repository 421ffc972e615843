"""Entities that save themselves, each call in a session of its own."""
