"""Packages as modules whose names are imported when they are first used, so that their own import costs nothing."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any, Final

__all__ = ["LazyNames", "LazyPackage"]

_PARTS: Final = ("signals", "errors", "http", "orm", "contacthub")
"""Where the names are, from the lowest floor up: each part needs those before it anyway."""

_FURTHER: Final = ("contacthub.administration", "contacthub.events", "sandbox")
"""Where the others are: few programs need them, and the sandbox is an extra."""


class LazyNames(ModuleType):
    """A part of the package that says in `_MODULES` which of its modules has which of its names."""

    def __getattr__(self, name: str) -> Any:
        found = self._found(name)
        if found is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}", name=name, obj=self)
        setattr(self, name, found)
        return found

    def _found(self, name: str) -> Any:
        """What a name stands for, None if there is no such name."""
        for module, names in vars(self).get("_MODULES", {}).items():
            if name in names:
                return getattr(import_module(f"{self.__name__}.{module}"), name)
        return None

    def __dir__(self) -> list[str]:
        return sorted({*vars(self), *self.__all__})


class LazyPackage(LazyNames):
    """The package itself, which finds the names in its `__all__` in its parts."""

    def _found(self, name: str) -> Any:
        if name in _PARTS:
            return import_module(f"{self.__name__}.{name}")
        if name in self.__all__:
            for part in (*_PARTS, *_FURTHER):
                found = getattr(import_module(f"{self.__name__}.{part}"), name, None)
                if found is not None:
                    return found
        return None

    def __setattr__(self, name: str, value: Any) -> None:
        # Python sets each submodule that it imports, and one has the name of a function.
        if not (name in self.__all__ and name not in _PARTS and isinstance(value, ModuleType)):
            super().__setattr__(name, value)
