"""Docstrings as Sphinx reads them: they are written with the backticks and fences of Markdown."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["as_restructured_text"]


def as_restructured_text(
    _app: Any, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]
) -> None:
    """Rewrite the lines of a docstring in place: names in backticks become literals, fences literal blocks."""
    written: list[str] = []
    inside = False
    for line in lines:
        if line.strip().startswith("```"):
            written += ["", ""] if inside else ["::", ""]
            inside = not inside
        elif inside:
            written.append(f"    {line}")
        else:
            written.append(re.sub(r"(?<!`)`([^`]+)`(?!`)(?=(\w)?)", _literal, line))
    lines[:] = written


def _literal(name: re.Match[str]) -> str:
    return f"``{name[1]}``" + ("\\ " if name[2] else "")
