"""What surrounds every call: settings, throttling, faults, the log of requests."""
