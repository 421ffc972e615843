"""Edits that are tried or handed on before they are sent: forks of a session, and pending changes as JSON."""
