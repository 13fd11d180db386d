"""Names in other cases."""

import pytest

from accounts.roles import Role, TaskType
from clients.models import Client, DeclinedName
from clients.rules.name_cases import decline_contact, decline_name
from tests.support.factories import UserFactory
from tests.support.factories_clients import ClientFactory, ContactFactory
from tests.support.people import browser_of


@pytest.mark.parametrize(
    ("name", "genitive"),
    [
        ("Петров Петр Петрович", "Петрова Петра Петровича"),
        ("Кравцова Любовь Олеговна", "Кравцовой Любови Олеговны"),
        ("Шевчук Анна Ивановна", "Шевчук Анны Ивановны"),
        ("Шевчук Иван Иванович", "Шевчука Ивана Ивановича"),
        ("Салтыков-Щедрин Михаил Евграфович", "Салтыкова-Щедрина Михаила Евграфовича"),
        ("Бондаренко Илья", "Бондаренко Ильи"),
        ("Иванова Мария", "Ивановой Марии"),
        ("Smith John", "Smith John"),
    ],
)
def test_names_are_declined_by_gender(name: str, genitive: str) -> None:
    surname, given_name, patronymic = [*name.split(), ""][:3]
    assert decline_name(surname, given_name, patronymic, "genitive") == genitive


@pytest.mark.django_db
def test_a_correction_holds_for_the_name_that_it_was_made_for() -> None:
    contact = ContactFactory(
        version__surname="Ким", version__given_name="Мин", version__patronymic=""
    )
    corrected = DeclinedName.objects.create(
        contact=contact, full_name="Ким Мин", genitive="Ким Мин"
    )
    assert decline_contact(contact, "genitive") == "Ким Мин"
    assert decline_contact(contact, "dative") == "Киму Мину"
    DeclinedName.objects.filter(pk=corrected.pk).update(full_name="Ким Мина")
    assert decline_contact(contact, "genitive") == "Кима Мина"


@pytest.mark.django_db
def test_a_manager_corrects_the_forms_on_the_contact() -> None:
    client: Client = ClientFactory()
    contact = ContactFactory(client=client)
    browser = browser_of(UserFactory(roles=[Role.MANAGER], types=[TaskType.LEGAL]))
    url = f"/manage/companies/{client.pk}/name/{contact.pk}/"
    edit = browser.get(f"/manage/companies/{client.pk}/contacts/{contact.pk}/edit/")
    assert url in edit.content.decode()
    assert 'value="Петрова Петра Петровича"' in browser.get(url).content.decode()
    response = browser.post(url, {"genitive": "Петрова П. П.", "dative": "", "instrumental": ""})
    assert response["Location"] == f"/manage/companies/{client.pk}/"
    assert decline_contact(contact, "genitive") == "Петрова П. П."
    assert decline_contact(contact, "dative") == "Петрову Петру Петровичу"
    assert 'value="Петрова П. П."' in browser.get(url).content.decode()
    assert browser.post(url, {"genitive": "я" * 303}).status_code == 422


@pytest.mark.django_db
def test_the_name_of_a_contact_of_another_client_is_not_found() -> None:
    client, contact = ClientFactory(), ContactFactory(client=ClientFactory(inn="7707083893"))
    browser = browser_of(UserFactory(roles=[Role.MANAGER], types=[TaskType.LEGAL]))
    assert browser.get(f"/manage/companies/{client.pk}/name/{contact.pk}/").status_code == 404
