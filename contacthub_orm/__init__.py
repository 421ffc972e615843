"""contacthub_orm: a declarative mapper with a unit of work over the REST API of Contacthub."""
