"""What requests does at length, done in short: the results are the same."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from requests import PreparedRequest

from contacthub_orm.http import quote_path
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
