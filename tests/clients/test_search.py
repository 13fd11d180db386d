"""Search of clients and contacts."""

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from clients.models import Client, Contact
from tests.support.factories_clients import ClientFactory, ContactFactory

pytestmark = pytest.mark.django_db


def search_names(text: str) -> list[str]:
    return [client.short_name for client in Client.objects.search(text)]


@pytest.mark.parametrize(
    "text", ["ромашка", "РОМАШКА", "омашк", "ООО «Ромашка»", "  ромашка ", 'ООО "РОМАШКА"', "ром"]
)
def test_any_part_of_the_name_matches_in_any_case(text: str) -> None:
    ClientFactory.create(short_name="ООО «РОМАШКА»")
    ClientFactory.create(short_name="ООО «Лотос»")
    assert search_names(text) == ["ООО «РОМАШКА»"]


def test_yo_and_ye_are_equal() -> None:
    ClientFactory.create(short_name="ООО «Звёздочка»")
    assert search_names("звездочка") == search_names("ЗВЁЗДОЧКА") == ["ООО «Звёздочка»"]


def test_all_words_must_match_in_any_order() -> None:
    ClientFactory.create(short_name="ИП Петров Петр Петрович")
    ClientFactory.create(short_name="ИП Петров Иван Ильич")
    assert search_names("иван петров") == ["ИП Петров Иван Ильич"]
    assert search_names("петров и") == ["ИП Петров Иван Ильич", "ИП Петров Петр Петрович"]


def test_names_that_begin_with_the_text_are_first() -> None:
    ClientFactory.create(short_name="АО «Аромат»")
    ClientFactory.create(short_name="АО «Роман»")
    assert search_names("ром") == ["АО «Роман»", "АО «Аромат»"]


def test_two_letters_match_the_beginning_of_names() -> None:
    ClientFactory.create(short_name="АО «Аромат»")
    ClientFactory.create(short_name="АО «Роман»")
    assert search_names("ро") == ["АО «Роман»"]


def test_inn_and_ogrn_match() -> None:
    ClientFactory.create(short_name="АО «Лотос»", inn="7701001206", ogrn="1157746001105")
    ClientFactory.create(short_name="АО «Вектор»", inn="7701001301", ogrn="1157746001203")
    assert search_names("7701001206") == search_names("77 01 001-206") == ["АО «Лотос»"]
    assert search_names("1157746001203") == ["АО «Вектор»"]
    assert search_names("77010012") == ["АО «Лотос»"]
    assert search_names("115774") == ["АО «Вектор»", "АО «Лотос»"]


def test_a_number_in_a_name_matches() -> None:
    ClientFactory.create(short_name="ООО «Завод 4512»")
    assert search_names("4512") == ["ООО «Завод 4512»"]


@pytest.mark.parametrize(
    "text",
    [
        "самойлова",
        "boss@vector.example",
        "boss@",
        "+7 903 555-01-02",
        "тел. 8 903 555 01 02",
        "7701001206/770101001",
        "7701001206770101001",
        "ИНН 7701001206",
        "kjnjc",
        "КЛНЬЩ",
        "rjkjyrf",
    ],
)
def test_contacts_labels_and_the_other_keyboard_layout_match(text: str) -> None:
    lotos = ClientFactory.create(short_name="АО «Лотос Колонка»", inn="7701001206")
    ClientFactory.create(short_name="АО «Вектор»")
    ContactFactory.create(
        client=lotos,
        phone="+79035550102",
        version__surname="Самойлова",
        version__email="boss@vector.example",
    )
    expected = [] if text == "КЛНЬЩ" else ["АО «Лотос Колонка»"]
    assert search_names(text) == expected


def test_the_name_of_a_contact_who_left_does_not_match() -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(client=client, version__surname="Самойлова")
    assert search_names("самойлова") == [client.short_name]
    contact.links.all().delete()
    assert search_names("самойлова") == []


def test_blank_text_matches_all_and_punctuation_nothing() -> None:
    ClientFactory.create(short_name="ООО «Ромашка»")
    assert search_names("«»") == []
    assert search_names("%") == []
    assert search_names(" ") == ["ООО «Ромашка»"]


def test_contacts_match_by_name_phone_and_email() -> None:
    client = ClientFactory.create()
    petrov = ContactFactory.create(
        client=client, phone="+79123456789", version__email="boss@company.example"
    )
    other = {"version__surname": "Сидоров", "version__patronymic": ""}
    ContactFactory.create(client=client, phone="+79990001122", **other)
    contacts = Contact.objects.of_client(client)
    assert contacts.count() == 2
    for text in ["петров", "ПЕТР ПЕТРОВ", "8 912 345-67-89", "45678", "boss@"]:
        assert list(contacts.search(text)) == [petrov]
    assert not contacts.search("иванова").exists()


def test_a_list_of_contacts_is_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = ClientFactory.create()
    ContactFactory.create_batch(3, client=client)
    with django_assert_num_queries(1):
        assert len([str(contact) for contact in Contact.objects.of_client(client)]) == 3


def test_postgresql_has_a_trigram_index() -> None:
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, Client._meta.db_table)
    assert ("client_search_trigram" in indexes) is (connection.vendor == "postgresql")
    assert indexes["client_name_begins"]["columns"] == ["name_key"]
