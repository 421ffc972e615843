"""Pages of the reference. A section lists public names and shows them in use; the site adds their docstrings at its end."""

from __future__ import annotations

import inspect
import re
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, Generic

from contacthub_orm.orm import Mapped

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["names_in", "sections", "with_docstrings"]

NAMES: Final = re.compile(r"^Names of `(?P<package>[\w.]+)`: (?P<names>(?:.+\n)+)", re.MULTILINE)
"""The paragraph that lists the names of a section, and where they are imported from."""


def sections(text: str) -> list[str]:
    """The sections of a page, each with its heading; first what stands before them."""
    return re.split(r"^(?=## )", text, flags=re.MULTILINE)


def names_in(section: str) -> Iterator[tuple[str, str]]:
    """The public names that a section lists: package and name of each."""
    for paragraph in NAMES.finditer(section):
        for name in re.findall(r"`(\w+)`", paragraph["names"]):
            yield paragraph["package"], name


def with_docstrings(text: str) -> str:
    """The page with the docstrings of the names that its sections list."""
    return "".join(map(_documented, sections(text)))


def _documented(section: str) -> str:
    directives = [_directive(package, name) for package, name in names_in(section)]
    if not directives:
        return section
    return f"{section.rstrip()}\n\n```{{eval-rst}}\n{''.join(directives)}```\n\n"


def _directive(package: str, name: str) -> str:
    found: Any = getattr(import_module(package), name)
    if inspect.isclass(found):
        inherited = "   :inherited-members:\n" if _is_made_of_parts(found) else "   :show-inheritance:\n"
        return f".. autoclass:: {package}.{name}{_arguments(found)}\n   :members:\n{inherited}\n"
    if inspect.ismodule(found):
        return f"See `{found.__name__}`.\n\n"
    if inspect.isroutine(found):
        return f".. autofunction:: {package}.{name}\n\n"
    return f".. py:data:: {package}.{name}\n\n{_indented(found)}\n\n"


def _arguments(cls: type) -> str:
    """The arguments of a class whose `__new__` only checks them; otherwise nothing, since autodoc finds them."""
    if not {"__new__", "__init__"} <= vars(cls).keys() or issubclass(cls, tuple | BaseException):
        return ""
    from sphinx.util.inspect import signature, stringify_signature

    found = signature(vars(cls)["__init__"], bound_method=True)
    return stringify_signature(found.replace(return_annotation=found.empty), unqualified_typehints=True)


def _is_made_of_parts(cls: type) -> bool:
    """Whether a class has methods of base classes that are not public themselves, as sessions and nodes have."""
    if issubclass(cls, (BaseException, Mapped)):
        return False
    return all(
        base.__module__.startswith("contacthub_orm.") for base in cls.__mro__ if base not in (object, Generic)
    )


def _indented(found: Any) -> str:
    """The docstring of an object of its own, such as a signal; otherwise what it is."""
    own = getattr(found, "__doc__", None) if getattr(found, "__doc__", None) != type(found).__doc__ else None
    text = inspect.cleandoc(own) if own else repr(found)
    return "\n".join(f"   {line}".rstrip() for line in text.splitlines())
