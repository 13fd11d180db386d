"""Client and contact of «ЮЛ/ИП B2B» (manual, chapter 4)."""

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
    Form,
    Outside,
    text_of,
    the_draft,
    the_task,
)


def suggestions(form: Form, query: str) -> str:
    return text_of(form.browser.get(form.url("clients/"), {"client_q": query}))


def card(**more: Any) -> Client:
    """Ромашка's card in our base."""
    client: Client = ClientFactory(
        inn=ROMASHKA.inn, kpp=ROMASHKA.kpp, short_name=ROMASHKA.short_name, **more
    )
    return client


# --- Client --------------------------------------------------------------------------------------


def test_the_client_is_chosen_from_a_list_under_the_field(company: Form) -> None:
    found = suggestions(company, "ромашка")
    assert f'data-value="{ROMASHKA.inn}-{ROMASHKA.kpp}"' in found
    assert f"ИНН {ROMASHKA.inn}, Москва" in found


def test_the_list_of_companies_has_no_self_employed(company: Form) -> None:
    assert IVANOVA.short_name not in suggestions(company, "иванова")


def test_registration_data_are_filled_in(company: Form) -> None:
    page = text_of(company.save())
    for value in (ROMASHKA.inn, ROMASHKA.kpp, ROMASHKA.ogrn, ROMASHKA.legal_address, "12.03.2015"):
        assert value in page
    assert "Новая карточка" in page


def test_a_client_of_the_base_is_told_apart(company: Form) -> None:
    card()
    assert "Клиент есть в базе" in text_of(company.save())
    assert "есть в базе" in suggestions(company, "ромашка")


def test_cdi_is_asked_once_about_a_chosen_client(company: Form, outside: Outside) -> None:
    for number in "123":
        company.save(document_number=number)
    assert outside.asked_cdi == 1


