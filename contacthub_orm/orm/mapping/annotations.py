"""Reading the annotation of an attribute: the T of `Attr[T]`."""

from __future__ import annotations

import inspect
import sys
import types
import typing
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["annotated_type"]


def annotated_type(owner: type, name: str, scope: Mapping[str, Any] | None, names: Mapping[str, Any]) -> Any:
    """The type that a class declares for an attribute, Any if it declares none.

    Args:
        owner: the class.
        name: the attribute.
        scope: the local names of the function that the class is defined in, or None at module level.
        names: further names, which those of the module replace.

    Raises:
        NameError: if the annotation has an unknown name.
    """
    annotation = inspect.get_annotations(owner).get(name, Any)
    holder = types.SimpleNamespace(__annotations__={name: annotation})
    namespace = {**names, **vars(sys.modules[owner.__module__])}
    hints = typing.get_type_hints(holder, namespace, dict(scope or {}))
    arguments = typing.get_args(hints[name])
    return arguments[0] if arguments else Any
