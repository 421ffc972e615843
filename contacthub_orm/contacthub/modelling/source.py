"""`module_text`: the schemas of a workspace as the source of a Python module."""

from __future__ import annotations

import textwrap
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import attrs

from contacthub_orm.contacthub import events as library
from contacthub_orm.contacthub.entities.event import Event
from contacthub_orm.contacthub.events import EventProperties
from contacthub_orm.contacthub.modelling.names import Names, attribute_name, class_name, quoted
from contacthub_orm.contacthub.modelling.shapes import Choice, Field, ListOf, Scalar, Shape, Structure
from contacthub_orm.orm.mapping.attributes import Attribute, Embedded
from contacthub_orm.orm.wire.conversion import without_none
from contacthub_orm.orm.wire.types import element_type, is_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from contacthub_orm.orm.mapping.mapped import Mapped

__all__ = ["module_text"]

_WIDTH: Final = 88
"""The formatters' own line length. What is longer is broken with trailing commas, which they keep at any length."""

_LONGEST_KEY: Final = 40
"""Characters of a key in a docstring."""

_HEADER: Final = '''"""The workspace's extended properties and event types, as `contacthub-orm models` read them.

Written anew each time: subclass these classes in a module of your own.
"""
'''

_SCALARS: Final = {
    "string": "str", "integer": "int", "number": "float", "boolean": "bool",
    "date": "dt.date", "date-time": "dt.datetime", "time": "dt.time",
}  # fmt: skip

_OVERRIDE: Final = "  # pyright: ignore[reportIncompatibleVariableOverride]"
_OVERRIDE_OF_LIST: Final = f"  # type: ignore[assignment]{_OVERRIDE}"


def module_text(extended: Structure, event_types: Mapping[str, Structure]) -> str:
    """The source of a module with classes for what a workspace adds to the library's.

    The same schemas give the same text, in whatever order they come: keys are sorted.

    Args:
        extended: the extended properties of customers.
        event_types: the properties of each enabled type of events. Types that the library declares as they are get no class.
    """
    module = _Module()
    if extended.fields:
        module.write_customer(extended)
    for name in sorted(event_types):
        module.write_event(name, event_types[name])
    return module.text()


