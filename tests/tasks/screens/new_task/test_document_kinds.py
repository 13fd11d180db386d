"""«Вид документа» comes from a directory: what is offered, and the channel that follows from it."""

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from pytest_django.fixtures import Settings

from accounts.models import User
from tasks.models import DocumentKind
from tests.support.factories import SigningTaskFactory
from tests.tasks.screens.new_task.conftest import FormPage, get_draft, get_task, get_text

Attach = Callable[[FormPage], HttpResponse]
SWITCHED_OFF = "Вид документа «Спецификация» больше не используется. Выберите другой"


def change(code: str, **values: object) -> None:
    DocumentKind.objects.filter(pk=code).update(**values)


def get_options(page: str) -> list[str]:
    select = page.partition('<select name="document_kind"')[2].partition("</select>")[0]
    return [text.strip() for text in re.findall(r"<option[^>]*>([^<]*)</option>", select)]


def get_channel(page: str) -> str:
    select = page.partition('<select name="channel"')[2].partition("</select>")[0]
    (channel,) = re.findall(r'<option value="(\w*)" selected', select)
    return channel


def test_the_form_offers_what_the_directory_opens(company: FormPage) -> None:
    DocumentKind.objects.create(code="lease", name="Аренда", position=9)
    change("order_form", active=False)
    change("specification", task_types=["contractor"])
    change("acceptance", roles=["head"])
    expected = ["Не выбрано", "Договор", "Дополнительное соглашение", "Аренда"]
    assert get_options(get_text(company.open())) == expected


def test_a_draft_keeps_a_kind_that_is_switched_off_and_says_why_it_cannot_go_on(
    company: FormPage, attach: Attach
) -> None:
    company.save(document_kind="specification")
    attach(company)
    change("specification", active=False)
    restored = get_text(company.restore())
    assert "Спецификация (недоступен)" in get_options(restored)
    refused = company.create(document_kind="specification")
    assert refused.status_code == 422
    assert SWITCHED_OFF in get_text(refused)
    assert get_draft().fields["document_kind"] == ["specification"]
    created = company.create(document_kind="order_form")
    assert created.status_code == 302
    assert get_task().document_kind.name == "Бланк заказа"


@pytest.mark.parametrize(
    ("kind_channel", "types", "channel"),
    [("", [], "edo"), ("", ["legal"], "sms"), ("sms", [], "sms"), ("edo", ["legal"], "edo")],
)
def test_the_channel_of_the_kind_wins_over_that_of_the_task_type(
    company: FormPage, settings: Settings, kind_channel: str, types: list[str], channel: str
) -> None:
    settings.SMS_TASK_TYPES = types
    change("contract", default_channel=kind_channel)
    assert get_channel(get_text(company.save(document_kind="contract"))) == channel


def test_the_channel_follows_the_kind_until_the_user_chooses_another(company: FormPage) -> None:
    change("acceptance", default_channel="sms")
    company.save()
    company.values |= {"channel": "edo", "default_channel": "edo"}
    assert get_channel(get_text(company.save(document_kind="acceptance"))) == "sms"
    company.values |= {"document_kind": "acceptance", "default_channel": "sms"}
    assert get_channel(get_text(company.save(channel="edo"))) == "edo"
    assert get_channel(get_text(company.save(channel="edo", document_kind="contract"))) == "edo"


def test_a_kind_of_the_last_task_that_is_switched_off_is_not_offered(
    company: FormPage, manager: User
) -> None:
    SigningTaskFactory(manager=manager, document_kind_id="specification")
    change("specification", active=False)
    page = get_text(company.open())
    assert "Спецификация" not in page
    assert "document_kind" not in page.partition('name="offer"')[2].partition(">")[0]
