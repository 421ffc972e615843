"""The constructors of mapped classes, which attrs makes of the declared attributes."""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any, Final

from contacthub_orm.orm.mapping.domain.own_names import takes_own_names
from contacthub_orm.suggestions import suggests_arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from contacthub_orm.orm.mapping.mapped import Mapped

    Fields = Callable[[], dict[str, Any]]

__all__ = ["make_constructor", "make_when_used"]

_MADE_BY_ATTRS: Final = ("__match_args__", "__attrs_attrs__", "__init__")
"""What attrs adds to a class, and somebody may look at."""

_making: Final = RLock()


def make_constructor(cls: type[Mapped], fields: Fields) -> None:
    """Give a class a constructor with these attrs fields, unless it has one of its own."""
    import attrs  # here, since what only declares and reads has no use for it

    held = vars(cls).get("__init__")
    is_own = held is not None and not isinstance(held, _MadeWhenUsed)
    attrs.define(
        cls,
        these=fields(),
        init=not is_own,
        slots=False,
        eq=False,
        repr=False,
        on_setattr=attrs.setters.NO_OP,
    )
    if not is_own:
        takes_own_names(cls)
        suggests_arguments(cls)


def make_when_used(cls: type[Mapped], fields: Fields) -> None:
    """Let a class without a constructor of its own get one when it is first called, or somebody looks at it.

    FASTPATH: attrs compiles each constructor, which takes much of the time in which the library is imported.
    """
    for name in _MADE_BY_ATTRS:
        setattr(cls, name, _MadeWhenUsed(cls, name, fields))


class _MadeWhenUsed:
    """The place of something that attrs will add to a class."""

    def __init__(self, cls: Any, name: str, fields: Fields) -> None:
        self.cls = cls
        self.name = name
        self.fields = fields

    def __get__(self, instance: object | None, owner: type) -> Any:
        with _making:
            if vars(self.cls).get(self.name) is self:  # no other thread was faster
                if isinstance(vars(self.cls).get("__match_args__"), _MadeWhenUsed):
                    del self.cls.__match_args__  # attrs leaves one that is there
                make_constructor(self.cls, self.fields)
        made = vars(self.cls)[self.name]
        return made.__get__(instance, owner) if hasattr(made, "__get__") else made