UNUSABLE = {
    "liquidated": ({"state": Client.State.LIQUIDATED}, "Клиент ликвидирован"),
    "bankrupt": ({"state": Client.State.BANKRUPT}, "Клиент признан банкротом"),
    "young": ({}, "Клиент зарегистрирован менее 14 дней назад"),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_an_unusable_client_is_shown_with_the_reason(
    name: str, company: Form, outside: Outside
) -> None:
    change, reason = UNUSABLE[name]
    if name == "young":
        change = {"registered_on": timezone.localdate(clock.now()) - timedelta(days=13)}
    outside.organisations = [replace(ROMASHKA, **change)]
    listed = suggestions(company, "ромашка")
    assert 'aria-disabled="true"' in listed
    assert reason in listed
    chosen = text_of(company.save())
    assert reason in chosen
    assert "Создать задание нельзя" in chosen
    assert company.create().status_code == 422


def test_a_client_in_liquidation_can_be_used(company: Form, outside: Outside) -> None:
    outside.organisations = [replace(ROMASHKA, state=Client.State.LIQUIDATING)]
    assert 'aria-disabled="true"' not in suggestions(company, "ромашка")
    assert "Создать задание нельзя" not in text_of(company.save())


def test_one_who_is_not_in_cdi_yet_is_explained(company: Form) -> None:
    assert (
        "Клиент не найден. Данные о зарегистрированных менее 14 дней назад еще не поступили"
        in suggestions(company, "Новосел")
    )


def test_with_cdi_down_the_base_is_searched(company: Form, outside: Outside) -> None:
    card()
    outside.cdi_down = True
    found = suggestions(company, "ромашка")
    assert ROMASHKA.short_name in found
    assert "CDI не отвечает: показаны клиенты из базы E-Contract" in found


def test_with_cdi_down_the_form_says_so_and_keeps_what_was_typed(
    company: Form, outside: Outside
) -> None:
    outside.cdi_down = True
    assert "CDI не отвечает. Введенное сохранено" in suggestions(company, "ромашка")
    page = text_of(company.save())
    assert "CDI не отвечает. Введенное сохранено, повторите позже" in page
    assert "Повторить запрос в CDI" in page
    assert the_draft().fields["new-surname"] == ["Петров"]
    outside.cdi_down = False
    assert "Новая карточка" in text_of(company.press("client/"))


def test_a_client_of_the_base_can_be_used_with_cdi_down(company: Form, outside: Outside) -> None:
    card()
    outside.cdi_down = True
    assert "Создать задание нельзя" not in text_of(company.save())


def test_a_client_that_needs_approval_goes_through_approval(company: Form) -> None:
    card(needs_approval=True)
    assert "сначала согласует руководитель" in text_of(company.save())


# --- Contact -------------------------------------------------------------------------------------


def test_the_linked_contact_is_filled_in_by_itself(company: Form) -> None:
    linked = ContactFactory(client=card())
    company.values["contact"] = ""
    assert f'value="{linked.phone}" checked' in text_of(company.save())


def test_several_linked_contacts_are_offered(company: Form) -> None:
    client = card()
    phones = [ContactFactory(client=client).phone for _ in range(2)]
    company.values["contact"] = ""
    page = text_of(company.save())
    assert all(f'value="{phone}"' in page for phone in phones)
    assert "Добавьте контактное лицо" in page


def test_a_linked_contact_can_be_picked(company: Form, attach: Any) -> None:
    client = card()
    ContactFactory(client=client)
    picked = ContactFactory(client=client)
    attach(company)
    company.create(contact=picked.phone)
    assert the_task().contact_version == picked.current


def test_an_unlinked_contact_is_found_by_phone_and_linked_with_the_task(
    company: Form, attach: Any
) -> None:
    stranger = ContactFactory(phone=PHONE, client=ClientFactory())
    found = text_of(company.press("contact/find/", contact="", contact_phone="8 912 345 67 89"))
    assert f'value="{PHONE}" checked' in found
    client = card()
    assert not client.contacts.exists()
    attach(company)
    company.create(contact=PHONE)
    assert list(client.contacts.all()) == [stranger]


def test_a_phone_that_nobody_has_is_said_beside_the_search(company: Form) -> None:
    answer = company.press("contact/find/", contact="", contact_phone="8 912 345 67 80")
    assert "Контакта с таким телефоном нет. Добавьте нового" in text_of(answer)


def test_add_opens_the_fields_with_the_phone_that_was_searched_for(company: Form) -> None:
    page = text_of(
        company.press(
            "contact/add/",
            **{"contact": "", "contact_phone": "8 912 345 67 80", "new-phone": ""},
        )
    )
    assert 'value="8 912 345 67 80"' in page
    assert the_draft().fields["contact"] == ["new"]


def test_a_phone_that_exists_gives_the_manuals_message_and_a_red_field(company: Form) -> None:
    ContactFactory(phone=PHONE, version__surname="Орлов")
    page = text_of(company.save())
    assert DUPLICATE_MESSAGE in page
    field = page.partition('name="new-phone"')[2].partition(">")[0]
    assert 'aria-invalid="true"' in field
    assert "Существующий контакт: Орлов" in page


def test_the_existing_contact_can_be_linked_instead(company: Form, attach: Any) -> None:
    existing = ContactFactory(phone=PHONE)
    page = text_of(company.press("contact/link/", link_phone=PHONE))
    assert f'value="{PHONE}" checked' in page
    attach(company)
    company.create(contact=PHONE)
    assert the_task().contact_version == existing.current
    assert Contact.objects.count() == 1


def test_a_contact_that_resembles_an_existing_one_is_shown_first(
    company: Form, attach: Any
) -> None:
    ContactFactory(version__email="p@client.example")
    page = text_of(company.save())
    assert "Похожие уже есть в базе" in page
    attach(company)
    assert company.create().status_code == 422
    assert company.create(confirmed="1").status_code == 302
    assert Contact.objects.count() == 2


def test_another_client_drops_the_contact_of_the_one_before(company: Form) -> None:
    chosen = ContactFactory(client=card())
    company.save(contact=chosen.phone)
    other = ClientFactory()
    page = text_of(company.save(client=f"{other.inn}-{other.kpp}"))
    assert f'value="{chosen.phone}"' not in page


def test_another_client_keeps_the_contact_being_typed(company: Form) -> None:
    company.save()
    other = ClientFactory()
    assert "Петров" in text_of(company.save(client=f"{other.inn}-{other.kpp}"))


@pytest.mark.parametrize("pasted", ["8 912 345-67-89", "7(912)3456789", "+7 912 345 67 89"])
def test_a_phone_is_taken_as_it_is_pasted(pasted: str, company: Form, attach: Any) -> None:
    attach(company)
    company.create(**{"new-phone": pasted})
    assert the_task().contact_version.phone == PHONE


def test_only_what_was_typed_is_called_wrong_before_the_button_is_pressed(company: Form) -> None:
    company.values |= {"new-surname": "", "new-phone": "12", "active": ""}
    page = text_of(company.save()).partition('id="contact-section"')[2]
    contact = page.partition('id="signing-section"')[0]
    assert "Введите телефон: +7 и 10 цифр" in contact
    assert "Введите фамилию" not in contact


def test_a_field_is_not_called_wrong_while_it_is_being_typed_in(company: Form) -> None:
    page = text_of(company.save(**{"new-phone": "8 912", "active": "new-phone"}))
    contact = page.partition('id="contact-section"')[2].partition('id="signing-section"')[0]
    assert "Введите телефон" not in contact
