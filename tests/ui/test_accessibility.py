"""The components page in Chromium: axe, phone width, zoom, tables, no script."""

import pytest
from playwright.sync_api import ViewportSize

from tests.support.chromium.page_audit import audit, measure_overflow, run_axe
from tests.ui.conftest import FakeSite, OpenPage, render

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("ui")]
PAGES = {
    "components": ("showcase/components.html", {}),
    "sign-in": ("accounts/login.html", {}),
    "not found": ("404.html", {"request_id": "a1b2c3d4"}),
    "server error": ("500.html", {}),
}
# The focused element if it has no focus ring; after the last element the body has the focus.
WITHOUT_FOCUS_RING = """() => {
  const el = document.activeElement;
  const shown = el.matches('.filedrop-area > input') ? el.nextElementSibling : el;
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  const ring = outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2;
  return ring || el === document.body ? '' : el.outerHTML;
}"""


def size(width: int, height: int = 800) -> ViewportSize:
    return ViewportSize(width=width, height=height)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_in_every_look(name: str, site: FakeSite, open_page: OpenPage) -> None:
    template, context = PAGES[name]
    site.responses["/"] = render(template, **context)
    assert audit(open_page()) == []
    assert site.console_messages == []


def test_axe_finds_a_planted_fault(site: FakeSite, open_page: OpenPage) -> None:
    site.responses["/"] = render("404.html").replace("<h1>", '<img src="/static/favicon.svg"><h1>')
    assert [line.split(":")[0] for line in run_axe(open_page())] == ["image-alt"]


def test_the_check_finds_clipped_text(site: FakeSite, open_page: OpenPage) -> None:
    site.responses["/"] = render("404.html")
    page = open_page()
    page.evaluate(
        "document.querySelector('h1').replaceChildren('Наименование'.repeat(9)),"
        "document.adoptedStyleSheets.push(new CSSStyleSheet()),"
        "document.adoptedStyleSheets[0].replaceSync('h1 { overflow: hidden; white-space: nowrap }')"
    )
    assert any("cut off: <h1" in line for line in audit(page))


def test_spaced_out_text_does_not_scroll_sideways(site: FakeSite, open_page: OpenPage) -> None:
    page = open_page(viewport=size(360))
    page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important;'
            + 'word-spacing: .16em !important } p { margin-bottom: 2em !important }');
          document.adoptedStyleSheets = [sheet];
        }"""
    )
    assert measure_overflow(page) <= 0


def test_a_table_on_a_phone_is_still_a_table(open_page: OpenPage) -> None:
    page = open_page(viewport=size(360))
    table = page.get_by_role("table", name="Найдено 6 заданий")
    assert table.get_by_role("row").count() == 7
    assert table.get_by_role("columnheader").count() == 7
    assert table.get_by_role("row").nth(1).get_by_role("cell").count() == 7


def test_targets_are_large_enough(open_page: OpenPage) -> None:
    small = open_page(viewport=size(360)).evaluate(
        """() => [...document.querySelectorAll('button, a.btn, summary, .chips a, .pagination a')]
          .filter((el) => el.checkVisibility())
          .map((el) => [el.getBoundingClientRect(), el.outerHTML])
          .filter(([box]) => box.width < 24 || box.height < 24).map(([, html]) => html)"""
    )
    assert small == []


def test_focus_is_visible_on_every_stop(open_page: OpenPage) -> None:
    page = open_page()
    without_ring = []
    for _ in range(80):
        page.keyboard.press("Tab")
        without_ring.append(page.evaluate(WITHOUT_FOCUS_RING))
    assert [html for html in without_ring if html] == []


def test_the_menu_opens_on_a_phone_without_a_script(open_page: OpenPage) -> None:
    page = open_page(viewport=size(360), java_script_enabled=False)
    menu = page.get_by_role("navigation", name="Основное меню")
    assert not menu.is_visible()
    page.get_by_role("button", name="Меню").click()
    assert menu.get_by_role("link", name="Справка").is_visible()


def test_without_a_script_plain_controls_replace_those_of_scripts(open_page: OpenPage) -> None:
    page = open_page(java_script_enabled=False)
    assert page.locator(".js-only:visible").count() == 0
    assert page.get_by_role("button", name="Найти").count() == 3
    box = page.locator("#file").bounding_box()
    assert box is not None
    assert box["width"] > 100


def test_the_main_action_stays_in_reach_on_a_phone(open_page: OpenPage) -> None:
    page = open_page(viewport=size(360))
    for position in (0, 3000, 9000):
        page.evaluate(f"scrollTo(0, {position})")
        box = page.get_by_role("button", name="Создать задание").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 800


def test_a_focused_field_is_not_behind_the_main_action(open_page: OpenPage) -> None:
    page = open_page(viewport=size(360))
    bar = page.locator(".missing .action-bar").bounding_box()
    assert bar is not None
    page.evaluate("scrollTo(0, 0)")
    page.locator("#id_account").focus()
    field = page.locator("#id_account").bounding_box()
    assert field is not None
    assert field["y"] + field["height"] <= bar["y"]


def test_a_printed_page_shows_statuses_and_no_navigation(open_page: OpenPage) -> None:
    page = open_page(color_scheme="dark")
    page.emulate_media(media="print")
    assert page.get_by_text("Документ на подписании").first.is_visible()
    assert not page.locator(".side-nav, .app-header, .tabs, #toasts").first.is_visible()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(255, 255, 255)"


def test_a_page_needs_few_requests_and_no_other_host(site: FakeSite, open_page: OpenPage) -> None:
    hosts = open_page().evaluate(
        "performance.getEntriesByType('resource').map((entry) => new URL(entry.name).origin)"
    )
    assert set(hosts) == {site.origin}
    assert len({request.path for request in site.requests}) <= 10


def test_the_fonts_are_used(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate("document.fonts.ready.then(() => true)")
    assert page.evaluate("document.fonts.check('16px \"Golos Text\"', 'Задание 12')")
