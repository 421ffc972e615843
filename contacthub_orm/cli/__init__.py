"""The command `contacthub-orm`."""
