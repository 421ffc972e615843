"""Python names for what a workspace calls as it likes."""

from __future__ import annotations

import re
import unicodedata
from keyword import iskeyword
from typing import TYPE_CHECKING, Final

from contacthub_orm.orm import Properties

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

__all__ = ["Names", "attribute_name", "class_name", "quoted"]

_LONGEST_CLASS: Final = 44

_TAKEN: Final = frozenset(
    {
        *("Any", "Attr", "Embedded", "Literal", "Properties", "at_most", "attr", "dt", "embedded"),
        *("bool", "float", "int", "list", "str"),  # the annotations of later attributes name them
        *("keys", "self"),  # `Properties` refuses the one, a constructor has the other
        *(name for name in dir(Properties) if not name.startswith("_")),
    }
)
"""Names that an attribute of a written class must not have."""


def attribute_name(key: str, taken: Container[str]) -> str:
    """The name of the attribute for a key: the key itself where that can be."""
    plain = unicodedata.normalize("NFKC", key)
    name = re.sub(r"\W", "_", plain).lstrip("_") or "field"
    if not name.isidentifier():
        name = f"field_{name}" if f"field_{name}".isidentifier() else "field"
    if iskeyword(name) or name in _TAKEN:
        name += "_"
    return _free(name, taken)


def class_name(*parts: str) -> str:
    """A name in CapWords of some words."""
    words = re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", " ".join(parts)))
    name = "".join(word[:1].upper() + word[1:] for word in words)[:_LONGEST_CLASS]
    return name if name.isidentifier() and not iskeyword(name) else "Object"


class Names:
    """The names of a module, each given once; `taken` are those of what it may import."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.used: set[str] = {*_TAKEN, *taken}

    def claim(self, name: str) -> str:
        """The name, or one like it if it is used already."""
        name = _free(name, self.used)
        self.used.add(name)
        return name


def _free(name: str, taken: Container[str]) -> str:
    candidate, number = name, 2
    while candidate in taken:
        candidate, number = f"{name.rstrip('_')}_{number}", number + 1
    return candidate


def quoted(value: object) -> str:
    """A literal as the formatters write it: in double quotes, unless that takes more backslashes."""
    if not isinstance(value, str) or '"' in value:
        return repr(value)
    return '"' + repr("'" + value)[2:]
