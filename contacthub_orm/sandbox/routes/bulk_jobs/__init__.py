"""Bulk jobs: many customers or events, written by one uploaded CSV file."""
