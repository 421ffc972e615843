"""Helpers that tests of several folders use: servers, a client of plain HTTP, faulty transports, expected queries."""
