"""Entities: identity, references and state, and the map that holds one object for each identity."""
