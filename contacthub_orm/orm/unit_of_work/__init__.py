"""Plan, send, resolve what is in doubt, compensate, journal and recover."""
