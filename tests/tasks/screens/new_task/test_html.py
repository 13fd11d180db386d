"""The form as a document: valid HTML, one heading, a title, every id once, no letter «ё»."""

import re
from collections.abc import Callable

import html5lib  # type: ignore[import-untyped]
import pytest
from django.http import HttpResponse

from tests.support.factories_clients import ContactFactory
from tests.tasks.screens.new_task.conftest import PHONE, FormPage

Attach = Callable[[FormPage], HttpResponse]


def empty(company: FormPage, person: FormPage, attach: Attach) -> HttpResponse:
    return company.open()


def choice(company: FormPage, person: FormPage, attach: Attach) -> HttpResponse:
    return company.browser.get("/tasks/new/")


def restored(company: FormPage, person: FormPage, attach: Attach) -> HttpResponse:
    attach(company)
    return company.restore()


def restorable(company: FormPage, person: FormPage, attach: Attach) -> HttpResponse:
    company.save()
    return company.open()


def refused(company: FormPage, person: FormPage, attach: Attach) -> HttpResponse:
    ContactFactory(phone=PHONE)
    return company.create(account_number="999")


def search_results(company: FormPage, person: FormPage, attach: Attach) -> HttpResponse:
    company.save(client="", client_q="ромашка")
    return company.restore("&find=client")


def conflict(company: FormPage, person: FormPage, attach: Attach) -> HttpResponse:
    company.save()
    return company.press("draft/", htmx=False, page="another", account_number="850")


def person_form(company: FormPage, person: FormPage, attach: Attach) -> HttpResponse:
    person.save(**{"person-email": "other@client.example"})
    return person.restore()


STATES = [empty, choice, restored, restorable, refused, search_results, conflict, person_form]


@pytest.mark.parametrize("open_page", STATES, ids=lambda open_page: open_page.__name__)
def test_the_page_is_a_valid_document(
    open_page: Callable[[FormPage, FormPage, Attach], HttpResponse],
    company: FormPage,
    person: FormPage,
    attach: Attach,
) -> None:
    page = open_page(company, person, attach).content.decode()
    html5lib.HTMLParser(strict=True).parse(page)
    ids = re.findall(r'\sid="([^"]+)"', page.partition("<template")[0])
    assert len(ids) == len(set(ids))
    assert page.count("<h1") == 1
    assert re.search(r"<title>\s*(Ошибка: )?Новое задание", page)
    assert "ё" not in page.casefold()
    assert "style=" not in page
    assert "None" not in page
