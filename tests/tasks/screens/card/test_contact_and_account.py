"""«Редактировать», «Заменить», «Обновить версию», the account number and the document."""

from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from clients.actions import ContactFacts, edit_contact
from clients.models import Contact, ContactVersion
from econtract.platform.common.errors import Unavailable
from tasks.actions.account import set_account
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Resolution, Status
from tests.support.factories import (
    DocumentVersionFactory,
    ExchangeFactory,
    SigningTaskFactory,
    fresh,
)
from tests.support.factories_clients import ContactFactory, PersonFactory
from tests.support.people import People, browser_of


@pytest.fixture
def task(owner: User) -> SigningTask:
    made: SigningTask = SigningTaskFactory(
        manager=owner,
        status=Status.IDENTIFICATION_FAILED,
        resolution=Resolution.DATA_MISMATCH,
        contact_version=ContactFactory(phone="+79120000001").current,
    )
    return made


def person(task: SigningTask, **changes: str) -> dict[str, str]:
    """The form of the task's contact as it was opened, with ``changes``."""
    version = task.contact_version
    filled = {
        "surname": version.surname,
        "given_name": version.given_name,
        "patronymic": version.patronymic,
        "phone": version.phone,
        "email": version.email,
        "position": version.position,
        "authority": version.authority,
        "based_on": str(version.number),
    }
    return filled | changes


# --- Редактировать ------------------------------------------------------------------------------


def test_an_edit_goes_to_the_task_and_to_the_card(task: SigningTask, web: Client) -> None:
    address = f"/tasks/{task.number}/contact/edit/"
    assert 'value="+7 912 000-00-01"' in web.get(address).content.decode()
    response = web.post(address, person(task, phone="8 (912) 345-67-89"))
    assert response.headers["Location"] == f"/tasks/{task.number}/"
    version = fresh(task).contact_version
    assert (version.number, version.phone) == (2, "+79123456789")
    assert version.contact.current == version
    assert HistoryEntry.objects.get().details["changed"] == {
        "phone": ["+79120000001", "+79123456789"]
    }


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"phone": "123"}, "Введите телефон: +7 и 10 цифр"),
        ({"email": "нет"}, "Введите адрес вида name@company.ru"),
        ({"surname": ""}, "Введите фамилию"),
    ],
)
def test_a_wrong_field_is_said_on_top_and_at_the_field(
    task: SigningTask, web: Client, changes: dict[str, str], words: str
) -> None:
    response = web.post(f"/tasks/{task.number}/contact/edit/", person(task, **changes))
    assert response.status_code == 422
    assert response.content.decode().count(words) == 2
    assert ContactVersion.objects.count() == 1


def test_a_phone_of_another_contact_is_refused_in_the_manuals_words(
    task: SigningTask, web: Client
) -> None:
    ContactFactory(phone="+79990000000")
    response = web.post(f"/tasks/{task.number}/contact/edit/", person(task, phone="+79990000000"))
    assert response.status_code == 422
    assert "Данный контакт уже существует" in response.content.decode()


def test_of_two_editors_the_second_compares_before_he_overwrites(
    task: SigningTask, web: Client
) -> None:
    address = f"/tasks/{task.number}/contact/edit/"
    web.post(address, person(task, position="Директор филиала"))
    second = person(task, position="Заместитель директора")
    response = web.post(address, second)
    page = response.content.decode()
    assert response.status_code == 409
    assert "<del>Директор филиала</del>" in page
    assert "<ins>Заместитель директора</ins>" in page
    assert web.post(address, second | {"based_on": "2"}).status_code == 302
    assert fresh(task).contact_version.position == "Заместитель директора"


def test_one_who_signs_in_person_is_edited_with_his_card(owner: User, web: Client) -> None:
    client = PersonFactory()
    task = SigningTaskFactory(
        manager=owner,
        status=Status.IDENTIFICATION_FAILED,
        client=client,
        contact_version=ContactFactory(linked_to=client).current,
    )
    values = person(task, surname="Сергеева")
    web.post(f"/tasks/{task.number}/contact/edit/", values)
    client.refresh_from_db()
    assert client.short_name == "Сергеева Петр Петрович"
    assert "Заменить" not in web.get(f"/tasks/{task.number}/").content.decode()


