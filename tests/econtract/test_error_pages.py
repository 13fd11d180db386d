"""Every answer that a person can meet is a Russian page."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from accounts.session_end.pages import is_page, nearest_page
from archive.intake import uploads
from econtract.error_pages import MAX_URL_LENGTH
from tasks.models import SigningTask
from tests.support.paths import ROOT
from tests.support.people import People, browser_of
from tests.support.routes import walk_urls

pytestmark = pytest.mark.django_db
# No page to return to; needs an authority; a file.
EXCLUDED_NAMES = {"accounts:login", "verification:seal_roots", "reports:tasks"}
ERROR_PAGES = ROOT / "deploy" / "errors"


def assert_russian_page(response: object, status: int, heading: str) -> str:
    page = str(response.content.decode())
    assert response.status_code == status
    assert '<html lang="ru">' in page
    assert f"<h1>{heading}</h1>" in page
    return page


def assert_protected(response: object) -> None:
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_an_address_that_is_only_posted_to_leads_to_its_page(
    people: People, task: SigningTask
) -> None:
    response = browser_of(people["owner"]).get(f"/tasks/{task.number}/comment/")
    page = assert_russian_page(response, 405, "По этому адресу нет страницы")
    assert f'href="/tasks/{task.number}/">Открыть страницу' in page
    assert response.headers["Allow"] == "POST"
    assert_protected(response)


def test_other_methods_get_a_page_too(people: People) -> None:
    response = browser_of(people["owner"]).delete("/tasks/my/")
    assert_russian_page(response, 405, "По этому адресу нет страницы")
    assert_russian_page(Browser().post("/static/favicon.svg"), 405, "По этому адресу нет страницы")


def test_a_long_address_is_refused_by_the_application(people: People) -> None:
    browser = browser_of(people["owner"])
    assert browser.get("/search/", {"q": "ж" * 1000}).status_code == 200
    response = browser.get("/search/?q=" + "a" * MAX_URL_LENGTH)
    assert_russian_page(response, 414, "Адрес слишком длинный")
    assert_protected(response)


def test_a_foreign_host_name_gets_a_page() -> None:
    response = Browser().get("/login/", headers={"Host": "evil.example"})
    assert_russian_page(response, 400, "Запрос не понят")


def test_more_data_than_we_take_is_413(people: People, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    response = browser_of(people["owner"]).post("/notifications/settings/", {"text": "a" * 200})
    assert_russian_page(response, 413, "Файл слишком большой")


def test_an_upload_over_every_limit_is_413(people: People, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MAX_RECEIVED", 1000)
    file = SimpleUploadedFile("Договор.pdf", b"%PDF-1.7" + b"0" * 2000)
    response = browser_of(people["owner"]).post("/tasks/new/company/document/", {"document": file})
    assert_russian_page(response, 413, "Файл слишком большой")


def test_scripts_are_not_sent_pages(people: People, task: SigningTask) -> None:
    url, headers = f"/tasks/{task.number}/comment/", {"HX-Request": "true"}
    assert browser_of(people["owner"]).get(url, headers=headers).content == b""


def test_the_pages_that_can_be_opened_are_told_from_those_that_are_posted_to(
    people: People,
) -> None:
    """`is_page` guesses by Django's decorators; here is what the addresses really answer."""
    browser, wrong = browser_of(people["owner"]), []
    for name, route, _ in walk_urls():
        if "<" in route or name.startswith("admin:") or name in EXCLUDED_NAMES:
            continue
        response = browser.get(route)
        if is_page(route) is (response.status_code == 405):
            wrong.append(name)
    assert wrong == []


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("/tasks/5/comment/", "/tasks/5/"),
        ("/tasks/5/hand/", "/tasks/5/hand/"),
        ("/tasks/bulk/take/", "/"),
        ("/logout/", "/"),
        ("/nothing/at/all/", "/"),
    ],
)
def test_the_nearest_page(path: str, page: str) -> None:
    assert nearest_page(path) == page


# --- The proxy ---------------------------------------------------------------------------------


def test_the_proxys_own_errors_have_russian_pages() -> None:
    config = (ROOT / "deploy/nginx.conf").read_text()
    pages = set(re.findall(r"error_page [\d ]+ /errors/(\d+\.html);", config))
    assert pages == {path.name for path in ERROR_PAGES.iterdir()}
    for path in ERROR_PAGES.iterdir():
        text = path.read_text()
        assert '<html lang="ru">' in text
        assert re.search("<h1>[А-Я]", text)


def test_the_proxy_lets_through_what_the_application_refuses() -> None:
    config = (ROOT / "deploy/nginx.conf").read_text()
    match = re.search(r"client_max_body_size (\d+)m;", config)
    assert match
    assert int(match[1]) * 1024 * 1024 > uploads.MAX_RECEIVED
