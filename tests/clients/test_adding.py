"""Adding cards and contacts in «Управление» (docs/rules.md#client-directory)."""

from dataclasses import replace

import pytest
from django.test import Client as Browser

from clients.models import Client, ClientContact
from econtract.platform.common.errors import Unavailable
from tests.support.client_pages import CONTACT_FORM, DUPLICATE, edit_form, url
from tests.support.factories_clients import ClientFactory, ContactFactory, PersonFactory
from tests.support.fake_cdi import ROMASHKA, FakeCdi

pytestmark = pytest.mark.django_db


def test_a_new_contact_is_added_to_the_card(manager: Browser) -> None:
    client = ClientFactory.create()
    response = manager.post(url("contact_add", "companies", client.pk), CONTACT_FORM)
    assert response.status_code == 302
    contact = client.contacts.get()
    assert contact.phone == "+79123456789"
    assert contact.current_version.email == "sidorov@company.example"


def test_a_duplicate_phone_offers_to_link_the_existing_contact(manager: Browser) -> None:
    client = ClientFactory.create()
    existing = ContactFactory.create(phone="+79123456789")
    page = manager.post(url("contact_add", "companies", client.pk), CONTACT_FORM)
    assert page.status_code == 422
    assert page.context["form"].errors["phone"] == [DUPLICATE]
    assert 'value="+79123456789"' in page.content.decode()
    link = manager.post(
        url("contact_link", "companies", client.pk), CONTACT_FORM | {"link_phone": "+79123456789"}
    )
    assert link.status_code == 302
    assert list(client.contacts.all()) == [existing]


def test_the_same_person_is_shown_before_adding(manager: Browser) -> None:
    client = ClientFactory.create()
    parts = ("surname", "given_name", "patronymic")
    name = {f"version__{part}": CONTACT_FORM[part] for part in parts}
    ContactFactory.create(**name, version__email="sidorov@company.example")
    add = url("contact_add", "companies", client.pk)
    page = manager.post(add, CONTACT_FORM)
    assert page.status_code == 422
    assert "Похожие уже есть в базе" in page.content.decode()
    assert not client.contacts.exists()
    assert manager.post(add, CONTACT_FORM | {"confirmed": "1"}).status_code == 302
    assert client.contacts.get().current_version.surname == "Сидоров"


def test_a_common_address_does_not_stop_the_adding(manager: Browser) -> None:
    client = ClientFactory.create()
    ContactFactory.create(version__email="sidorov@company.example")
    add = url("contact_add", "companies", client.pk)
    assert manager.post(add, CONTACT_FORM).status_code == 302


def test_a_contact_of_no_client_is_found_by_phone(manager: Browser) -> None:
    client = ClientFactory.create()
    ContactFactory.create(phone="+79123456789", version__surname="Найденов")
    add = url("contact_add", "companies", client.pk)
    assert "Найденов" in manager.get(add, {"phone": "8 912 345 67 89"}).content.decode()
    page = manager.get(add, {"phone": "89990000000"}).content.decode()
    assert "Контакта с таким телефоном нет" in page
    assert manager.get(add, {"phone": "1"}).status_code == 422


def test_a_contact_is_linked_by_phone_and_not_by_id(manager: Browser) -> None:
    client, contact = ClientFactory.create(), ContactFactory.create()
    link = url("contact_link", "companies", client.pk)
    assert manager.post(link, {"link_phone": str(contact.pk)}).status_code == 404
    assert manager.post(link).status_code == 404
    assert not ClientContact.objects.exists()


# --- adding cards -------------------------------------------------------------------------------


def test_a_company_is_added_from_cdi(manager: Browser, fake_cdi: FakeCdi) -> None:
    fake_cdi.organisations = [ROMASHKA]
    add = url("add", "companies")
    assert "ООО «Ромашка»" in manager.get(add, {"q": "ромашка"}).content.decode()
    response = manager.post(add, {"inn": ROMASHKA.inn, "kpp": ROMASHKA.kpp})
    client = Client.objects.get()
    assert response.headers["Location"] == url("card", "companies", client.pk)
    assert "Клиент есть в базе" in manager.get(add, {"q": "ромашка"}).content.decode()
    manager.post(add, {"inn": ROMASHKA.inn, "kpp": ROMASHKA.kpp})
    assert Client.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "reason"),
    [("liquidated", "Клиент ликвидирован"), ("bankrupt", "Клиент признан банкротом")],
)
def test_an_unusable_company_is_shown_with_the_reason(
    manager: Browser, fake_cdi: FakeCdi, state: str, reason: str
) -> None:
    fake_cdi.organisations = [replace(ROMASHKA, state=Client.State(state))]
    add = url("add", "companies")
    assert reason in manager.get(add, {"q": "ромашка"}).content.decode()
    response = manager.post(add, {"inn": ROMASHKA.inn, "kpp": ROMASHKA.kpp})
    assert response.status_code == 422
    assert not Client.objects.exists()


def test_an_outage_of_cdi_is_shown_and_keeps_the_query(manager: Browser, fake_cdi: FakeCdi) -> None:
    fake_cdi.error = Unavailable("cdi", "timeout")
    page = manager.get(url("add", "companies"), {"q": "ромашка"})
    assert "CDI не отвечает" in page.content.decode()
    assert 'value="ромашка"' in page.content.decode()
    response = manager.post(url("add", "companies"), {"inn": "7701001100"})
    assert response.status_code == 422