@attrs.define
class _Module:
    names: Names = attrs.field(factory=lambda: Names(["Customer", "Event", *library.__all__]))
    blocks: list[str] = attrs.field(factory=list)
    imported: dict[str, set[str]] = attrs.field(factory=dict)
    """The names that are imported, by module; an empty name stands for the module itself."""

    def write_customer(self, extended: Structure) -> None:
        """The class of the extended properties, and of a customer who has them."""
        target = self._written("CustomerExtended", extended, "The extended properties of a customer.")
        self._class(
            "WorkspaceCustomer",
            self._from_library("Customer"),
            "A customer of this workspace.",
            self._embedded("extended", target),
        )

    def write_event(self, event_type: str, properties: Structure) -> None:
        """The class of a type of events, if the library's own does not declare all of its properties."""
        known = _library_classes().get(event_type)
        name = class_name(event_type)
        if known is None:
            target = self._subclass(
                EventProperties, properties, name, event_type, f"Workspace{name}Properties"
            )
            base, option = self._from_library("Event"), f", type={quoted(event_type)}"
        else:
            declared = known.__attributes__["properties"]
            assert isinstance(declared, Embedded)
            target = self._subclass(
                declared.target, properties, name, event_type, f"Workspace{name}Properties"
            )
            if target is None:
                return
            base, option = self._from_library(known.__name__), ""
        lines = []
        if target is not None:
            override = "" if known is None else _OVERRIDE
            lines = self._embedded("properties", target, "required=True", pragma=override)
        self._class(f"Workspace{name}", base + option, f"An event of the type {_plain(event_type)}.", lines)

    def text(self) -> str:
        """The whole module."""
        imports = [
            f"import {module} as dt" if names == {""} else _import(module, names)
            for module, names in sorted(self.imported.items(), key=lambda one: (one[1] != {""}, one[0]))
        ]
        of_python = [one for one in imports if "contacthub_orm" not in one]
        of_library = [one for one in imports if "contacthub_orm" in one]
        head = ["\n".join(group) for group in (of_python, of_library) if group]
        text = "\n".join([_HEADER, *(f"{one}\n" for one in head)])
        is_class = not self.blocks or self.blocks[0].startswith("class ")
        gap = "\n\n" if is_class else "\n"  # isort wants one blank line between imports and an assignment
        return text + gap + "\n\n\n".join(self.blocks) + "\n" if self.blocks else text

    def _subclass(
        self, base: type[Mapped], shape: Structure, prefix: str, event_type: str, name: str | None = None
    ) -> str | None:
        """Write a subclass of a library's class of properties that adds what a shape has more; None if it has nothing more.

        Classes of its parts have names that begin with `prefix`, and so has the class itself if no other name is given.
        """
        own: dict[str, list[str] | Field] = {}
        for key, field in sorted((shape.fields or {}).items()):
            attribute = base.__keys__.get(key)
            if attribute is None:
                own[key] = field
                continue
            target, is_list = _class_of(attribute)
            inner = _element(field.shape) if is_list else field.shape
            if target is None or not isinstance(inner, Structure) or not inner.fields:
                continue
            below = class_name(prefix, key)
            if target.__open__:
                found: str | None = self._written(below, inner, f"`{_plain(key)}` of {_plain(event_type)}.")
            else:
                found = self._subclass(target, inner, below, event_type)
            if found is not None:
                pragma = "" if target.__open__ else _OVERRIDE_OF_LIST if is_list else _OVERRIDE
                write = self._list if is_list else self._embedded
                own[key] = write(attribute.name, found, pragma=pragma)
        if not own or not hasattr(library, base.__name__):
            return None
        base_name = self._imported("contacthub_orm.contacthub.events", base.__name__)
        taken = {*self.names.used, *base.__attributes__}
        return self._class(
            name or prefix,
            base_name,
            f"Properties of {_plain(event_type)}, with those of this workspace.",
            self._lines(own, prefix, taken),
        )

    def _written(self, name: str, shape: Structure, doc: str) -> str:
        """Write a class for an object; gives its name."""
        name = self.names.claim(name)
        lines = self._lines(shape.fields or {}, name, self.names.used)
        return self._class(name, self._from_library("Properties"), doc, lines, claimed=True)

    def _class(self, name: str, base: str, doc: str, lines: list[str], *, claimed: bool = False) -> str:
        name = name if claimed else self.names.claim(name)
        body = [f'    """{doc}"""', *([""] if lines else []), *lines]
        self.blocks.append("\n".join([f"class {name}({base}):", *body]).rstrip())
        return name

    def _lines(self, fields: Mapping[str, list[str] | Field], owner: str, taken: set[str]) -> list[str]:
        """The declarations of properties, by key; lines that are written already stand as they are."""
        annotations = {
            key: self._declaration(key, fields[key], owner) for key in sorted(fields)
        }  # before the names, which must not be those of classes
        taken = {*taken, *self.names.used}
        lines: list[str] = []
        for key, (annotation, call, arguments) in annotations.items():
            field = fields[key]
            if isinstance(field, list):
                lines += field
                continue
            name = attribute_name(key, taken)
            taken.add(name)
            given = ["default=None", *([] if name == key else [f"name={quoted(key)}"]), *arguments]
            lines += _bracketed(f"    {name}: {annotation} = {call}", "()", given)
            if field.description is not None and (doc := _docstring(field.description)):
                lines += [*doc, ""]
        return lines

    def _declaration(self, key: str, field: list[str] | Field, owner: str) -> tuple[str, str, list[str]]:
        """The annotation of a property, what is called to declare it, and with which further arguments."""
        if isinstance(field, list):
            return "", "", []
        arguments = ["required=True"] if field.required else []
        if isinstance(field.shape, Structure):
            target = "Any"
            if field.shape.fields:
                target = self._written(class_name(owner, key), field.shape, f"`{_plain(key)}` of {owner}.")
            else:
                self._imported("typing", "Any")
            self._from_library("Embedded", "embedded")
            return f"Embedded[{target}]", "embedded", arguments
        self._from_library("Attr", "attr")
        if field.max_length is not None:
            self._imported("contacthub_orm.contacthub.values.limits", "at_most")
            arguments.append(f"validator=at_most({field.max_length})")
        annotation = self._annotation(field.shape, class_name(owner, key), f"`{_plain(key)}` of {owner}.")
        is_whole = annotation == "Any" or isinstance(field.shape, ListOf)
        return f"Attr[{annotation}]" if is_whole else f"Attr[{annotation} | None]", "attr", arguments

    def _annotation(self, shape: Shape, name: str, doc: str) -> str:
        """The type of a value; classes and enumerations in it are written, under names like the given one."""
        if isinstance(shape, ListOf):
            return f"list[{self._annotation(shape.element, name, doc)}]"
        if isinstance(shape, Choice):
            self._imported("typing", "Literal")
            name = self.names.claim(name)
            self.blocks.append(
                "\n".join(_bracketed(f"{name} = Literal", "[]", list(map(quoted, shape.values))))
            )
            return name
        if isinstance(shape, Structure) and shape.fields:
            return self._written(name, shape, doc)
        if isinstance(shape, Structure):
            return f"dict[str, {self._imported('typing', 'Any')}]"
        if isinstance(shape, Scalar):
            if shape.kind not in ("string", "integer", "number", "boolean"):
                self._imported("datetime", "")
            return _SCALARS[shape.kind]
        return self._imported("typing", "Any")

    def _embedded(self, name: str, target: str, *arguments: str, pragma: str = "") -> list[str]:
        self._from_library("Embedded", "embedded")
        given = ["default=None", *arguments]
        return _bracketed(f"    {name}: Embedded[{target}] = embedded", "()", given, pragma)

    def _list(self, name: str, target: str, *, pragma: str = "") -> list[str]:
        self._from_library("Attr", "attr")
        return _bracketed(f"    {name}: Attr[list[{target}]] = attr", "()", ["default=None"], pragma)

    def _from_library(self, *names: str) -> str:
        for name in names:
            self._imported("contacthub_orm", name)
        return names[0]

    def _imported(self, module: str, name: str) -> str:
        self.imported.setdefault(module, set()).add(name)
        return name


