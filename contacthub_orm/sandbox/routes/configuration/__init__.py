"""What is configured: the workspace and its nodes, properties, events, sources and users."""
