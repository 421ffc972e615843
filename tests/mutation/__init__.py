"""Mutation testing: small faults in the unit of work and the look-ups, each of which a test must notice."""
