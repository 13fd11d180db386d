"""«Редактировать», «Заменить», «Обновить версию»."""

import pytest
from django.test import Client

from accounts.models import User
from clients.models import Contact, ContactVersion
from tasks.models import HistoryEntry, SigningTask
from tasks.statuses import Status
from tests.support.cards import contact_form
from tests.support.factories import (
    SigningTaskFactory,
    fresh,
)
from tests.support.factories_clients import ContactFactory, PersonFactory


def test_an_edit_changes_the_task_and_the_clients_card(task: SigningTask, web: Client) -> None:
    address = f"/tasks/{task.number}/contact/edit/"
    assert 'value="+7 912 000-00-01"' in web.get(address).content.decode()
    response = web.post(address, contact_form(task, phone="8 (912) 345-67-89"))
    assert response.headers["Location"] == f"/tasks/{task.number}/"
    version = fresh(task).contact_version
    assert (version.number, version.phone) == (2, "+79123456789")
    assert version.contact.current == version
    assert HistoryEntry.objects.get().details["changed"] == {
        "phone": ["+79120000001", "+79123456789"]
    }


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"phone": "123"}, "Введите телефон: +7 и 10 цифр"),
        ({"email": "нет"}, "Введите адрес вида name@company.ru"),
        ({"surname": ""}, "Введите фамилию"),
    ],
)
def test_an_invalid_field_has_an_error_in_the_summary_and_beside_it(
    task: SigningTask, web: Client, changes: dict[str, str], text: str
) -> None:
    response = web.post(f"/tasks/{task.number}/contact/edit/", contact_form(task, **changes))
    assert response.status_code == 422
    assert response.content.decode().count(text) == 2
    assert ContactVersion.objects.count() == 1


def test_the_phone_of_another_contact_is_refused(task: SigningTask, web: Client) -> None:
    ContactFactory(phone="+79990000000")
    response = web.post(
        f"/tasks/{task.number}/contact/edit/", contact_form(task, phone="+79990000000")
    )
    assert response.status_code == 422
    assert "Данный контакт уже существует" in response.content.decode()


def test_the_second_of_two_editors_compares_before_they_overwrite(
    task: SigningTask, web: Client
) -> None:
    address = f"/tasks/{task.number}/contact/edit/"
    web.post(address, contact_form(task, position="Директор филиала"))
    second = contact_form(task, position="Заместитель директора")
    response = web.post(address, second)
    page = response.content.decode()
    assert response.status_code == 409
    assert "<del>Директор филиала</del>" in page
    assert "<ins>Заместитель директора</ins>" in page
    assert web.post(address, second | {"based_on": "2"}).status_code == 302
    assert fresh(task).contact_version.position == "Заместитель директора"


def test_a_client_who_signs_in_person_is_edited_with_their_card(owner: User, web: Client) -> None:
    client = PersonFactory()
    task = SigningTaskFactory(
        manager=owner,
        status=Status.IDENTIFICATION_FAILED,
        client=client,
        contact_version=ContactFactory(client=client).current,
    )
    values = contact_form(task, surname="Сергеева")
    web.post(f"/tasks/{task.number}/contact/edit/", values)
    client.refresh_from_db()
    assert client.short_name == "Сергеева Петр Петрович"
    assert "Заменить" not in web.get(f"/tasks/{task.number}/").content.decode()


@pytest.mark.parametrize("page", ["edit", "replace", "refresh"])
def test_the_page_says_why_a_status_forbids_the_change(owner: User, web: Client, page: str) -> None:
    task = SigningTaskFactory(manager=owner, status=Status.DOCUMENT_SIGNING)
    address = f"/tasks/{task.number}/contact/{page}/"
    assert "данные клиента изменить нельзя" in web.get(address).content.decode()
    assert web.post(address, contact_form(task)).status_code == 422
    assert ContactVersion.objects.count() == 1


# --- Заменить -----------------------------------------------------------------------------------


def test_a_replacement_restarts_identification(task: SigningTask, web: Client) -> None:
    other = ContactFactory(client=task.client, phone="+79990000000")
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


def test_a_new_contact_is_added_and_used_by_the_task(task: SigningTask, web: Client) -> None:
    values = contact_form(task, phone="+79990000000", email="new@company.example")
    page_fields = {"add": "1", "based_on": str(task.contact_version.contact_id)}
    web.post(f"/tasks/{task.number}/contact/replace/", values | page_fields)
    assert fresh(task).contact_version.phone == "+79990000000"


@pytest.mark.parametrize("contact", ["", "1", "+70000000000", "\x00"])
def test_a_contact_cannot_be_chosen_by_guessing(
    task: SigningTask, web: Client, contact: str
) -> None:
    response = web.post(f"/tasks/{task.number}/contact/replace/", {"contact": contact})
    assert response.status_code == 422
    assert "Выберите контакт или найдите его по телефону" in response.content.decode()


def test_the_current_contact_is_refused_as_a_replacement(task: SigningTask, web: Client) -> None:
    response = web.post(
        f"/tasks/{task.number}/contact/replace/", {"contact": task.contact_version.phone}
    )
    assert response.status_code == 422
    assert "Выберите другой контакт" in response.content.decode()


# --- Обновить версию ----------------------------------------------------------------------------


def test_the_newest_version_is_shown_before_the_task_uses_it(
    task: SigningTask, web: Client
) -> None:
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
