"""Index pages: their lists of links are the table of contents. On the front page of the site they are cards."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["entries", "sections", "with_cards", "with_menu"]

ITEM: Final = re.compile(
    r"^(?:-|\d\.) \[(?P<title>[^\]]+)\]\((?P<page>[^)]+)\.md\): (?P<text>(?:.+\n(?:  .+\n)*))", re.MULTILINE
)
"""An entry of a list: the title of a page, the page, and what it is about."""


def sections(text: str) -> list[tuple[str, str]]:
    """The sections of the page that are lists of pages: the title and the text of each."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)[1:]
    pairs = list(zip(parts[::2], parts[1::2], strict=True))
    return [(title, body) for title, body in pairs if ITEM.search(body)]


def entries(text: str) -> list[str]:
    """The pages that are listed, in order and without their ending."""
    return [item["page"] for item in ITEM.finditer(text)]


def with_menu(text: str) -> str:
    """The page with what Sphinx needs to put the pages that it lists below it in the menu."""
    return f"{text}\n{_menu(entries(text))}"


def with_cards(text: str) -> str:
    """The page with cards in place of its lists, each of which is a part of the menu."""
    for title, body in sections(text):
        first, last = (list(ITEM.finditer(body))[place] for place in (0, -1))
        cards = "".join(map(_card, ITEM.finditer(body)))
        drawn = (
            f"::::{{grid}} 1 2 2 3\n:gutter: 2\n\n{cards}::::\n\n{_menu(entries(body), f':caption: {title}')}"
        )
        text = text.replace(body, body[: first.start()] + drawn + body[last.end() :])
    return text


def _menu(pages: list[str], *options: str) -> str:
    return "\n".join(["```{toctree}", ":hidden:", *options, "", *pages, "```", ""])


def _card(item: re.Match[str]) -> str:
    about = re.sub(r"\s+", " ", item["text"]).strip()
    about = about[0].upper() + about[1:]
    return (
        f":::{{grid-item-card}} {item['title']}\n:link: {item['page']}\n:link-type: doc\n\n{about}\n:::\n\n"
    )
