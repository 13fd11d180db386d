"""Rules of docs/ui.md for every template, and the pages that need no data."""

import re
from pathlib import Path

import html5lib  # type: ignore[import-untyped]
import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory

from econtract.platform.common.toasts import UndoToast, offer_undo
from econtract.platform.listing.query import MAX_SEARCH_LENGTH
from tests.support.paths import ROOT
from tests.ui.conftest import render

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
ICONS = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/icons.svg").read_text()))
ERRORS = ["400", "403", "403_csrf", "404", "413", "429", "500", "503"]
PLAIN = [f"{code}.html" for code in ERRORS]
COMMENT = re.compile(r"{% comment %}.*?{% endcomment %}|{#.*?#}", re.S)
FORBIDDEN = {
    "an inline style": r"\sstyle\s*=|<style\b",
    "an inline handler": r"\son[a-z]+\s*=\s*[\"']",
    "an inline script": r"<script(?![^>]*\bsrc=)",
    "an htmx attribute without data-": r"\shx-[a-z]+\s*=",
    "htmx code in an attribute": r"data-hx-on|js:|javascript:",
    "another host": r"(?:src|href)=\"(?:https?:)?//",
}


def read_templates() -> dict[str, str]:
    """Every template by its name."""
    return {str(path.relative_to(ROOT / "templates")): path.read_text() for path in TEMPLATES}


@pytest.mark.parametrize("forbidden", FORBIDDEN)
def test_no_template_contains(forbidden: str) -> None:
    pattern = re.compile(FORBIDDEN[forbidden])
    names = [
        name for name, text in read_templates().items() if pattern.search(COMMENT.sub("", text))
    ]
    assert names == []


def test_a_fragment_is_named_as_one() -> None:
    """A page extends a base; a fragment has an underscore or is in a folder of fragments."""
    misnamed = []
    for name, text in read_templates().items():
        path = Path(name)
        if name.startswith(("archive/", "admin/", "tasks/demo/", "base", "500")):
            continue
        folders = {"components", "forms", "cells"}
        is_fragment = path.name.startswith("_") or path.parent.name in folders
        if is_fragment == text.startswith("{% extends "):
            misnamed.append(name)
    assert misnamed == []


def test_a_comment_says_what_a_template_is() -> None:
    templates = read_templates().items()
    assert [
        name
        for name, text in templates
        if not name.startswith("archive/") and not COMMENT.search(text)
    ] == []


def test_no_line_is_longer_than_200_characters() -> None:
    assert [
        f"{name}:{number}"
        for name, text in read_templates().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if len(line) > 200
    ] == []


def test_a_search_field_takes_no_more_than_the_search_reads() -> None:
    """A longer text would make an address that servers refuse in English."""
    field = re.compile(r'<input\b(?=[^>]*(?:type="search"|name="{{ query_name }}"))[^>]*>')
    fields = [tag for text in read_templates().values() for tag in field.findall(text)]
    assert len(fields) >= 8
    limit = f'maxlength="{MAX_SEARCH_LENGTH}"'
    assert [tag for tag in fields if limit not in tag] == []


def test_the_letter_yo_is_not_used() -> None:
    assert [name for name, text in read_templates().items() if re.search("[ёЁ]", text)] == []


def test_every_icon_exists() -> None:
    missing = {}
    for name, text in read_templates().items():
        used = re.findall(r'{% icon "([^"]+)"', text)
        used += re.findall(r'\bicon="([^"]+)"', text)
        used += re.findall(r"icons\.svg' %}#([a-z0-9-]+)\"", text)
        if unknown := set(used) - ICONS:
            missing[name] = unknown
    assert missing == {}


@pytest.mark.parametrize("name", [*PLAIN, "showcase/components.html", "accounts/login.html"])
def test_a_page_is_well_formed_russian_html_with_one_heading(name: str) -> None:
    page = render(name)
    parser = html5lib.HTMLParser(namespaceHTMLElements=False, strict=False)
    document = parser.parse(page.lstrip())
    assert parser.errors == []
    assert document.get("lang") == "ru"
    assert len(document.findall(".//h1")) == 1
    assert " ".join(document.findtext(".//title").split()).endswith(" – E-Contract")


def test_ids_are_unique_on_the_components_page() -> None:
    ids = re.findall(r'\sid="([^"]+)"', render("showcase/components.html"))
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize("name", PLAIN)
def test_an_error_page_needs_no_context(name: str) -> None:
    assert "E-Contract" in render_to_string(name)


def test_an_error_page_shows_the_request_number() -> None:
    assert "a1b2c3d4" in render("404.html", request_id="a1b2c3d4")


def test_the_403_page_shows_the_reason() -> None:
    reason = "Нужна роль «Тимлидер»"
    assert reason in render("403.html", exception=reason)


def test_base_leaves_out_what_it_has_no_data_for() -> None:
    page = render("showcase/components.html", nav={})
    for part in ('role="search"', 'id="bell"', "menu user", "data-poll", "Отчеты"):
        assert part not in page


def test_the_title_mentions_errors() -> None:
    page = render("showcase/components.html", form={"errors": {"inn": ["Введите ИНН"]}})
    assert re.search(r"<title>Ошибка: \(2\) Компоненты", page)


def test_the_error_summary_repeats_the_error_of_the_field() -> None:
    page = render("showcase/components.html")
    error = "Введите телефон: +7 и 10 цифр"
    assert f'<a href="#bad_phone">{error}</a>' in page
    assert re.search(rf'id="bad_phone_error">.*?<span>\s*{re.escape(error)}', page, re.S)


def test_an_undo_is_offered_once_on_the_next_page(rf: RequestFactory) -> None:
    request = rf.get("/")
    request.session = {}  # type: ignore[assignment]
    offer_undo(request, UndoToast("Запись удалена", "/restore/"))
    pages = [render("showcase/components.html", request=request) for _ in range(2)]
    form = '<form method="post" action="/restore/">'
    assert [page.count(form) for page in pages] == [1, 0]
    assert ["Запись удалена" in page for page in pages] == [True, False]
