"""Contacthub's entities: customers, their sections and sub-resources, and events."""
