"""The operations, declared by subject."""
