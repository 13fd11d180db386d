"""«Создать задание» (manual, 4): the same code lists what is missing and lets it be made."""

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
from tests.tasks.screens.new_task.conftest import (
    ACCOUNT,
    ROMASHKA,
    Form,
    Outside,
    text_of,
    the_draft,
    the_task,
)

Attach = Callable[[Form], HttpResponse]


def test_when_all_required_fields_are_filled_the_task_can_be_created(
    company: Form, attach: Attach, manager: User
) -> None:
    attach(company)
    response = company.create()
    task = the_task()
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


def test_a_client_that_is_not_in_the_base_gets_a_card_with_the_task(
    company: Form, attach: Attach
) -> None:
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
def test_not_all_required_fields_are_filled(field: str, company: Form, attach: Attach) -> None:
    attach(company)
    if field == "region":
        Region.objects.get().managers.clear()
    company.values[field] = []
    response = company.create()
    assert response.status_code == 422
    page = text_of(response)
    assert "<title>Ошибка: " in page
    assert page.count(MISSING[field]) >= 3  # in the summary, at the field, in the panel
    assert not SigningTask.objects.exists()


def test_an_early_click_loses_nothing(company: Form) -> None:
    company.values |= {"account_number": "999", "document_kind": ""}
    page = text_of(company.create())
    for text in ("Петров", "8 (912) 345-67-89", ROMASHKA.short_name, "999"):
        assert text in page
    assert the_draft().fields["new-surname"] == ["Петров"]


def test_in_the_seamless_process_no_document_is_attached(company: Form) -> None:
    response = company.create()
    assert response.status_code == 422
    assert "Вложите документ" in text_of(response)


def test_outside_of_the_seamless_process_document_and_service_may_come_later(
    company: Form, region: Region
) -> None:
    region.seamless = False
    region.save()
    company.values["services"] = []
    assert company.create().status_code == 302
    assert the_task().document_version is None


def test_the_button_is_purple_only_when_nothing_is_missing(company: Form, attach: Attach) -> None:
    assert 'class="btn btn-outline"' in text_of(company.save()).partition("action-bar")[2]
    attach(company)
    ready = text_of(company.save())
    assert 'class="btn btn-primary"' in ready.partition("action-bar")[2]
    assert "Все готово" in ready


def test_the_button_is_never_disabled(company: Form) -> None:
    assert "disabled" not in text_of(company.open()).partition("action-bar")[2][:200]


def test_a_double_click_makes_one_task(company: Form, attach: Attach) -> None:
    attach(company)
    first, second = company.create(), company.create()
    assert first["Location"] == second["Location"] == f"/tasks/{the_task().number}/"


def test_the_back_button_and_another_click_lead_to_the_task_that_was_made(
    company: Form, attach: Attach
) -> None:
    attach(company)
    made = company.create()
    again = company.create(account_number="850123450000")
    assert again["Location"] == made["Location"]
    assert SigningTask.objects.count() == 1


def test_a_page_left_open_after_its_task_was_made_leads_to_it(
    company: Form, attach: Attach
) -> None:
    attach(company)
    company.create()
    assert company.save()["HX-Redirect"] == f"/tasks/{the_task().number}/"
    assert the_draft().fields == {}


def test_the_draft_is_empty_after_the_task_was_made(company: Form, attach: Attach) -> None:
    attach(company)
    company.create()
    draft = the_draft()
    assert (draft.fields, draft.document_version, draft.organisation) == ({}, None, None)
    assert "Есть несохраненные данные" not in text_of(company.open())


def test_the_next_form_makes_the_next_task(company: Form, attach: Attach) -> None:
    attach(company)
    company.create()
    following = Form(company.browser, "company", {**company.values, "page": "next"})
    following.values |= {"submission_key": str(uuid.uuid4()), "contact": "+79123456789"}
    attach(following)
    assert following.create().status_code == 302
    assert SigningTask.objects.count() == 2
    assert Contact.objects.count() == Client.objects.count() == 1


def test_a_service_with_a_risk_of_fraud_sends_the_task_to_approval(
    company: Form, attach: Attach
) -> None:
    company.values["services"] = ["virtual_pbx"]
    attach(company)
    company.create()
    assert the_task().status == Status.ON_APPROVAL


def test_the_check_that_was_made_is_kept_with_the_task(company: Form, attach: Attach) -> None:
    company.values |= {"services": ["virtual_pbx"], "fraud_check": "on"}
    attach(company)
    company.create()
    task = the_task()
    assert task.fraud_check_confirmed
    assert task.status == Status.IDENTIFICATION_REQUESTED


def test_the_tick_counts_only_with_a_service_that_asks_for_it(
    company: Form, attach: Attach
) -> None:
    company.values["fraud_check"] = "on"
    attach(company)
    company.create()
    assert not the_task().fraud_check_confirmed


def test_the_reminder_names_dataport(company: Form, settings: object) -> None:
    page = text_of(company.open())
    assert "Проверьте клиента на благонадежность по чек-листу на портале dataport" in page
    assert "https://dataport.example/checklist" in page


def test_a_client_liquidated_since_it_was_chosen_is_refused(
    company: Form, attach: Attach, outside: Outside
) -> None:
    attach(company)
    outside.organisations = [replace(ROMASHKA, state=Client.State.LIQUIDATED)]
    response = company.create()
    assert response.status_code == 422
    assert "Клиент ликвидирован. Создать задание нельзя" in text_of(response)


def test_cdi_that_went_down_since_does_not_hold_the_task_up(
    company: Form, attach: Attach, outside: Outside
) -> None:
    attach(company)
    outside.cdi_down = True
    assert company.create().status_code == 302
    assert Client.objects.get().ogrn == ROMASHKA.ogrn


def test_a_phone_taken_while_the_form_was_on_its_way_is_said_at_the_field(
    company: Form, attach: Attach, monkeypatch: pytest.MonkeyPatch
) -> None:
    attach(company)

    def raced(**_: object) -> None:
        raise DuplicateContact("+79123456789")

    monkeypatch.setattr("clients.actions.create_contact", raced)
    response = company.create()
    assert response.status_code == 422
    assert DUPLICATE_MESSAGE in text_of(response)
    assert not SigningTask.objects.exists()
    assert not Client.objects.exists()
    assert Draft.objects.get().fields["new-surname"] == ["Петров"]
