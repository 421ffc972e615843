"""What goes around every call: settings, throttling, faults, the record of requests."""
