"""Client and contact of «ЮЛ/ИП B2B» (docs/rules.md#new-task-form)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from clients.actions import DUPLICATE_MESSAGE
from clients.models import Client, Contact
from econtract.platform.common import clock
from tests.support.factories_clients import ClientFactory, ContactFactory
from tests.tasks.screens.new_task.conftest import (
    IVANOVA,
    PHONE,
    ROMASHKA,
    FakeOutsideSystems,
    FormPage,
    get_draft,
    get_task,
    get_text,
)


def search_clients(form: FormPage, query: str) -> str:
    return get_text(form.browser.get(form.url("clients/"), {"client_q": query}))


def create_card(**columns: Any) -> Client:
    """Ромашка's card in our base."""
    client: Client = ClientFactory(
        inn=ROMASHKA.inn, kpp=ROMASHKA.kpp, short_name=ROMASHKA.short_name, **columns
    )
    return client


# --- Client --------------------------------------------------------------------------------------


def test_the_client_search_finds_companies_of_cdi(company: FormPage) -> None:
    results = search_clients(company, "ромашка")
    assert f'data-value="{ROMASHKA.inn}-{ROMASHKA.kpp}"' in results
    assert f"ИНН {ROMASHKA.inn}, Москва" in results


def test_the_list_of_companies_has_no_self_employed(company: FormPage) -> None:
    assert IVANOVA.short_name not in search_clients(company, "иванова")


def test_registration_data_are_shown(company: FormPage) -> None:
    page = get_text(company.save())
    for value in (ROMASHKA.inn, ROMASHKA.kpp, ROMASHKA.ogrn, ROMASHKA.legal_address, "12.03.2015"):
        assert value in page
    assert "Новая карточка" in page


def test_an_existing_client_is_marked(company: FormPage) -> None:
    create_card()
    assert "Клиент есть в базе" in get_text(company.save())
    assert "есть в базе" in search_clients(company, "ромашка")


def test_cdi_is_asked_once_about_the_same_client(
    company: FormPage, outside: FakeOutsideSystems
) -> None:
    for number in "123":
        company.save(document_number=number)
    assert outside.cdi_calls == 1


