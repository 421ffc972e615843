"""Recording the exchanges in `/cassettes` and replaying them without a server."""
