"""The mapper's backend for Contacthub: routes, matching policy, look-ups of lost writes."""
