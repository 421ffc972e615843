"""The errors of a sandbox that cannot keep its data, or not read them aside. It imports nothing optional."""

from __future__ import annotations

__all__ = ["NeedsTransaction", "SandboxError", "StorageFull"]


class SandboxError(Exception):
    """The data file cannot be used: it is in use, another program's or corrupt, or its place is missing."""


class StorageFull(SandboxError):  # noqa: N818 - named for what it says
    """The disk is full. Nothing was written, and the sandbox goes on."""


class NeedsTransaction(Exception):  # noqa: N818 - named for what it says
    """A snapshot does not do for a request, because something must be written, such as an index."""
