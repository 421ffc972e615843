"""The boundary to a service: the protocol that it must implement, and requests and results as data."""
