"""Contacthub's entities: customers, their base properties, what lives below them, events."""
