"""The seam to a service: what it must offer, and what is asked of it, as data."""
