"""Identity: entities, what they refer to, their state, and the map that holds one object for each."""
