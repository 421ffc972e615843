"""What commands have in common: how they reach a service, and how they print."""
