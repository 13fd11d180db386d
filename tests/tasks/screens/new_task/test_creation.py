"""«Создать задание» (docs/rules.md#new-task-form): what is missing, and what is created."""

import uuid
from collections.abc import Callable
from dataclasses import replace

import pytest
from django.http import HttpResponse

from accounts.models import User
from accounts.roles import TaskType
from clients.actions import DUPLICATE_MESSAGE, DuplicateContact
from clients.models import Client, Contact, Region
from tasks.models import Draft, SigningTask
from tasks.statuses import Status
from tests.support.factories import add_head
from tests.tasks.screens.new_task.conftest import (
    ACCOUNT,
    ROMASHKA,
    FakeOutsideSystems,
    FormPage,
    get_draft,
    get_task,
    get_text,
)

Attach = Callable[[FormPage], HttpResponse]


def test_a_complete_form_creates_a_task(company: FormPage, attach: Attach, manager: User) -> None:
    attach(company)
    response = company.create()
    task = get_task()
    assert response.status_code == 302
    assert response["Location"] == f"/tasks/{task.number}/"
    assert (task.manager, task.task_type) == (manager, TaskType.LEGAL)
    assert task.client.inn == ROMASHKA.inn
    assert task.contact_version.phone == "+79123456789"
    assert task.contact_version.email == "p@client.example"
    assert task.account_number == task.document_number == ACCOUNT
    assert task.document_version.file_name == "Договор.pdf"
    assert [service.code for service in task.services.all()] == ["internet"]
    assert task.status == Status.IDENTIFICATION_REQUESTED


def test_a_new_client_gets_a_card_with_the_task(company: FormPage, attach: Attach) -> None:
    attach(company)
    assert not Client.objects.exists()
    company.create()
    card = Client.objects.get()
    assert (card.short_name, card.ogrn) == (ROMASHKA.short_name, ROMASHKA.ogrn)
    assert [contact.phone for contact in card.contacts.all()] == ["+79123456789"]


MISSING = {
    "client": "Выберите клиента из списка",
    "contact": "Добавьте контактное лицо",
    "region": "Выберите регион инсталляции",
    "account_number": "Введите лицевой счет",
    "document_kind": "Выберите вид документа",
    "services": "Выберите хотя бы одну услугу",
    "new-surname": "Введите фамилию",
    "new-phone": "Введите телефон: +7 и 10 цифр",
    "new-email": "Введите адрес вида name@company.ru",
}


@pytest.mark.parametrize("field", MISSING)
def test_a_missing_field_is_an_error(field: str, company: FormPage, attach: Attach) -> None:
    attach(company)
    if field == "region":
        Region.objects.get().managers.clear()
    company.values[field] = []
    response = company.create()
    assert response.status_code == 422
    page = get_text(response)
    assert "<title>Ошибка: " in page
    assert page.count(MISSING[field]) >= 3  # in the summary, at the field, in the panel
    assert not SigningTask.objects.exists()


def test_an_incomplete_form_loses_nothing(company: FormPage) -> None:
    company.values |= {"account_number": "999", "document_kind": ""}
    page = get_text(company.create())
    for text in ("Петров", "8 (912) 345-67-89", ROMASHKA.short_name, "999"):
        assert text in page
    assert get_draft().fields["new-surname"] == ["Петров"]


def test_the_seamless_process_needs_a_document(company: FormPage) -> None:
    response = company.create()
    assert response.status_code == 422
    assert "Вложите документ" in get_text(response)


def test_outside_the_seamless_process_document_and_service_may_come_later(
    company: FormPage, region: Region
) -> None:
    region.seamless = False
    region.save()
    company.values["services"] = []
    assert company.create().status_code == 302
    assert get_task().document_version is None


def test_the_button_is_primary_only_when_nothing_is_missing(
    company: FormPage, attach: Attach
) -> None:
    assert 'class="btn btn-outline"' in get_text(company.save()).partition("action-bar")[2]
    attach(company)
    ready = get_text(company.save())
    assert 'class="btn btn-primary"' in ready.partition("action-bar")[2]
    assert "Все готово" in ready


def test_the_button_is_never_disabled(company: FormPage) -> None:
    assert "disabled" not in get_text(company.open()).partition("action-bar")[2][:200]


def test_a_double_click_creates_one_task(company: FormPage, attach: Attach) -> None:
    attach(company)
    first, second = company.create(), company.create()
    assert first["Location"] == second["Location"] == f"/tasks/{get_task().number}/"


