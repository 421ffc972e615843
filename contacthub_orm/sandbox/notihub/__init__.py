"""Notihub's API as the sandbox serves it: its tables, rules and routes, and `NotihubSandbox`."""
