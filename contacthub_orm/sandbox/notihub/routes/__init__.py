"""A handler for each route of Notihub's API."""
