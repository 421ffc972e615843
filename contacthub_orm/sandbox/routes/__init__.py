"""The handlers, a module per resource of the API."""
