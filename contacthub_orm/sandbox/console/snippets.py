"""A request as a command and as a program, to be repeated by hand. The token is taken from the environment."""

from __future__ import annotations

from pprint import pformat
from shlex import quote
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote as percent_encoded
from urllib.parse import urlencode

from contacthub_orm.sandbox.documents.forms import Form
from contacthub_orm.sandbox.documents.wire import encode

if TYPE_CHECKING:
    from contacthub_orm.sandbox.service.recording import ReceivedRequest

__all__ = ["as_curl", "as_python"]

WIDTH: Final = 96


def as_curl(request: ReceivedRequest, server: str) -> str:
    """The command that sends a request again.

    Args:
        request: the request.
        server: the address of the server, without a path.
    """
    address = server + percent_encoded(request.path)
    if request.query:
        address += f"?{urlencode(request.query)}"
    method = "" if request.method == "GET" else f"-X {request.method} "
    lines = [f"curl {method}{quote(address)}", '-H "Authorization: Bearer $CONTACTHUB_TOKEN"']
    if isinstance(request.body, Form):
        lines += [f"-F {quote(f'{name}={value}')}" for name, value in request.body.fields.items()]
        lines += [f"-F {quote(f'{name}=@{file.filename}')}" for name, file in request.body.files.items()]
    elif request.body is not None:
        lines += ["-H 'Content-Type: application/json'", f"--data {quote(encode(request.body))}"]
    return " \\\n  ".join(lines)


def as_python(request: ReceivedRequest, server: str) -> str:
    """The program that sends a request again, with the library `requests`.

    Args:
        request: the request.
        server: the address of the server, without a path.
    """
    arguments = [repr(request.method), repr(server + percent_encoded(request.path))]
    if request.query:
        arguments.append(f"params={_written(dict(request.query))}")
    if isinstance(request.body, Form):
        files = ", ".join(
            f"{name!r}: open({file.filename!r}, 'rb')" for name, file in request.body.files.items()
        )
        arguments += [f"data={_written(request.body.fields)}", f"files={{{files}}}"]
    elif request.body is not None:
        arguments.append(f"json={_written(request.body)}")
    arguments.append("""headers={'Authorization': f'Bearer {os.environ["CONTACTHUB_TOKEN"]}'}""")
    inner = "".join(f"    {argument},\n" for argument in arguments)
    return (
        f"import os\n\nimport requests\n\nanswer = requests.request(\n{inner})\n"
        "print(answer.status_code, answer.text)\n"
    )


def _written(value: Any) -> str:
    text = pformat(value, width=WIDTH, sort_dicts=False)
    return text.replace("\n", "\n" + " " * 4)
