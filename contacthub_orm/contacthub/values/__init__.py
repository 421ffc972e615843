"""Values of Contacthub's documents: enumerations, time zones, limits, argument aliases."""
