"""Pages from templates. What a document says is escaped, wherever it stands."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader
from markupsafe import Markup, escape

from contacthub_orm.sandbox.documents.wire import parse_instant

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["render"]

PACKAGE: Final = "contacthub_orm.sandbox.console"
TOKENS: Final = re.compile(
    r'(?P<string>"(?:\\.|[^"\\])*")(?P<colon>\s*:)?|(?P<literal>true|false|null)|(?P<number>-?\d[\d.eE+-]*)'
)


def render(template: str, values: Mapping[str, Any]) -> str:
    """The HTML of a page."""
    return ENVIRONMENT.get_template(template).render(values)


def _highlighted(value: Any) -> Markup:
    """A value as indented JSON, with classes for its parts."""
    text, found, end = json.dumps(value, ensure_ascii=False, indent=2), [], 0
    for token in TOKENS.finditer(text):
        kind = "key" if token["colon"] else str(token.lastgroup)
        word = token["string"] or token[0]
        found += [
            escape(text[end : token.start()]),
            Markup('<span class="{}">{}</span>').format(f"j-{kind}", word),
        ]
        end = token.start() + len(word)
    return Markup("").join([*found, escape(text[end:])])


def _value(value: Any) -> str:
    """A value in a table: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _time(value: Any) -> Markup:
    """An instant, in the service's form or in milliseconds since 1970, for people and for machines."""
    instant = parse_instant(value) if isinstance(value, str) else value
    if instant is None:
        return escape(value)
    try:
        moment = datetime.fromtimestamp(instant / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return escape(value)
    exact = moment.isoformat(timespec="milliseconds")
    return Markup('<time datetime="{0}" title="{0}">{1:%Y-%m-%d} <b>{1:%H:%M:%S}</b></time>').format(
        exact, moment
    )


def _words(name: str) -> str:
    """A name of the API or of Python as words: `viewedPage`, `search_delay`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|_", " ", name).lower()


ENVIRONMENT: Final = Environment(
    loader=PackageLoader(PACKAGE),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
ENVIRONMENT.filters |= {"highlighted": _highlighted, "value": _value, "time": _time, "words": _words}
