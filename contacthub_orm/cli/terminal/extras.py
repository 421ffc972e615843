"""Packages that only some commands need."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

__all__ = ["needed"]


def needed(module: str, extra: str, purpose: str) -> Any:
    """Import a module of a package that an extra brings.

    Raises:
        click.ClickException: if it is not installed; the message says how to install it.
    """
    try:
        return import_module(module)
    except ImportError:
        package = module.partition(".")[0]
        raise click.ClickException(
            f'{purpose} needs {package}; install it with: pip install "contacthub_orm[{extra}]"'
        ) from None