def test_the_page_says_that_cdi_has_no_such_company(manager: Browser, fake_cdi: FakeCdi) -> None:
    page = manager.get(url("add", "companies"), {"q": "новосел"}).content.decode()
    assert "Данные о зарегистрированных менее 14 дней назад еще не поступили" in page
    assert manager.post(url("add", "companies"), {"inn": "../x"}).status_code == 422


def test_a_self_employed_person_is_not_a_company(manager: Browser, fake_cdi: FakeCdi) -> None:
    fake_cdi.organisations = [replace(ROMASHKA, kind=Client.Kind.SELF_EMPLOYED)]
    add = url("add", "companies")
    assert manager.get(add, {"q": "ромашка"}).context["matches"] == []
    assert manager.post(add, {"inn": ROMASHKA.inn}).status_code == 422


def test_registration_data_is_refreshed_from_cdi(manager: Browser, fake_cdi: FakeCdi) -> None:
    client = ClientFactory.create(inn=ROMASHKA.inn, short_name="Старое имя")
    fake_cdi.organisations = [replace(ROMASHKA, kpp=client.kpp)]
    manager.post(url("refresh", "companies", client.pk))
    client.refresh_from_db()
    assert client.short_name == "ООО «Ромашка»"
    fake_cdi.error = Unavailable("cdi", "timeout")
    again = manager.post(url("refresh", "companies", client.pk), follow=True)
    assert "CDI не отвечает" in again.content.decode()


PERSON = {
    name: CONTACT_FORM[name] for name in CONTACT_FORM if name not in {"position", "authority"}
} | {
    "inn": "7712 3456 7859",
    "snils": "112-233-445 95",
}


@pytest.mark.parametrize(
    ("slug", "kind"), [("self-employed", "self_employed"), ("contractors", "individual")]
)
def test_a_person_is_added_by_form(manager: Browser, slug: str, kind: str) -> None:
    response = manager.post(url("add", slug), PERSON)
    client = Client.objects.get()
    assert response.headers["Location"] == url("card", slug, client.pk)
    assert (client.kind, client.inn) == (kind, "771234567859")
    assert client.short_name == "Сидоров Алексей Иванович"
    version = client.contacts.get().current_version
    assert (version.inn, version.snils) == ("771234567859", "11223344595")
    page = manager.get(url("card", slug, client.pk)).content.decode()
    assert "112-233-445 95" in page


def test_the_form_of_a_person_has_no_fields_of_a_company(manager: Browser) -> None:
    page = manager.get(url("add", "self-employed")).content.decode()
    assert "Должность" not in page
    assert "КПП" not in page


def test_the_same_person_is_not_added_twice(manager: Browser) -> None:
    manager.post(url("add", "self-employed"), PERSON)
    page = manager.post(url("add", "self-employed"), PERSON | {"confirmed": "1"})
    assert page.status_code == 422
    assert page.context["form"].errors["inn"] == ["Карточка с таким ИНН уже есть"]
    assert "Сидоров Алексей Иванович" in page.content.decode()
    assert Client.objects.count() == 1


def test_a_person_with_a_known_phone_is_linked_to_that_contact(manager: Browser) -> None:
    existing = ContactFactory.create(phone="+79123456789", version__surname="Сидоров")
    add = url("add", "contractors")
    page = manager.post(add, PERSON)
    assert page.context["form"].errors["phone"] == [DUPLICATE]
    manager.post(add, PERSON | {"link_phone": existing.phone})
    assert Client.objects.get().contacts.get() == existing


def test_errors_in_numbers_are_shown_at_the_fields(manager: Browser) -> None:
    data = PERSON | {"inn": "771234567850", "snils": "112-233-445 96"}
    errors = manager.post(url("add", "contractors"), data).context["form"].errors
    assert errors["inn"] == ["Проверьте ИНН: контрольные цифры не сходятся"]
    assert errors["snils"] == ["Проверьте СНИЛС: контрольные цифры не сходятся"]


def test_an_edit_of_a_person_renames_the_card(manager: Browser) -> None:
    client = PersonFactory.create()
    contact = ContactFactory.create(client=client)
    edit = url("person_edit", "self-employed", client.pk)
    assert "Сохранить" in manager.get(edit).content.decode()
    response = manager.post(edit, edit_form(contact, surname="Семенова"))
    assert response.headers["Location"] == url("card", "self-employed", client.pk)
    client.refresh_from_db()
    assert client.short_name.startswith("Семенова")
    assert manager.post(edit, edit_form(contact, surname="")).status_code == 422


def test_companies_and_persons_have_different_edit_pages(manager: Browser) -> None:
    company, person = ClientFactory.create(), PersonFactory.create()
    contact = ContactFactory.create(client=person)
    assert manager.get(url("person_edit", "companies", company.pk)).status_code == 404
    assert manager.get(url("person_edit", "self-employed", person.pk)).status_code == 200
    unlink = url("contact_unlink", "self-employed", person.pk, contact.pk)
    assert manager.post(unlink).status_code == 404
    assert person.contacts.exists()
