"""The handlers, one module for each resource of the API."""
