"""The API as an OpenAPI 3.1 document, made of the facts."""

from contacthub_orm.reference.openapi.document import openapi

__all__ = ["openapi"]