def test_a_second_submission_of_a_page_leads_to_its_task(company: FormPage, attach: Attach) -> None:
    attach(company)
    first = company.create()
    second = company.create(account_number="850123450000")
    assert second["Location"] == first["Location"]
    assert SigningTask.objects.count() == 1


def test_an_autosave_after_the_creation_leads_to_the_task(
    company: FormPage, attach: Attach
) -> None:
    attach(company)
    company.create()
    assert company.save()["HX-Redirect"] == f"/tasks/{get_task().number}/"
    assert not Draft.objects.exists()


def test_the_next_form_creates_another_task(company: FormPage, attach: Attach) -> None:
    attach(company)
    company.create()
    following = FormPage(company.browser, "company", {**company.values, "page": "next"})
    following.values |= {"submission_key": str(uuid.uuid4()), "contact": "+79123456789"}
    attach(following)
    assert following.create().status_code == 302
    assert SigningTask.objects.count() == 2
    assert Contact.objects.count() == Client.objects.count() == 1


def test_a_service_with_a_fraud_risk_needs_approval(
    company: FormPage, attach: Attach, manager: User
) -> None:
    company.values["services"] = ["virtual_pbx"]
    attach(company)
    response = company.create()
    assert response.status_code == 422
    assert "а в ваших группах доступа его нет" in get_text(response)
    add_head(manager)
    company.create()
    assert get_task().status == Status.ON_APPROVAL


def test_a_confirmed_fraud_check_is_stored_with_the_task(company: FormPage, attach: Attach) -> None:
    company.values |= {"services": ["virtual_pbx"], "fraud_check": "on"}
    attach(company)
    company.create()
    task = get_task()
    assert task.fraud_check_confirmed
    assert task.status == Status.IDENTIFICATION_REQUESTED


def test_the_fraud_check_counts_only_with_a_risky_service(
    company: FormPage, attach: Attach
) -> None:
    company.values["fraud_check"] = "on"
    attach(company)
    company.create()
    assert not get_task().fraud_check_confirmed


def test_the_fraud_check_names_dataport(company: FormPage, settings: object) -> None:
    page = get_text(company.open())
    assert "Проверьте клиента на благонадежность по чек-листу на портале dataport" in page
    assert "https://dataport.example/checklist" in page


def test_a_client_liquidated_in_the_meantime_is_refused(
    company: FormPage, attach: Attach, outside: FakeOutsideSystems
) -> None:
    attach(company)
    outside.organisations = [replace(ROMASHKA, state=Client.State.LIQUIDATED)]
    response = company.create()
    assert response.status_code == 422
    assert "Клиент ликвидирован. Создать задание нельзя" in get_text(response)


def test_a_task_is_created_when_cdi_is_down_in_the_meantime(
    company: FormPage, attach: Attach, outside: FakeOutsideSystems
) -> None:
    attach(company)
    outside.cdi_down = True
    assert company.create().status_code == 302
    assert Client.objects.get().ogrn == ROMASHKA.ogrn


def test_a_phone_taken_in_the_meantime_is_an_error(
    company: FormPage, attach: Attach, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(company)

    def raise_duplicate(**_: object) -> None:
        raise DuplicateContact("+79123456789")

    monkeypatch.setattr("clients.actions.create_contact", raise_duplicate)
    response = company.create()
    assert response.status_code == 422
    assert DUPLICATE_MESSAGE in get_text(response)
    assert not SigningTask.objects.exists()
    assert not Client.objects.exists()
    assert Draft.objects.get().fields["new-surname"] == ["Петров"]


def test_the_form_warns_of_a_document_that_is_already_being_signed(
    company: FormPage, attach: Attach
) -> None:
    attach(company)
    company.create()
    task = get_task()
    following = FormPage(company.browser, "company", {**company.values, "page": "next"})
    following.values |= {"submission_key": str(uuid.uuid4()), "contact": "+79123456789"}
    link = f'уже подписывается: <a href="/tasks/{task.number}/">задание {task.number}</a>'
    assert link in get_text(attach(following))
    assert link in get_text(following.press("draft/"))
    following.values["document_number"] = "17"
    assert "уже подписывается" not in get_text(following.press("draft/"))
    following.values["document_number"] = task.document_number
    assert following.create().status_code == 302, "a warning is no refusal"
