"""The OpenAPI document as the tests use it, and openapi-core's opinion on the answers of the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from http import HTTPStatus
from typing import Any

import requests
from jsonschema.exceptions import best_match

from contacthub_orm.reference.openapi import openapi

__all__ = ["check_answer", "closed", "is_without_route"]

HOST = "http://sandbox"
OBJECTS = ("object", ["object", "null"])


def closed(node: Any) -> Any:
    """A schema, or a document with schemas, in which no object has a property that it does not name.

    The document leaves answers open, because the service may add to them. The sandbox may not.
    """
    if isinstance(node, list):
        return [closed(item) for item in node]
    if not isinstance(node, dict):
        return node
    found = {key: closed(value) for key, value in node.items()}
    if "properties" in found and found.get("type") in OBJECTS:
        found.setdefault("additionalProperties", False)
    return found


def check_answer(response: requests.Response) -> None:
    """Fail if openapi-core finds that the answer of a documented route does not fit the document.

    Does nothing without openapi-core, and about the failures that some tests provoke.
    """
    validate = _validator()
    failed = response.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR
    if validate is not None and not failed and not is_without_route(response):
        validate(response)


def is_without_route(response: requests.Response) -> bool:
    """Whether the sandbox does not have the route (yet)."""
    return response.status_code == HTTPStatus.NOT_FOUND and "No handler for" in response.text


@cache
def _validator() -> Callable[[requests.Response], None] | None:
    """What compares an answer with the document, made once; None without openapi-core."""
    try:
        from openapi_core import Config, OpenAPI
        from openapi_core.contrib.requests import RequestsOpenAPIRequest, RequestsOpenAPIResponse
        from openapi_core.exceptions import OpenAPIError
        from openapi_core.templating.paths.exceptions import OperationNotFound, PathNotFound
    except ImportError:
        return None

    class Request(RequestsOpenAPIRequest):
        host_url = HOST

    document = _with_any_id(closed(openapi(f"{HOST}/hub/v1")))
    config = Config(spec_validator_cls=None, extra_media_type_deserializers={"text/csv": _text})
    api = OpenAPI.from_dict(document, config=config)

    def validate(response: requests.Response) -> None:
        try:
            api.validate_response(Request(response.request), RequestsOpenAPIResponse(response))
        except (OperationNotFound, PathNotFound):
            return
        except OpenAPIError as error:
            request = f"{response.request.method} {response.request.path_url}"
            raise AssertionError(
                f"{request}: {response.status_code} {_reason(error)}: {response.text}"
            ) from error

    return validate


def _text(content: bytes, charset: str = "utf-8") -> str:
    return content.decode(charset)


def _reason(error: Any) -> str:
    """What is wrong in which place of the answer, or the error itself."""
    found = best_match(getattr(error.__cause__ or error, "schema_errors", ()))
    return str(error) if found is None else f"{found.json_path} {found.message}"


def _with_any_id(node: Any) -> Any:
    """The document without the form of ids: tests seed short ones."""
    if isinstance(node, dict):
        return {key: _with_any_id(value) for key, value in node.items() if (key, value) != ("format", "uuid")}
    return [_with_any_id(item) for item in node] if isinstance(node, list) else node
