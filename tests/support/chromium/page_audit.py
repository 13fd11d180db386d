"""The audit of a page: accessibility and layout in every colour scheme, width and zoom.

The page is loaded once, because loading it for every combination would take far longer. Axe takes
a second or more for each of its runs: without `--long` it is given one of the widths, drawn by the
seed of the run.
"""

import json
import os
import random

from axe_playwright_python.base import AXE_SCRIPT  # type: ignore[import-untyped]
from playwright.sync_api import Page

from tests.support.plugins.sampling import LONG_VARIABLE, SEED_VARIABLE

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# The colour scheme can change only these; the other rules see the same document in both.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
DESKTOP, PHONE = 1280, 360
# The widths of a window of 1280 pixels at 200 % and at 400 % (WCAG 1.4.4, 1.4.10).
ZOOMED = (640, 320)
HEIGHT = 800
# Without it axe could measure a colour in the middle of a transition.
DISABLE_TRANSITIONS = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('*, ::before, ::after { transition: none !important }');
  document.adoptedStyleSheets.push(sheet);
}"""
# Elements that are cut off without a scroll bar; texts for screen readers only may be.
FIND_CUT_OFF = """() => [...document.querySelectorAll('body *')].filter((el) => {
  const style = getComputedStyle(el);
  return el.scrollWidth > el.clientWidth + 1 && style.clipPath === 'none'
    && ['hidden', 'clip'].includes(style.overflowX) && style.textOverflow !== 'ellipsis'
    && el.checkVisibility() && !el.closest('svg, .visually-hidden');
}).map((el) => el.outerHTML.slice(0, 200))"""


def audit(page: Page) -> list[str]:
    """The problems of the open page; each line begins with the width, empty if there are none.

    Axe runs in light and dark, at 1280 or 360 pixels (with `--long` at both). At these widths, at
    200 % and at 400 % nothing may be wider than the window or cut off.
    """
    problems = []
    axe_widths = choose_axe_widths(page)
    page.evaluate(DISABLE_TRANSITIONS)
    page.emulate_media(color_scheme="light")
    for width in (DESKTOP, *ZOOMED, PHONE):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        problems += [f"{width} px: {problem}" for problem in _find_overflows(page)]
        if width in axe_widths:
            problems += [f"{width} px, light: {problem}" for problem in run_axe(page)]
    page.emulate_media(color_scheme="dark")
    for width in axe_widths:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        problems += [f"{width} px, dark: {problem}" for problem in run_axe(page, COLOUR_RULES)]
    return problems


def choose_axe_widths(page: Page) -> tuple[int, ...]:
    """The widths in which axe looks at the page."""
    if os.environ.get(LONG_VARIABLE):
        return (PHONE, DESKTOP)
    dice = random.Random(f"{os.environ[SEED_VARIABLE]} {page.title()}")
    return (dice.choice([PHONE, DESKTOP]),)


def run_axe(page: Page, rules: list[str] = RULES) -> list[str]:
    """The violations that axe finds in the page as it is, one line a rule."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE_SCRIPT)  # the CSP does not apply to the test's own scripts
    options = json.dumps({"runOnly": rules, "resultTypes": ["violations"]})
    violations = page.evaluate(f"axe.run(document, {options}).then(result => result.violations)")
    return [f"{rule['id']}: {[node['html'] for node in rule['nodes']][:3]}" for rule in violations]


def measure_overflow(page: Page) -> int:
    """How many pixels the page is wider than its window."""
    root = "document.documentElement"
    return int(page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))


def _find_overflows(page: Page) -> list[str]:
    overflow = measure_overflow(page)
    problems = [f"{overflow} px wider than the window"] if overflow > 0 else []
    return problems + [f"cut off: {html}" for html in page.evaluate(FIND_CUT_OFF)]