UNUSABLE = {
    "liquidated": ({"state": Client.State.LIQUIDATED}, "Клиент ликвидирован"),
    "bankrupt": ({"state": Client.State.BANKRUPT}, "Клиент признан банкротом"),
    "young": ({}, "Клиент зарегистрирован менее 14 дней назад"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_an_unusable_client_is_shown_with_the_reason(
    name: str, company: FormPage, outside: FakeOutsideSystems
) -> None:
    change, reason = UNUSABLE[name]
    if name == "young":
        change = {"registered_on": timezone.localdate(clock.now()) - timedelta(days=13)}
    outside.organisations = [replace(ROMASHKA, **change)]
    results = search_clients(company, "ромашка")
    assert 'aria-disabled="true"' in results
    assert reason in results
    chosen = get_text(company.save())
    assert reason in chosen
    assert "Создать задание нельзя" in chosen
    assert company.create().status_code == 422


def test_a_client_in_liquidation_can_be_used_after_an_approval(
    company: FormPage, outside: FakeOutsideSystems
) -> None:
    outside.organisations = [replace(ROMASHKA, state=Client.State.LIQUIDATING)]
    assert 'aria-disabled="true"' not in search_clients(company, "ромашка")
    page = get_text(company.save())
    assert "Создать задание нельзя" not in page
    assert "Задание с этим клиентом сначала согласует руководитель" in page
    assert "<p>Клиент в процессе ликвидации</p>" in page


def test_an_empty_search_says_why(company: FormPage) -> None:
    assert (
        "Клиент не найден. Данные о зарегистрированных менее 14 дней назад еще не поступили"
        in search_clients(company, "Новосел")
    )


def test_without_cdi_our_own_clients_are_searched(
    company: FormPage, outside: FakeOutsideSystems
) -> None:
    create_card()
    outside.cdi_down = True
    results = search_clients(company, "ромашка")
    assert ROMASHKA.short_name in results
    assert "CDI не отвечает: показаны клиенты из базы E-Contract" in results


def test_without_cdi_the_form_says_so_and_loses_nothing(
    company: FormPage, outside: FakeOutsideSystems
) -> None:
    outside.cdi_down = True
    assert "CDI не отвечает. Введенное сохранено" in search_clients(company, "ромашка")
    page = get_text(company.save())
    assert "CDI не отвечает. Введенное сохранено, повторите позже" in page
    assert "Повторить запрос в CDI" in page
    assert get_draft().fields["new-surname"] == ["Петров"]
    outside.cdi_down = False
    assert "Новая карточка" in get_text(company.press("client/"))


def test_an_existing_client_can_be_used_without_cdi(
    company: FormPage, outside: FakeOutsideSystems
) -> None:
    create_card()
    outside.cdi_down = True
    assert "Создать задание нельзя" not in get_text(company.save())


def test_a_client_that_needs_approval_is_announced(company: FormPage) -> None:
    create_card(needs_approval=True)
    assert "сначала согласует руководитель" in get_text(company.save())


# --- Contact -------------------------------------------------------------------------------------


def test_an_only_linked_contact_is_chosen(company: FormPage) -> None:
    linked = ContactFactory(client=create_card())
    company.values["contact"] = ""
    assert f'value="{linked.phone}" checked' in get_text(company.save())


def test_several_linked_contacts_are_offered(company: FormPage) -> None:
    client = create_card()
    phones = [ContactFactory(client=client).phone for _ in range(2)]
    company.values["contact"] = ""
    page = get_text(company.save())
    assert all(f'value="{phone}"' in page for phone in phones)
    assert "Выберите контактное лицо или добавьте новое" in page
    assert '<input type="radio" name="contact"' in page


def test_many_contacts_are_one_list(company: FormPage) -> None:
    client = create_card()
    chosen = [ContactFactory(client=client) for _ in range(9)][4]
    page = get_text(company.save(contact=chosen.phone))
    assert '<input type="radio" name="contact"' not in page
    assert f'<option value="{chosen.phone}" selected>' in page
    assert page.count('<option value="+79') == 9


def test_a_linked_contact_can_be_chosen(company: FormPage, attach: Any) -> None:
    client = create_card()
    ContactFactory(client=client)
    chosen = ContactFactory(client=client)
    attach(company)
    company.create(contact=chosen.phone)
    assert get_task().contact_version == chosen.current


def test_a_contact_found_by_phone_is_linked_when_the_task_is_created(
    company: FormPage, attach: Any
) -> None:
    stranger = ContactFactory(phone=PHONE, client=ClientFactory())
    results = get_text(company.press("contact/find/", contact="", contact_phone="8 912 345 67 89"))
    assert f'value="{PHONE}" checked' in results
    client = create_card()
    assert not client.contacts.exists()
    attach(company)
    company.create(contact=PHONE)
    assert list(client.contacts.all()) == [stranger]


def test_a_phone_that_nobody_has_is_an_error_of_the_search(company: FormPage) -> None:
    response = company.press("contact/find/", contact="", contact_phone="8 912 345 67 80")
    assert "Контакта с таким телефоном нет. Добавьте нового" in get_text(response)


def test_a_new_contact_gets_the_phone_that_was_searched_for(company: FormPage) -> None:
    page = get_text(
        company.press(
            "contact/add/",
            **{"contact": "", "contact_phone": "8 912 345 67 80", "new-phone": ""},
        )
    )
    assert 'value="8 912 345 67 80"' in page
    assert get_draft().fields["contact"] == ["new"]


def test_a_duplicate_phone_is_an_error(company: FormPage) -> None:
    ContactFactory(phone=PHONE, version__surname="Орлов")
    page = get_text(company.save())
    assert DUPLICATE_MESSAGE in page
    field = page.partition('name="new-phone"')[2].partition(">")[0]
    assert 'aria-invalid="true"' in field
    assert "Существующий контакт: Орлов" in page


def test_the_duplicate_can_be_linked_instead(company: FormPage, attach: Any) -> None:
    existing = ContactFactory(phone=PHONE)
    page = get_text(company.press("contact/link/", link_phone=PHONE))
    assert f'value="{PHONE}" checked' in page
    attach(company)
    company.create(contact=PHONE)
    assert get_task().contact_version == existing.current
    assert Contact.objects.count() == 1


OFFICE = {"version__email": "p@client.example"}
PETROV = {
    "version__surname": "Петров",
    "version__given_name": "Пётр",
    "version__patronymic": "Петрович",
}


@pytest.mark.parametrize("same", [{**OFFICE, "version__surname": "Орлов"}, PETROV])
def test_a_namesake_or_a_common_address_is_only_a_hint(
    same: dict[str, str], company: FormPage, attach: Any
) -> None:
    ContactFactory(**same)
    assert "Похожие контакты в базе: 1" in get_text(company.save())
    attach(company)
    assert company.create().status_code == 302


def test_the_same_person_must_be_reviewed_first(company: FormPage, attach: Any) -> None:
    for _ in range(5):
        ContactFactory(**PETROV)
    ContactFactory(**PETROV, **OFFICE)
    page = get_text(company.save())
    assert "Такой контакт уже есть в базе" in page
    attach(company)
    assert company.create().status_code == 422
    assert company.create(confirmed="1").status_code == 302
    assert Contact.objects.count() == 7


def test_another_client_drops_the_chosen_contact(company: FormPage) -> None:
    chosen = ContactFactory(client=create_card())
    company.save(contact=chosen.phone)
    other = ClientFactory()
    page = get_text(company.save(client=f"{other.inn}-{other.kpp}"))
    assert f'value="{chosen.phone}"' not in page


def test_another_client_keeps_a_new_contact(company: FormPage) -> None:
    company.save()
    other = ClientFactory()
    assert "Петров" in get_text(company.save(client=f"{other.inn}-{other.kpp}"))


@pytest.mark.parametrize("pasted", ["8 912 345-67-89", "7(912)3456789", "+7 912 345 67 89"])
def test_a_phone_is_accepted_in_any_notation(pasted: str, company: FormPage, attach: Any) -> None:
    attach(company)
    company.create(**{"new-phone": pasted})
    assert get_task().contact_version.phone == PHONE


def test_empty_fields_have_no_errors_before_submission(company: FormPage) -> None:
    company.values |= {"new-surname": "", "new-phone": "12", "active": ""}
    page = get_text(company.save()).partition('id="contact-section"')[2]
    contact = page.partition('id="signing-section"')[0]
    assert "Введите телефон: +7 и 10 цифр" in contact
    assert "Введите фамилию" not in contact


def test_a_field_has_no_error_while_it_is_being_typed_in(company: FormPage) -> None:
    page = get_text(company.save(**{"new-phone": "8 912", "active": "new-phone"}))
    contact = page.partition('id="contact-section"')[2].partition('id="signing-section"')[0]
    assert "Введите телефон" not in contact