@pytest.mark.parametrize("page", ["edit", "replace", "refresh"])
def test_in_a_status_that_forbids_it_the_page_says_why(owner: User, web: Client, page: str) -> None:
    task = SigningTaskFactory(manager=owner, status=Status.DOCUMENT_SIGNING)
    address = f"/tasks/{task.number}/contact/{page}/"
    assert "данные клиента изменить нельзя" in web.get(address).content.decode()
    assert web.post(address, person(task)).status_code == 422
    assert ContactVersion.objects.count() == 1


# --- Заменить -----------------------------------------------------------------------------------


def test_a_replacement_restarts_identification(task: SigningTask, web: Client) -> None:
    other = ContactFactory(linked_to=task.client, phone="+79990000000")
    address = f"/tasks/{task.number}/contact/replace/"
    page = web.get(address).content.decode()
    assert "Удаленная идентификация будет перезапущена" in page
    assert "+7 999 000-00-00" in page
    assert web.post(address, {"contact": "+79990000000"}).status_code == 302
    after = fresh(task)
    assert after.contact_version == other.current
    assert after.status == Status.IDENTIFICATION_REQUESTED


def test_an_unlinked_contact_is_found_by_phone_and_linked(task: SigningTask, web: Client) -> None:
    ContactFactory(phone="+79990000000", version__surname="Сергеев")
    address = f"/tasks/{task.number}/contact/replace/"
    assert "Сергеев" not in web.get(address).content.decode()
    assert "Сергеев" in web.get(f"{address}?phone=8-999-000-00-00").content.decode()
    web.post(address, {"contact": "+79990000000"})
    assert fresh(task).contact_version.surname == "Сергеев"
    assert task.client.contacts.filter(phone="+79990000000").exists()


def test_a_new_contact_is_added_and_put_into_the_task(task: SigningTask, web: Client) -> None:
    values = person(task, phone="+79990000000", email="new@company.example")
    seen = {"add": "1", "based_on": str(task.contact_version.contact_id)}
    web.post(f"/tasks/{task.number}/contact/replace/", values | seen)
    assert fresh(task).contact_version.phone == "+79990000000"


@pytest.mark.parametrize("contact", ["", "1", "+70000000000", "\x00"])
def test_a_contact_cannot_be_had_by_guessing(task: SigningTask, web: Client, contact: str) -> None:
    response = web.post(f"/tasks/{task.number}/contact/replace/", {"contact": contact})
    assert response.status_code == 422
    assert "Выберите контакт или найдите его по телефону" in response.content.decode()


def test_the_same_contact_is_no_replacement(task: SigningTask, web: Client) -> None:
    response = web.post(
        f"/tasks/{task.number}/contact/replace/", {"contact": task.contact_version.phone}
    )
    assert response.status_code == 422
    assert "Выберите другой контакт" in response.content.decode()


# --- Обновить версию ----------------------------------------------------------------------------


def test_the_newest_version_is_shown_before_it_is_taken(task: SigningTask, web: Client) -> None:
    contact = Contact.objects.get(pk=task.contact_version.contact_id)
    newer = contact.versions.get()
    newer.pk, newer.number, newer.position = None, 2, "Директор филиала"
    newer.save()
    contact.current = newer
    contact.save()
    address = f"/tasks/{task.number}/contact/refresh/"
    page = web.get(address).content.decode()
    assert "<del>Генеральный директор</del>" in page
    assert "<ins>Директор филиала</ins>" in page
    web.post(address)
    assert fresh(task).contact_version == newer
    assert fresh(task).status == Status.IDENTIFICATION_FAILED


# --- Лицевой счет -------------------------------------------------------------------------------


