"""Codecs: how values of a class of the user's own are read from wire JSON and written as it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import attrs

from contacthub_orm.errors import message_of
from contacthub_orm.orm.wire.coded import coded_class, register
from contacthub_orm.orm.wire.conversion import UnreadableError, UnsendableError, dump

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Codec", "register_codec"]

V = TypeVar("V")


@attrs.frozen
class Codec(Generic[V]):
    """How values of one class are read from JSON and written as it: `Codec(load=Money.parse, dump=str)`.

    Args:
        load: makes a value of what the service sends, which is never None. Whatever it raises says that the content is
            wrong.
        dump: gives the JSON of a value: a string, a number, or an object or list of these.
    """

    load: Callable[[Any], V]
    dump: Callable[[V], Any]

    def loaded(self, kind: type[V], wire: Any) -> V:
        """The value of a wire value, or the value itself if it is of the class already.

        Raises:
            UnreadableError: if the wire value is none of the class.
        """
        if isinstance(wire, kind):
            return wire
        try:
            return self.load(wire)
        except Exception as error:  # whatever the user's function raises
            raise UnreadableError(kind, error) from error

    def dumped(self, value: Any) -> Any:
        """The wire JSON of a value.

        Raises:
            UnsendableError: if it has none.
        """
        try:
            wire = self.dump(value)
        except Exception as error:  # as above
            raise UnsendableError(
                value, f"{type(value).__name__} has no JSON form: {message_of(error)}"
            ) from error
        return dump(wire)


def register_codec(cls: type[V], codec: Codec[V]) -> None:
    """Read and write values of a class by a codec, wherever the class is declared: `Attr[Money]`, `list[Money]`.

    Call it before the classes are declared that use it.

    Raises:
        ConfigurationError: if the class is one that JSON itself has, such as str.
    """
    from contacthub_orm.orm.wire.converter import converter  # here, since few programs need it

    kind: Any = coded_class(cls)
    converter.register_structure_hook(kind, lambda wire, _: codec.loaded(kind, wire))
    converter.register_unstructure_hook(kind, codec.dumped)
    register(kind)
