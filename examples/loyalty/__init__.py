"""A loyalty programme: a domain model, its ports, a service layer and a web API; docs/applications.md walks through it."""