class FakeEip:
    """ЕИП that answers as it is told; the page's own code is what is under test."""

    def __init__(self, answer: bool | None) -> None:
        self.answer = answer
        self.asked: list[tuple[str, str]] = []

    def account_belongs(self, account: str, inn: str, *, timeout: float | None = None) -> bool:
        self.asked.append((account, inn))
        if self.answer is None:
            raise Unavailable("eip", "no answer in time")
        return self.answer


@pytest.mark.parametrize(
    ("answer", "verified", "words"),
    [
        (True, True, "ЛС проверен"),
        (False, False, "ЛС не найден у клиента с этим ИНН"),
        (None, False, "ЕИП не отвечает. Подписание начнется после успешной проверки"),
    ],
)
def test_a_changed_account_is_checked_at_once(
    task: SigningTask,
    web: Client,
    monkeypatch: pytest.MonkeyPatch,
    answer: bool | None,
    verified: bool,
    words: str,
) -> None:
    eip = FakeEip(answer)
    monkeypatch.setattr("tasks.screens.card.views.account.eip", lambda: eip)
    response = web.post(
        f"/tasks/{task.number}/account/", {"account_number": "850 000 000 001"}, follow=True
    )
    after = fresh(task)
    assert after.account_number == "850000000001"
    assert (after.account_verified_at is not None) is verified
    assert words in response.content.decode()
    assert eip.asked == [("850000000001", task.client.inn)]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("", "Введите лицевой счет"),
        ("850123", "Лицевой счет должен состоять из 12 цифр"),
        ("999000000001", "Некорректно указан код лицевого счета"),
    ],
)
def test_an_account_of_another_region_is_not_even_asked_about(
    task: SigningTask, web: Client, number: str, words: str
) -> None:
    response = web.post(f"/tasks/{task.number}/account/", {"account_number": number})
    assert response.status_code == 422
    assert words in response.content.decode()
    assert fresh(task).account_number == "850123456789"


