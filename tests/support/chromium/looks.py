"""A page in every look: light and dark, a desk and a phone, zoomed in to 400 %.

One page is loaded once and turned about: loading it anew for each look would cost far more.
"""

import json

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What a colour scheme can change; the other rules look at the same document in both.
RULES_OF_COLOURS = ["color-contrast", "link-in-text-block"]
DESK, PHONE = 1280, 360
# A window of 1280 pixels at 200 % and at 400 % has so many (WCAG 1.4.4, 1.4.10).
ZOOMED = (640, 320)
HEIGHT = 800
# No colour may be measured half-way to another.
STILL = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('*, ::before, ::after { transition: none !important }');
  document.adoptedStyleSheets.push(sheet);
}"""
# Texts and fields that a box without a scroll bar cuts off; what is for the ear alone may be cut.
CUT = """() => [...document.querySelectorAll('body *')].filter((el) => {
  const style = getComputedStyle(el);
  return el.scrollWidth > el.clientWidth + 1 && style.clipPath === 'none'
    && ['hidden', 'clip'].includes(style.overflowX) && style.textOverflow !== 'ellipsis'
    && el.checkVisibility() && !el.closest('svg, .visually-hidden');
}).map((el) => el.outerHTML.slice(0, 200))"""


def faults(page: Page) -> list[str]:
    """What is wrong with the open page in any look, each line with its look; [] is good.

    Axe in light and dark, at 1280 and 360 pixels; nothing wider than the window and nothing cut
    off there, at 200 % and at 400 %.
    """
    found = []
    page.evaluate(STILL)
    page.emulate_media(color_scheme="light")
    for width in (DESK, *ZOOMED, PHONE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"{width} px: {line}" for line in _does_not_fit(page)]
        if width not in ZOOMED:
            found += [f"{width} px, light: {line}" for line in findings(page)]
    page.emulate_media(color_scheme="dark")
    for width in (PHONE, DESK):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        found += [f"{width} px, dark: {line}" for line in findings(page, rules=RULES_OF_COLOURS)]
    return found


def findings(page: Page, rules: list[str] = RULES) -> list[str]:
    """What axe finds wrong in the page as it stands, one line a rule."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)  # past the content policy, as a person would look
    options = json.dumps({"runOnly": rules, "resultTypes": ["violations"]})
    found = page.evaluate(f"axe.run(document, {options}).then(found => found.violations)")
    return [f"{each['id']}: {[node['html'] for node in each['nodes']][:3]}" for each in found]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    root = "document.documentElement"
    return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


def _does_not_fit(page: Page) -> list[str]:
    wider = overflow(page)
    lines = [f"{wider} px wider than the window"] if wider > 0 else []
    return lines + [f"cut off: {html}" for html in page.evaluate(CUT)]
