"""The form as a document: valid HTML, one heading, a title, every id once, no letter «ё»."""

import re
from collections.abc import Callable

import html5lib  # type: ignore[import-untyped]
import pytest
from django.http import HttpResponse

from tests.support.factories_clients import ContactFactory
from tests.tasks.screens.new_task.conftest import PHONE, Form

Attach = Callable[[Form], HttpResponse]


def empty(company: Form, person: Form, attach: Attach) -> HttpResponse:
    return company.open()


def choice(company: Form, person: Form, attach: Attach) -> HttpResponse:
    return company.browser.get("/tasks/new/")


def restored(company: Form, person: Form, attach: Attach) -> HttpResponse:
    attach(company)
    return company.open("?restore=1")


def restorable(company: Form, person: Form, attach: Attach) -> HttpResponse:
    company.save()
    return company.open()


def refused(company: Form, person: Form, attach: Attach) -> HttpResponse:
    ContactFactory(phone=PHONE)
    return company.create(account_number="999")


def found(company: Form, person: Form, attach: Attach) -> HttpResponse:
    company.save(client="", client_q="ромашка")
    return company.open("?restore=1&find=client")


def conflict(company: Form, person: Form, attach: Attach) -> HttpResponse:
    company.save()
    return company.another_page(account_number="850").press("draft/", htmx=False)


def person_form(company: Form, person: Form, attach: Attach) -> HttpResponse:
    person.save(**{"person-email": "other@client.example"})
    return person.open("?restore=1")


STATES = [empty, choice, restored, restorable, refused, found, conflict, person_form]


@pytest.mark.parametrize("reach", STATES, ids=lambda reach: reach.__name__)
def test_the_page_is_a_valid_document(
    reach: Callable[[Form, Form, Attach], HttpResponse],
    company: Form,
    person: Form,
    attach: Attach,
) -> None:
    page = reach(company, person, attach).content.decode()
    html5lib.HTMLParser(strict=True).parse(page)
    ids = re.findall(r'\sid="([^"]+)"', page.partition("<template")[0])
    assert len(ids) == len(set(ids))
    assert page.count("<h1") == 1
    assert re.search(r"<title>\s*(Ошибка: )?Новое задание", page)
    assert "ё" not in page.casefold()
    assert "style=" not in page
    assert "None" not in page
