"""Writes the modules of `contacthub_orm/contacthub/api` that the facts decide."""
