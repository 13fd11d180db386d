"""Search, cards and edits of «Управление» (docs/rules.md#client-directory)."""

from dataclasses import replace

import pytest
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries

from clients.actions import edit_contact
from clients.models import ClientContact, Contact
from econtract.platform.common.toasts import take_undo_toasts
from tests.support.client_pages import DUPLICATE, HTMX, edit_form, url
from tests.support.factories import UserFactory
from tests.support.factories_clients import ClientFactory, ContactFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("query", ["ромашка", "«РОМАШКА»", "7701001100", "1157746001104"])
def test_search_by_name_inn_and_ogrn(manager: Browser, query: str) -> None:
    ClientFactory.create(short_name="ООО «Ромашка»", inn="7701001100", ogrn="1157746001104")
    ClientFactory.create(short_name="ООО «Лотос»", ogrn="1157746001105")
    page = manager.get(url("list", "companies"), {"q": query})
    assert [client.short_name for client, _ in page.context["rows"]] == ["ООО «Ромашка»"]


def test_an_empty_result_has_a_message(manager: Browser) -> None:
    page = manager.get(url("list", "companies"), {"q": "нет такого"}).content.decode()
    assert "Клиент не найден" in page
    assert "Карточка появится после первого задания" in page


def test_htmx_receives_only_the_results(manager: Browser) -> None:
    part = manager.get(url("list", "companies"), {"q": "x"}, headers=HTMX)
    assert "<html" not in part.content.decode()
    assert part.headers["Vary"].count("HX-Request") == 1
    assert part.headers["Cache-Control"] == "no-store"


