"""The commands that read and write customers and events."""
