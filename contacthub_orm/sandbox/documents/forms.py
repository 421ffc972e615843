"""Forms with files: bodies of the media type `multipart/form-data` (RFC 7578)."""

from __future__ import annotations

from dataclasses import dataclass, field
from email.message import Message
from email.parser import HeaderParser
from typing import Final

__all__ = ["MAX_UPLOAD_BYTES", "Form", "Upload", "decode_form", "is_form"]

MAX_UPLOAD_BYTES: Final = 16 * 1024 * 1024
"""The largest form that the sandbox takes; the reference states no limit."""

MEDIA_TYPE: Final = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a form: its name and its content."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Form:
    """A form: the text of its fields and the files, each by the name of the field."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, Upload] = field(default_factory=dict)


def is_form(content_type: bytes) -> bool:
    """Whether the value of a `Content-Type` header names a form with files."""
    return content_type.partition(b";")[0].strip().lower() == MEDIA_TYPE.encode()


def decode_form(content: bytes, content_type: bytes) -> Form:
    """Parse a form.

    Args:
        content: the body.
        content_type: the value of the `Content-Type` header.

    Raises:
        ValueError: if it is malformed.
    """
    try:
        return _decoded(content, content_type)
    except (TypeError, LookupError):  # what `email` makes of odd parameters (RFC 2231)
        raise ValueError("a header of the form has odd parameters") from None


def _decoded(content: bytes, content_type: bytes) -> Form:
    header = Message()
    header["content-type"] = content_type.decode("latin-1")
    boundary = header.get_param("boundary")
    if not isinstance(boundary, str) or not boundary:
        raise ValueError("the form has no boundary")
    delimiter = b"\r\n--" + boundary.encode("latin-1")
    # The first delimiter may stand at the very start, and what follows the last one begins with two hyphens.
    preamble, *parts = (b"\r\n" + content).split(delimiter)
    if preamble or not parts or not parts[-1].startswith(b"--"):
        raise ValueError("the form does not begin and end with its boundary")
    form = Form()
    for part in parts[:-1]:
        _add(form, part)
    return form


def _add(form: Form, part: bytes) -> None:
    head, separator, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
    headers = HeaderParser().parsestr(head.decode("utf-8", "replace"))
    name = headers.get_param("name", header="content-disposition")
    if not separator or not isinstance(name, str):
        raise ValueError("a part of the form has no name")
    filename = headers.get_filename()
    if filename is not None:
        form.files[_clean(name)] = Upload(_clean(filename), content)
    else:
        form.fields[_clean(name)] = content.decode("utf-8")


def _clean(text: str) -> str:
    """The text without halves of surrogate pairs, which a name in a charset of its own can have (RFC 2231)."""
    return text.encode("utf-8", "replace").decode()