def test_the_list_has_pages(
    manager: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        ClientFactory.create(short_name=f"ООО «Клиент {number:02d}»")
    with django_assert_max_num_queries(14):
        first = manager.get(url("list", "companies"))
    assert len(first.context["rows"]) == 25
    page = first.context["page"]
    assert (page.total, page.summary) == ("30", "1–25 из 30")
    second = manager.get(page.next_url)
    assert second.context["page"].summary == "26–30 из 30"
    assert manager.get(url("list", "companies"), {"page": "99999"}).context["page"].previous_url
    assert manager.get(url("list", "companies"), {"page": "-x"}).context["page"].next_url


def test_markup_in_a_name_is_escaped(manager: Browser) -> None:
    ClientFactory.create(short_name="ООО «<script>alert(1)</script>»")
    assert "<script>alert" not in manager.get(url("list", "companies")).content.decode()


# --- the card -----------------------------------------------------------------------------------


def test_a_card_shows_registration_data_contacts_and_links_to_tasks(manager: Browser) -> None:
    client = ClientFactory.create(inn="7701001100", state="liquidating")
    ContactFactory.create(client=client, phone="+79123456789")
    page = manager.get(url("card", "companies", client.pk)).content.decode()
    for text in ["7701001100", "В процессе ликвидации", "12.03.2015", "+7 912 345-67-89"]:
        assert text in page
    assert "/tasks/all/?q=7701001100" in page


def test_search_among_the_contacts_of_a_card(manager: Browser) -> None:
    client = ClientFactory.create()
    ContactFactory.create(client=client, version__surname="Сидоров", version__patronymic="")
    ContactFactory.create(client=client, version__surname="Алексеев", version__patronymic="")
    page = manager.get(url("card", "companies", client.pk), {"contacts": "сидор"}, headers=HTMX)
    assert [row.name for row in page.context["contacts"]] == ["Сидоров Петр"]
    assert "<html" not in page.content.decode()


def test_a_contact_of_several_clients_has_a_note(manager: Browser) -> None:
    clients = ClientFactory.create_batch(3)
    contact = ContactFactory.create(client=clients[0])
    for other in clients[1:]:
        ClientContact.objects.create(client=other, contact=contact)
    card = manager.get(url("card", "companies", clients[0].pk)).content.decode()
    assert "Контакт связан еще с 2 клиентами" in card
    edit = url("contact_edit", "companies", clients[0].pk, contact.pk)
    assert "Контакт связан еще с 2 клиентами" in manager.get(edit).content.decode()


def test_the_card_has_a_constant_number_of_queries(
    manager: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = ClientFactory.create()
    ContactFactory.create_batch(12, client=client)
    manager.get(url("list", "companies"))
    with django_assert_max_num_queries(12):
        manager.get(url("card", "companies", client.pk))


# --- edits of contacts ---------------------------------------------------------------------------


def test_an_edit_is_saved_as_a_new_version(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(client=client)
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    assert "Сохранить" in manager.get(edit).content.decode()
    response = manager.post(edit, edit_form(contact, email="new@company.example"))
    assert response.headers["Location"].startswith(url("card", "companies", client.pk))
    contact.refresh_from_db()
    version = contact.current_version
    assert (version.number, version.email) == (2, "new@company.example")


def test_htmx_replaces_the_row_with_a_form_and_back(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(client=client)
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    form = manager.get(edit, headers=HTMX).content.decode()
    assert form.lstrip().startswith("<tr")
    assert "data-hx-post" in form
    row = manager.post(edit, edit_form(contact, position="Юрист"), headers=HTMX)
    text = row.content.decode()
    assert text.lstrip().startswith("<tr")
    assert "Юрист" in text
    assert "Сохранено" in text
    back = manager.get(url("contact", "companies", client.pk, contact.pk), headers=HTMX)
    assert "Юрист" in back.content.decode()


def test_an_invalid_edit_keeps_the_input(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(client=client)
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    page = manager.post(edit, edit_form(contact, phone="123", email="x", surname="С1"))
    text = page.content.decode()
    assert page.status_code == 422
    assert "<title>Ошибка: " in text
    assert "Исправьте ошибки" in text
    assert text.count("Введите телефон: +7 и 10 цифр") == 2
    assert text.count("Введите адрес вида name@company.ru") == 2
    assert "Фамилия: только буквы, пробел и дефис" in text
    assert 'value="123"' in text
    contact.refresh_from_db()
    assert contact.current_version.number == 1


def test_a_duplicate_phone_is_an_error_of_the_field(manager: Browser) -> None:
    client = ClientFactory.create()
    contact, other = ContactFactory.create(client=client), ContactFactory.create()
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    page = manager.post(edit, edit_form(contact, phone=other.phone))
    assert page.status_code == 422
    assert page.context["form"].errors["phone"] == [DUPLICATE]


def test_a_conflicting_edit_shows_the_differences(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(client=client)
    mine = edit_form(contact, position="Юрист")
    theirs = replace(contact.current_version.details, position="Бухгалтер")
    edit_contact(contact=contact, details=theirs, actor=UserFactory.create())
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    page = manager.post(edit, mine)
    assert page.status_code == 409
    assert page.context["changes"] == [{"label": "Должность", "old": "Бухгалтер", "new": "Юрист"}]
    again = mine | {"based_on": page.context["form"]["based_on"].value()}
    assert manager.post(edit, again).status_code == 302
    contact.refresh_from_db()
    assert (contact.current_version.number, contact.current_version.position) == (3, "Юрист")


def test_an_edit_keeps_values_without_a_field(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(client=client, version__snils="11223344595")
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    manager.post(edit, edit_form(contact, position="Юрист"))
    contact.refresh_from_db()
    assert contact.current_version.snils == "11223344595"


def test_a_contact_of_another_client_cannot_be_edited(manager: Browser) -> None:
    client, contact = (
        ClientFactory.create(),
        ContactFactory.create(client=ClientFactory.create()),
    )
    for name in ["contact", "contact_edit"]:
        assert manager.get(url(name, "companies", client.pk, contact.pk)).status_code in {302, 404}
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    assert manager.post(edit, edit_form(contact)).status_code == 404


# --- «Удалить связь» -----------------------------------------------------------------------------


def test_a_link_is_deleted_and_restored(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(client=client)
    response = manager.post(url("contact_unlink", "companies", client.pk, contact.pk))
    [toast] = take_undo_toasts(response.wsgi_request)
    assert toast.text == "Связь удалена"
    assert not client.contacts.exists()
    assert Contact.objects.filter(pk=contact.pk).exists()
    page = manager.post(toast.undo_url, follow=True)
    assert "Связь восстановлена" in page.content.decode()
    assert list(client.contacts.all()) == [contact]


def test_the_htmx_response_has_a_toast_with_undo(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(client=client)
    part = manager.post(
        url("contact_unlink", "companies", client.pk, contact.pk), headers=HTMX
    ).content.decode()
    assert "Связь удалена" in part
    assert "Отменить" in part
    assert "<html" not in part


def test_deleting_a_link_needs_post(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(client=client)
    response = manager.get(url("contact_unlink", "companies", client.pk, contact.pk))
    assert response.status_code == 405
    assert client.contacts.exists()


def test_an_undo_url_is_valid_for_one_link_only(manager: Browser) -> None:
    client, other = ClientFactory.create(), ClientFactory.create()
    contact = ContactFactory.create(client=client)
    response = manager.post(url("contact_unlink", "companies", client.pk, contact.pk))
    [toast] = take_undo_toasts(response.wsgi_request)
    token = toast.undo_url.rstrip("/").rpartition("/")[2]
    assert manager.post(url("contact_relink", "companies", other.pk, token)).status_code == 404
    assert manager.post(url("contact_relink", "companies", client.pk, "x")).status_code == 404
    assert not ClientContact.objects.exists()
