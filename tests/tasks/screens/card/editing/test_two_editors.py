"""Two users who change one task."""

from dataclasses import replace

from django.test import Client

from accounts.models import User
from clients.actions import edit_contact
from tasks.actions.account import set_account
from tasks.models import SigningTask
from tests.support.factories import (
    DocumentVersionFactory,
    SigningTaskFactory,
    fresh,
)
from tests.support.factories_clients import ContactFactory
from tests.support.people import People, browser_of


def test_the_account_number_of_another_editor_is_shown_beside_the_users_own(
    people: People, owner: User
) -> None:
    task: SigningTask = SigningTaskFactory(manager=owner, account_verified_at=None)
    web = browser_of(owner)
    old_number = task.account_number
    set_account(
        task=task, account_number="850000000001", verified_at=None, actor=owner, based_on=old_number
    )
    values = {"account_number": "850000000002", "based_on": old_number}
    response = web.post(f"/tasks/{task.number}/account/", values)
    page = response.content.decode()
    assert response.status_code == 409
    assert "Лицевой счет изменен" in page
    assert f"сотрудник {owner}" in page
    assert "850000000001" in page
    assert "850000000002" in page
    assert 'value="850000000001"' in page  # the number on which the next attempt is based
    assert fresh(task).account_number == "850000000001"


def test_a_document_that_another_user_replaced_is_not_removed(owner: User) -> None:
    task: SigningTask = SigningTaskFactory(manager=owner)
    web, old_version = browser_of(owner), task.document_version_id
    newer = DocumentVersionFactory(document=task.document, number=2, file_name="Новый.docx")
    SigningTask.objects.filter(pk=task.pk).update(document_version=newer)
    address = f"/tasks/{task.number}/document/remove/"
    response = web.post(address, {"version": old_version})
    assert response.status_code == 409
    assert "Документ заменен" in response.content.decode()
    assert "«Новый.docx», версия 2" in response.content.decode()
    assert fresh(task).document_version_id == newer.pk
    assert web.post(address, {"version": newer.pk}).status_code == 302
    assert web.post(address, {"version": newer.pk}).status_code == 409


def test_a_contact_that_another_user_replaced_is_not_replaced(
    task: SigningTask, web: Client
) -> None:
    old_contact_id = ContactFactory(phone="+79120000098").pk
    other = ContactFactory(phone="+79120000099", client=task.client)
    values = {"contact": other.phone, "based_on": old_contact_id}
    response = web.post(f"/tasks/{task.number}/contact/replace/", values)
    assert response.status_code == 409
    assert "Контактное лицо уже заменено, теперь это" in response.content.decode()
    assert fresh(task).contact_version == task.contact_version
    values["based_on"] = task.contact_version.contact_id
    assert web.post(f"/tasks/{task.number}/contact/replace/", values).status_code == 302


def test_a_version_that_the_page_did_not_show_is_not_used(
    task: SigningTask, web: Client, owner: User
) -> None:
    contact = task.contact_version.contact
    for surname in ("Показанный", "Новейший"):
        details = replace(task.contact_version.details, surname=surname)
        edit_contact(contact=contact, details=details, actor=owner)
    older, newest = contact.versions.order_by("number")[1:]
    address = f"/tasks/{task.number}/contact/refresh/"
    response = web.post(address, {"version": older.pk})
    assert response.status_code == 409
    assert "Карточку клиента изменили еще раз" in response.content.decode()
    assert web.post(address, {"version": newest.pk}).status_code == 302
