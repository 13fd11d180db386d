"""Names in other cases."""

import pytest

from clients.models import DeclinedName
from clients.rules.name_cases import decline_contact, decline_name
from tests.support.factories_clients import ContactFactory


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
