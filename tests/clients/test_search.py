import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from clients.models import Client, Contact
from tests.support.factories_clients import ClientFactory, ContactFactory

pytestmark = pytest.mark.django_db


def names(text: str) -> list[str]:
    return [client.short_name for client in Client.objects.search(text)]


@pytest.mark.parametrize(
    "text", ["ромашка", "РОМАШКА", "омашк", "ООО «Ромашка»", "  ромашка ", 'ООО "РОМАШКА"', "ром"]
)
def test_a_client_is_found_by_any_part_of_the_name_in_any_case(text: str) -> None:
    ClientFactory.create(short_name="ООО «РОМАШКА»")
    ClientFactory.create(short_name="ООО «Лотос»")
    assert names(text) == ["ООО «РОМАШКА»"]


def test_yo_and_ye_are_one_letter() -> None:
    ClientFactory.create(short_name="ООО «Звёздочка»")
    assert names("звездочка") == names("ЗВЁЗДОЧКА") == ["ООО «Звёздочка»"]


def test_every_word_must_be_found_in_any_order() -> None:
    ClientFactory.create(short_name="ИП Петров Петр Петрович")
    ClientFactory.create(short_name="ИП Петров Иван Ильич")
    assert names("иван петров") == ["ИП Петров Иван Ильич"]
    assert names("петров и") == ["ИП Петров Иван Ильич", "ИП Петров Петр Петрович"]


def test_names_that_begin_with_the_text_come_first() -> None:
    ClientFactory.create(short_name="АО «Аромат»")
    ClientFactory.create(short_name="АО «Роман»")
    assert names("ром") == ["АО «Роман»", "АО «Аромат»"]


def test_a_short_beginning_finds_names_that_begin_so() -> None:
    ClientFactory.create(short_name="АО «Аромат»")
    ClientFactory.create(short_name="АО «Роман»")
    assert names("ро") == ["АО «Роман»"]


def test_a_client_is_found_by_inn_and_ogrn() -> None:
    ClientFactory.create(short_name="АО «Лотос»", inn="7701001206", ogrn="1157746001105")
    ClientFactory.create(short_name="АО «Вектор»", inn="7701001301", ogrn="1157746001203")
    assert names("7701001206") == names("77 01 001-206") == ["АО «Лотос»"]
    assert names("1157746001203") == ["АО «Вектор»"]
    assert names("77010012") == ["АО «Лотос»"]
    assert names("115774") == ["АО «Вектор»", "АО «Лотос»"]


def test_a_number_in_a_name_is_found_too() -> None:
    ClientFactory.create(short_name="ООО «Завод 4512»")
    assert names("4512") == ["ООО «Завод 4512»"]


def test_text_without_letters_finds_nothing_and_no_text_everything() -> None:
    ClientFactory.create(short_name="ООО «Ромашка»")
    assert names("«»") == []
    assert names("%") == []
    assert names(" ") == ["ООО «Ромашка»"]


def test_contacts_of_a_client_are_found_by_name_phone_and_email() -> None:
    client = ClientFactory.create()
    petrov = ContactFactory.create(
        client=client, phone="+79123456789", version__email="boss@company.example"
    )
    other = {"version__surname": "Сидоров", "version__patronymic": ""}
    ContactFactory.create(client=client, phone="+79990001122", **other)
    found = Contact.objects.of_client(client)
    assert found.count() == 2
    for text in ["петров", "ПЕТР ПЕТРОВ", "8 912 345-67-89", "45678", "boss@"]:
        assert list(found.search(text)) == [petrov]
    assert not found.search("иванова").exists()


def test_a_list_of_contacts_is_one_query(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    client = ClientFactory.create()
    ContactFactory.create_batch(3, client=client)
    with django_assert_num_queries(1):
        assert len([str(contact) for contact in Contact.objects.of_client(client)]) == 3


def test_any_part_of_a_name_has_an_index_where_the_database_knows_one() -> None:
    with connection.cursor() as cursor:
        indexes = connection.introspection.get_constraints(cursor, Client._meta.db_table)
    assert ("client_search_trigram" in indexes) is (connection.vendor == "postgresql")
    assert indexes["client_name_begins"]["columns"] == ["name_key"]
