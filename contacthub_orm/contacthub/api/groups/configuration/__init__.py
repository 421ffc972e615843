"""The operations on the configuration, declared by subject."""
