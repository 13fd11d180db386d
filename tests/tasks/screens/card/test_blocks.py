"""The blocks of the card."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from accounts.models import User
from edo.models import Exchange
from tasks.models import HistoryEntry
from tasks.statuses import Status
from tests.support.cards import NOW, card, make, text_of
from tests.support.factories import (
    DocumentVersionFactory,
    ExchangeFactory,
)
from tests.support.factories_clients import ContactFactory, ServiceFactory


@pytest.mark.parametrize(
    ("status", "editable"),
    [(Status.IDENTIFICATION_FAILED, True), (Status.DOCUMENT_SIGNING, False)],
)
def test_the_contact_can_be_changed_in_the_statuses_that_allow_it(
    owner: User, web: Client, status: Status, editable: bool
) -> None:
    page = web.get(f"/tasks/{make(owner, status).number}/").content.decode()
    assert ("contact/edit/" in page) is editable
    assert ("данные клиента изменить нельзя" in page) is not editable


def test_a_newer_version_of_the_card_is_offered(owner: User, web: Client) -> None:
    contact = ContactFactory()
    task = make(owner, Status.IDENTIFICATION_FAILED, contact_version=contact.current)
    assert "Обновить версию" not in card(web, task)
    newer = contact.versions.get()
    newer.pk, newer.number, newer.email = None, 2, "new@company.example"
    newer.save()
    contact.current = newer
    contact.save()
    assert "Обновить версию" in card(web, task)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"state": "converting", "pdf": None, "pages": None}, "Преобразуем в PDF"),
        ({"state": "checking", "pdf": None, "pages": None}, "Ждет антивирусной проверки"),
        (
            {"state": "failed", "pdf": None, "pages": None, "problem": "Файл поврежден"},
            "Открепите и загрузите снова",
        ),
        ({}, "Передается в электронный архив"),
        ({"archive_system": "RIO", "archive_code": "RIO-7", "archived_at": NOW}, "ИД документа"),
    ],
)
def test_the_document_block_shows_the_state_of_the_file(
    owner: User, web: Client, changes: dict[str, Any], text: str
) -> None:
    task = make(owner, document_version=DocumentVersionFactory(**changes))
    assert text in card(web, task)


def test_the_code_says_how_to_find_the_document_in_the_archive(
    owner: User, web: Client, settings: Settings
) -> None:
    settings.ARCHIVE_SEARCH_URLS = {"APD": "", "RIO": "https://rio.example/?id={code}"}
    version = DocumentVersionFactory(archive_system="RIO", archive_code="R/7", archived_at=NOW)
    task = make(owner, document_version=version)
    page = card(web, task)
    assert "Архив: РИО Картотека. Вставьте код там в поле «ИД документа» слева вверху." in page
    link = 'href="https://rio.example/?id=R%2F7"'
    assert link in web.get(f"/tasks/{task.number}/").content.decode()
    settings.ARCHIVE_SEARCH_URLS = {"APD": "", "RIO": ""}
    assert "Архив: РИО Картотека." in card(web, task)
    assert "Открыть в архиве" not in card(web, task)


def test_a_task_without_a_document_has_an_upload_form(owner: User, web: Client) -> None:
    task = make(owner, document_version=None)
    page = web.get(f"/tasks/{task.number}/").content.decode()
    assert 'type="file"' in page
    assert "document/attach/" in page


def test_a_finished_task_offers_its_package_with_the_archive_code(owner: User, web: Client) -> None:
    task = make(owner, Status.COMPLETED)
    assert task.package is not None
    response = web.get(f"/tasks/{task.number}/")
    page = text_of(response)
    assert "Скачать подписанный пакет" in page
    assert f"Штрих код документа {task.package.archive_code}" in page
    assert f'aria-label="Штрих код {task.package.archive_code}"' in response.content.decode()
    assert f"/verify/{task.package.code}/" in page
    assert "Открепить" not in page


def test_the_signing_block_names_both_sides_before_there_is_a_signature(
    owner: User, web: Client
) -> None:
    task = make(owner, Status.DOCUMENT_SIGNING, exchange=ExchangeFactory())
    page = card(web, task)
    assert "Доставлен клиенту" in page
    assert "Ростелеком Подпись ставится" in page
    assert "Клиент Подпись ожидается" in page


def test_the_card_shows_that_a_signature_cannot_be_checked(owner: User, web: Client) -> None:
    exchange = ExchangeFactory(state=Exchange.State.SIGNED, sender_signature=b"not a signature")
    task = make(owner, Status.DOCUMENT_SIGNED, exchange=exchange)
    assert "Проверить подпись нельзя" in card(web, task)


def test_the_card_reminds_of_the_fraud_check_until_it_is_confirmed(
    owner: User, web: Client
) -> None:
    task = make(owner, services=[ServiceFactory(code="virtual_pbx", fraud_risk=True)])
    assert "Проверьте клиента на благонадежность" in card(web, task)
    web.post(f"/tasks/{task.number}/fraud-check/")
    assert "Проверка клиента на благонадежность проведена" in card(web, task)
    entry = HistoryEntry.objects.get()
    assert (entry.name, entry.actor) == ("fraud_check_confirmed", owner)
