"""What requests and the standard library do at length, done in short: the results are the same."""

from __future__ import annotations

import io
from http.client import HTTPException, parse_headers

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from requests import PreparedRequest

from contacthub_orm.http import quote_path
from contacthub_orm.http.connections import read_headers
from contacthub_orm.http.paths import request_url

BASES = (
    "http://127.0.0.1:8080/hub/v1",
    "https://service.test",
    "https://Service.test:443",
    "http://[::1]:80/a/../b",
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    base=st.sampled_from(BASES),
    segments=st.lists(TEXTS.filter(lambda text: text not in {"", ".", ".."}), min_size=1, max_size=3),
    params=st.none()
    | st.dictionaries(TEXTS, TEXTS | st.integers() | st.none() | st.lists(TEXTS), max_size=3),
)
def test_a_url_is_the_one_that_requests_makes(base, segments, params):
    url = f"{base}/{quote_path(*segments)}"
    prepared = PreparedRequest()
    prepared.prepare_url(url, params)
    assert request_url(url, params) == prepared.url


LINES = st.sampled_from(
    [
        b"Content-Type: application/json\r\n",
        b"content-length:  12 \r\n",
        b"Date: Sun, 29 Nov 2026 10:00:00 GMT\n",
        b"X-Name: caf\xe9\r\n",
        b"X-Empty:\r\n",
        b" continued\r\n",
        b"\tcontinued\n",
        b"no colon\r\n",
        b"X-Return: a\rb: c\r\n",
        b"Two words: 1\r\n",
        b"X-Null: a\x00b\r\n",
        b"From nobody\r\n",
    ]
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(lines=st.lists(LINES, max_size=6), end=st.sampled_from([b"\r\n", b"\n", b""]))
def test_headers_are_read_as_the_standard_library_reads_them(lines, end):
    text = b"".join(lines) + end + b"the body"
    ours, theirs = io.BytesIO(text), io.BytesIO(text)
    assert read_headers(ours).items() == parse_headers(theirs).items()
    assert ours.read() == theirs.read()


@pytest.mark.parametrize("text", [b"X: 1\r\n" * 101 + b"\r\n", b"X: " + b"1" * 65_536 + b"\r\n\r\n"])
def test_too_many_headers_or_too_long_ones_are_refused(text):
    with pytest.raises(HTTPException):
        read_headers(io.BytesIO(text))
