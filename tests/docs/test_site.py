"""The pages as a site: each is in the table of contents, links lead to headings that exist, pictures can be read by all."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from tools.site.borrowed import BORROWED, borrowed_text
from tools.site.contents import entries, with_cards, with_menu
from tools.site.docstrings import as_restructured_text
from tools.site.links import repository, with_links
from tools.site.reference import with_docstrings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md"]
PICTURES = sorted((DOCS / "pictures").glob("*.svg"))
NAMESPACE = "{http://www.w3.org/2000/svg}"


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def prose_of(page: Path) -> str:
    return re.sub(r"^```.*?^```$", "", text_of(page), flags=re.DOTALL | re.MULTILINE)


@cache
def anchors_of(page: Path) -> set[str]:
    """What links can name on a page: its headings, as the repository and the site spell them."""
    headings = re.findall(r"^#+ (.+)$", prose_of(page), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", one.lower()).replace(" ", "-") for one in headings}


def listed(index: str) -> list[Path]:
    return [(DOCS / index).parent / f"{entry}.md" for entry in entries(text_of(DOCS / index))]


def test_every_page_is_in_a_table_of_contents() -> None:
    found = [*listed("index.md"), *listed("tutorial/index.md"), *listed("reference/index.md")]

    assert {page.resolve() for page in found} == {*DOCS.rglob("*.md")} - {DOCS / "index.md"}


def test_links_to_headings_lead_to_one() -> None:
    missing = [
        f"{page.name}: {target}#{anchor}"
        for page in PAGES
        for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", text_of(page))
        if anchor not in anchors_of((page.parent / target).resolve() if target else page)
    ]

    assert missing == []


def test_addresses_are_well_formed() -> None:
    for page in PAGES:
        for address in re.findall(r"\]\((https?:[^)]*)\)", prose_of(page)):
            parts = urlsplit(address)
            assert re.fullmatch(r"[\w.-]+(:\d+)?", parts.netloc), (page, address)
            assert " " not in address, page


@pytest.mark.parametrize("picture", PICTURES, ids=lambda path: path.name)
def test_a_picture_says_what_it_shows_and_carries_its_own_colours(picture: Path) -> None:
    drawn = ElementTree.parse(picture).getroot()
    texts = [drawn.find(f"{NAMESPACE}{name}") for name in ("title", "desc")]
    filled = {one.get("class") for one in drawn.iter(f"{NAMESPACE}rect")}

    assert drawn.get("role") == "img"
    assert all(text is not None and text.text for text in texts)
    assert filled <= {
        "deep",
        "mid",
        "calm",
        "good",
        "bad",
        "doubt",
    }  # no text stands on the page's own background


# -- what the site makes of a page ------------------------------------------------------------------------------------


def test_lists_of_the_front_page_become_cards_and_parts_of_the_menu() -> None:
    page = with_cards(
        "# Title\n\n## Begin\n\n- [One](one.md): the first\n  of all.\n- [Two](a/two.md): more.\n\n## Words\n\nx\n"
    )

    assert ":::{grid-item-card} One\n:link: one\n:link-type: doc\n\nThe first of all.\n:::" in page
    assert "```{toctree}\n:hidden:\n:caption: Begin\n\none\na/two\n```" in page
    assert page.endswith("## Words\n\nx\n")


def test_a_numbered_list_becomes_a_menu() -> None:
    assert with_menu("1. [One](one.md): x.\n").endswith("```{toctree}\n:hidden:\n\none\n```\n")


def test_links_out_of_the_docs_lead_to_the_repository_or_to_a_borrowed_page() -> None:
    assert with_links(
        "[x](../../examples/loyalty) [y](../../CHANGELOG.md#a) [z](../errors.md)", "how-to/x"
    ) == (f"[x]({repository()}/tree/main/examples/loyalty) [y](../changelog.md#a) [z](../errors.md)")


@pytest.mark.parametrize("page", BORROWED)
def test_a_borrowed_page_has_the_text_of_its_file(page: str) -> None:
    assert borrowed_text(page).startswith(text_of(ROOT / BORROWED[page])[:80])
    assert "](docs/" not in borrowed_text(page)


def test_a_section_of_the_reference_ends_with_docstrings() -> None:
    page = with_docstrings(
        "# X\n\n## Sessions\n\nNames of `contacthub_orm`: `Session`,\n`select`.\n\ntext\n\n## Next\n"
    )

    assert "text\n\n```{eval-rst}\n.. autoclass:: contacthub_orm.Session\n" in page
    assert ".. autofunction:: contacthub_orm.select\n" in page
    assert page.endswith("## Next\n")


def test_backticks_and_fences_of_docstrings_are_translated() -> None:
    lines = ["Give `a`s or ``b``.", "```", "x = 1", "```"]
    as_restructured_text(None, "", "", None, None, lines)

    assert lines == ["Give ``a``\\ s or ``b``.", "::", "", "    x = 1", "", ""]
