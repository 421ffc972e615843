"""Customers and events as the server keeps them: matching, merging, versions, seeds."""