@cache
def _library_classes() -> dict[str, type[Event]]:
    """The library's own classes by their types of events. A user's class for a type is no base of a written one."""
    named = [getattr(library, name) for name in library.__all__]
    classes = [one for one in named if isinstance(one, type) and issubclass(one, Event)]
    return {one.__event_type__: one for one in classes if one.__event_type__ is not None}


def _class_of(attribute: Attribute) -> tuple[type[Mapped] | None, bool]:
    """The class of an embedded object, or of the objects in a list; and whether it is a list."""
    if isinstance(attribute, Embedded):
        return attribute.target, False
    declared: Any = without_none(element_type(attribute.declared))
    return (declared if is_object(declared) else None), True


def _element(shape: Shape) -> Shape | None:
    return shape.element if isinstance(shape, ListOf) else None


def _plain(key: str) -> str:
    """A key as a docstring can show it."""
    shown = "".join(one if one.isprintable() and one not in '\\"' else "?" for one in key)
    return shown if len(shown) <= _LONGEST_KEY else f"{shown[:_LONGEST_KEY]}..."


def _docstring(description: str) -> list[str]:
    shown = "".join(one if one.isprintable() else " " for one in description)
    said = " ".join(shown.replace("\\", "\\\\").replace('"', "'").split())
    if not said:
        return []
    said += "" if said[-1] in ".!?" else "."
    if len(said) <= _WIDTH - 4 - 6:
        return [f'    """{said}"""']
    lines = textwrap.wrap(said, _WIDTH - 4 - 3, break_long_words=False, break_on_hyphens=False)
    return [f'    """{lines[0]}', *(f"    {one}" for one in lines[1:]), '    """']


def _bracketed(head: str, brackets: str, items: list[str], pragma: str = "") -> list[str]:
    """A call or a subscript on one line, or an item a line if it is too long; with a comment for a type checker."""
    opening, closing = brackets[0], brackets[1]
    line = f"{head}{opening}{', '.join(items)}{closing}"
    if len(line) <= _WIDTH:
        return [line + pragma]
    indent = " " * (len(head) - len(head.lstrip()))
    return [f"{head}{opening}{pragma}", *(f"{indent}    {one}," for one in items), f"{indent}{closing}"]


def _import(module: str, names: set[str]) -> str:
    ordered = sorted(names, key=lambda one: (not one[:1].isupper(), one.lower(), one))
    line = f"from {module} import {', '.join(ordered)}"
    if len(line) <= _WIDTH:
        return line
    return "\n".join([f"from {module} import (", *(f"    {one}," for one in ordered), ")"])
