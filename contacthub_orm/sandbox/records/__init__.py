"""Stored customers and events: matching, merging, versions, seeds."""
