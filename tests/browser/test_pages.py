"""Every page of the console, as a browser shows it."""

from __future__ import annotations

from typing import Final

import pytest

from tests.browser.looks import PAGES, THEMES, WIDTHS, address

CONTRAST: Final = 4.5
"""What WCAG 2.2 asks for at level AA, between text and what is behind it."""

FAINT: Final = """() => {
  const parts = (color) => {
    const numbers = color.match(/[\\d.]+/g).map(Number);
    const scale = color.startsWith("color(") ? 255 : 1;
    return [...numbers.slice(0, 3).map((part) => part * scale), numbers.length > 3 ? numbers[3] : 1];
  };
  const light = ([r, g, b]) => [r, g, b]
    .map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const color = parts(getComputedStyle(at).backgroundColor);
      if (color[3] === 1) return color;
    }
    return [255, 255, 255, 1];
  };
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !element.checkVisibility() || element.closest(".unseen, .skip")) continue;
    const levels = [light(parts(getComputedStyle(element).color)), light(behind(element))].sort((a, b) => b - a);
    const ratio = (levels[0] + 0.05) / (levels[1] + 0.05);
    if (ratio < LEAST) found.push([walk.currentNode.textContent.trim(), ratio]);
  }
  return found;
}""".replace("LEAST", str(CONTRAST))

NAMELESS: Final = """() => [...document.querySelectorAll("input:not([type=hidden]), select, textarea, button, a")]
  .filter((one) => one.checkVisibility())
  .filter((one) => !(one.labels?.length || one.textContent.trim() || one.ariaLabel))
  .map((one) => one.outerHTML)"""


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_every_page_fits_its_window_can_be_read_and_names_its_controls(town, opened, theme, width):
    tab = opened(viewport={"width": width, "height": 800}, color_scheme=theme)

    for name in PAGES:
        tab.goto(address(town, name))

        assert tab.locator("h1").count() == 1, name
        assert tab.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
        assert tab.evaluate(FAINT) == [], name
        assert tab.evaluate(NAMELESS) == [], name
        assert tab.evaluate("new Set([...document.querySelectorAll('[id]')].map((one) => one.id)).size") == (
            tab.locator("[id]").count()
        ), name


def test_the_theme_is_the_systems(town, opened):
    grounds = []
    for theme in THEMES:
        tab = opened(color_scheme=theme)
        tab.goto(f"{town.url}/customers")
        grounds.append(tab.evaluate("getComputedStyle(document.body).backgroundColor"))

    assert grounds == ["rgb(244, 246, 248)", "rgb(15, 20, 26)"]


def test_the_navigation_leads_to_every_page_and_marks_where_one_is(town, tab):
    tab.goto(str(town.url))

    for name in ("Events", "Requests", "Faults", "Settings", "State", "Customers"):
        tab.get_by_role("navigation", name="Pages", exact=True).get_by_role("link", name=name).click()
        assert tab.get_by_role("heading", level=1).inner_text() == name
        assert tab.locator("nav [aria-current=page]").inner_text() == name


def test_the_keyboard_reaches_the_page_and_a_result(town, tab):
    tab.goto(f"{town.url}/customers")

    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.textContent") == "Skip to the page"
    tab.keyboard.press("Enter")
    tab.keyboard.press("Tab")
    tab.keyboard.type("diana prince")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**q=diana*")
    tab.get_by_role("link", name="Diana Prince").first.focus()
    assert tab.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    tab.keyboard.press("Enter")

    assert tab.get_by_role("heading", level=1).inner_text() == "Diana Prince"


def test_a_document_with_markup_is_shown_as_text(town, tab):
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    [customer] = town.sandbox.seed([{"externalId": evil, "base": {"firstName": evil}}])
    town.call("PATCH", f"/customers/{customer}", {"base": {"lastName": evil}})

    tab.goto(f"{town.url}/customers/{customer}")

    assert evil in tab.get_by_role("heading", level=1).inner_text()
    assert evil in tab.locator("ins").first.inner_text()
