"""Criteria in Contacthub's query JSON, and the filters of the events' route."""
