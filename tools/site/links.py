"""Links that leave `docs/`: to a page that is made of the file, or to the file in the repository."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import PurePosixPath

from tools.site.borrowed import BORROWED, ROOT

__all__ = ["repository", "with_links"]


@cache
def repository() -> str:
    """The address of the repository."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    address: str = settings["project"]["urls"]["Repository"]
    return address


def with_links(text: str, page: str) -> str:
    """A page whose links lead somewhere on the site, or to the repository."""
    folder = PurePosixPath("docs", page).parent

    def resolved(link: re.Match[str]) -> str:
        path, _, anchor = link[1].partition("#")
        target = _plain(folder / path)
        if target.parts[:1] == ("docs",):
            return link[0]
        for borrower, file in BORROWED.items():
            if str(target) == file:
                up = "../" * (len(folder.parts) - 1)
                return f"]({up}{borrower}.md{'#' + anchor if anchor else ''})"
        kind = "tree" if (ROOT / target).is_dir() else "blob"
        return f"]({repository()}/{kind}/main/{target}{'#' + anchor if anchor else ''})"

    return re.sub(r"\]\((?!https?:|mailto:|#)([^)\s]+)\)", resolved, text)


def _plain(path: PurePosixPath) -> PurePosixPath:
    """The path without `..`."""
    parts: list[str] = []
    for part in path.parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return PurePosixPath(*parts)