def test_the_check_button_asks_about_the_number_at_hand(
    owner: User, web: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = SigningTaskFactory(manager=owner, account_verified_at=None)
    eip = FakeEip(answer=True)
    monkeypatch.setattr("tasks.screens.card.views.account.eip", lambda: eip)
    assert "Проверка ЛС" in web.get(f"/tasks/{task.number}/").content.decode()
    web.post(f"/tasks/{task.number}/account/check/")
    assert fresh(task).account_verified_at is not None
    assert eip.asked == [("850123456789", task.client.inn)]


def test_an_account_of_a_document_at_the_operator_stays(owner: User, web: Client) -> None:
    task = SigningTaskFactory(
        manager=owner, status=Status.DOCUMENT_SIGNING, exchange=ExchangeFactory()
    )
    response = web.post(f"/tasks/{task.number}/account/", {"account_number": "850000000001"})
    assert response.status_code == 422
    assert "открепите документ" in response.content.decode()


# --- Документ -----------------------------------------------------------------------------------


def test_a_document_is_removed_and_its_version_stays(task: SigningTask, web: Client) -> None:
    address = f"/tasks/{task.number}/document/remove/"
    assert "Прежняя версия останется в истории" in web.get(address).content.decode()
    web.post(address)
    after = fresh(task)
    assert after.document_version is None
    assert after.document is not None
    assert after.document.versions.count() == 1


def test_removing_a_document_at_the_operator_revokes_it_first(owner: User, web: Client) -> None:
    task = SigningTaskFactory(
        manager=owner, status=Status.DOCUMENT_SIGNING, exchange=ExchangeFactory()
    )
    address = f"/tasks/{task.number}/document/remove/"
    assert "Сначала система отзовет его" in web.get(address).content.decode()
    web.post(address)
    assert fresh(task).withdrawal is not None
    assert fresh(task).status == Status.DOCUMENT_SIGNING


def zipped() -> bytes:
    """A zip archive with a document inside."""
    archive = BytesIO()
    with ZipFile(archive, "w") as file:
        file.writestr("договор.txt", "Договор")
    return archive.getvalue()


@pytest.mark.parametrize(
    ("upload", "words"),
    [
        (None, "Вложите документ"),
        (("договор.zip", zipped()), "Архивы zip не принимаются"),
        (("договор.pdf", b""), "Файл пустой"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_in_words(
    owner: User, web: Client, upload: tuple[str, bytes] | None, words: str
) -> None:
    task = SigningTaskFactory(manager=owner, document_version=None)
    files: dict[str, Any] = {"file": SimpleUploadedFile(*upload)} if upload else {}
    response = web.post(f"/tasks/{task.number}/document/attach/", files)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert fresh(task).document_version is None


def test_a_second_document_is_not_attached_beside_the_first(task: SigningTask, web: Client) -> None:
    upload = SimpleUploadedFile("договор.pdf", b"%PDF-1.7")
    response = web.post(f"/tasks/{task.number}/document/attach/", {"file": upload})
    assert response.status_code == 409
    assert "Документ уже вложен" in response.content.decode()


# --- Two editors --------------------------------------------------------------------------------


def test_an_account_number_that_another_has_changed_is_shown_beside_the_typed_one(
    people: People, owner: User
) -> None:
    task: SigningTask = SigningTaskFactory(manager=owner, account_verified_at=None)
    web = browser_of(owner)
    opened = task.account_number
    set_account(
        task=task, account_number="850000000001", verified_at=None, actor=owner, based_on=opened
    )
    typed = {"account_number": "850000000002", "based_on": opened}
    response = web.post(f"/tasks/{task.number}/account/", typed)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Лицевой счет изменен" in page
    assert f"сотрудник {owner}" in page
    assert "850000000001" in page
    assert "850000000002" in page
    assert 'value="850000000001"' in page  # what the next attempt is based on
    assert fresh(task).account_number == "850000000001"


def test_a_document_that_another_has_replaced_is_not_removed_unseen(owner: User) -> None:
    task: SigningTask = SigningTaskFactory(manager=owner)
    web, seen = browser_of(owner), task.document_version_id
    newer = DocumentVersionFactory(document=task.document, number=2, file_name="Новый.docx")
    SigningTask.objects.filter(pk=task.pk).update(document_version=newer)
    address = f"/tasks/{task.number}/document/remove/"
    response = web.post(address, {"version": seen})
    assert response.status_code == 409
    assert "Документ заменен" in response.content.decode()
    assert "«Новый.docx», версия 2" in response.content.decode()
    assert fresh(task).document_version_id == newer.pk
    assert web.post(address, {"version": newer.pk}).status_code == 302
    assert web.post(address, {"version": newer.pk}).status_code == 409


def test_a_contact_that_another_has_replaced_is_not_replaced_unseen(
    task: SigningTask, web: Client
) -> None:
    seen = ContactFactory(phone="+79120000098").pk
    other = ContactFactory(phone="+79120000099", linked_to=task.client)
    typed = {"contact": other.phone, "based_on": seen}
    response = web.post(f"/tasks/{task.number}/contact/replace/", typed)
    assert response.status_code == 409
    assert "Контактное лицо уже заменено, теперь это" in response.content.decode()
    assert fresh(task).contact_version == task.contact_version
    typed["based_on"] = task.contact_version.contact_id
    assert web.post(f"/tasks/{task.number}/contact/replace/", typed).status_code == 302


def test_a_version_that_was_not_shown_is_not_taken(
    task: SigningTask, web: Client, owner: User
) -> None:
    contact = task.contact_version.contact
    for surname in ("Показанный", "Новейший"):
        changed = replace(ContactFacts.of(task.contact_version), surname=surname)
        edit_contact(contact=contact, facts=changed, actor=owner)
    shown, newest = contact.versions.order_by("number")[1:]
    address = f"/tasks/{task.number}/contact/refresh/"
    response = web.post(address, {"version": shown.pk})
    assert response.status_code == 409
    assert "Карточку клиента изменили еще раз" in response.content.decode()
    assert web.post(address, {"version": newest.pk}).status_code == 302
