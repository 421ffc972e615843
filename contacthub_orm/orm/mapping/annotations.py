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
        scope: the local names of the function that the class is defined in, or those of a module that is not imported, such
            as a notebook's or a doctest's; None in an imported module.
        names: further names, which those of the module replace.

    Raises:
        NameError: if the annotation has an unknown name.
    """
    annotation = inspect.get_annotations(owner).get(name, Any)
    holder = types.SimpleNamespace(__annotations__={name: annotation})
    module = sys.modules.get(owner.__module__)
    namespace = {**names, **(vars(module) if module is not None else {})}
    hints = typing.get_type_hints(holder, namespace, dict(scope or {}))
    arguments = typing.get_args(hints[name])
    return arguments[0] if arguments else Any
