"""«Самозанятый B2B» and «ДГПХ»: one card, no separate contact (docs/rules.md#new-task-form)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.http import HttpResponse

from accounts.models import User
from accounts.roles import TaskType
from clients.actions import DUPLICATE_MESSAGE
from clients.models import Client, Contact
from tasks.statuses import Status
from tests.support.factories import add_head
from tests.support.factories_clients import ClientFactory, ContactFactory, PersonFactory, person_inn
from tests.tasks.screens.new_task.conftest import (
    IVANOVA,
    PHONE,
    FakeOutsideSystems,
    FormPage,
    get_draft,
    get_task,
    get_text,
)

Attach = Callable[[FormPage], HttpResponse]


@pytest.fixture
def contractor(person: FormPage) -> FormPage:
    return FormPage(person.browser, "contractor", {**person.values, "person-inn": person_inn(77)})


def create_person_card(**columns: str) -> Client:
    """Иванова's card with herself as its contact."""
    client: Client = PersonFactory(inn=IVANOVA.inn)
    ContactFactory(
        phone=PHONE,
        client=client,
        version__surname="Иванова",
        version__given_name="Анна",
        version__patronymic="Андреевна",
        version__email="anna@client.example",
        version__inn=IVANOVA.inn,
        version__position="",
        version__authority="",
        **columns,
    )
    return client


def test_a_person_has_no_company_and_no_separate_contact(person: FormPage) -> None:
    page = get_text(person.open())
    assert "Данные самозанятого" in page
    for label in ("Наименование клиента", "Контактное лицо", "Должность"):
        assert label not in page


def test_a_new_self_employed_client_gets_a_card_with_the_task(
    person: FormPage, attach: Attach
) -> None:
    attach(person)
    assert person.create().status_code == 302
    task = get_task()
    assert task.task_type == TaskType.SELF_EMPLOYED
    assert (task.client.kind, task.client.inn) == (Client.Kind.SELF_EMPLOYED, IVANOVA.inn)
    assert task.contact_version.phone == PHONE
    assert list(task.client.contacts.all()) == [task.contact_version.contact]


def test_a_contractor_need_not_be_in_cdi(contractor: FormPage, attach: Attach) -> None:
    attach(contractor)
    assert contractor.create().status_code == 302
    task = get_task()
    assert task.task_type == TaskType.CONTRACTOR
    assert task.client.kind == Client.Kind.INDIVIDUAL


def test_the_name_comes_from_cdi(person: FormPage) -> None:
    for name in ("surname", "given_name", "patronymic"):
        person.values[f"person-{name}"] = ""
    page = get_text(person.save())
    assert 'value="Андреевна"' in page
    assert "Новая карточка" in page


def test_cdi_does_not_overwrite_what_was_typed(person: FormPage) -> None:
    person.save(**{"person-surname": "Иванова-Петрова"})
    assert get_draft().fields["person-surname"] == ["Иванова-Петрова"]


def test_an_existing_card_fills_in_the_empty_fields(person: FormPage) -> None:
    create_person_card()
    empty = {name: "" for name in person.values if name.startswith("person-")}
    page = get_text(person.save(**{**empty, "person-inn": IVANOVA.inn}))
    assert "Клиент есть в базе" in page
    assert 'value="+7 912 345-67-89"' in page or f'value="{PHONE}"' in page
    assert "anna@client.example" in page


def test_an_existing_person_gets_no_second_card(person: FormPage, attach: Attach) -> None:
    create_person_card()
    attach(person)
    person.create()
    assert Client.objects.count() == Contact.objects.count() == 1
    assert get_task().contact_version.number == 1


def test_a_difference_from_the_card_creates_a_new_version(person: FormPage, attach: Attach) -> None:
    create_person_card()
    page = get_text(person.save(**{"person-email": "new@client.example"}))
    assert "Карточка получит новую версию данных" in page
    assert "<del>anna@client.example</del>" in page
    attach(person)
    person.create()
    version = get_task().contact_version
    assert (version.number, version.email) == (2, "new@client.example")


def test_one_registered_less_than_14_days_ago_is_not_in_cdi(
    person: FormPage, outside: FakeOutsideSystems, attach: Attach
) -> None:
    outside.organisations = []
    page = get_text(person.save())
    assert "Данные о зарегистрированных менее 14 дней назад еще не поступили" in page
    attach(person)
    assert person.create().status_code == 422


def test_a_liquidated_self_employed_is_refused(
    person: FormPage, outside: FakeOutsideSystems
) -> None:
    outside.organisations = [replace(IVANOVA, state=Client.State.LIQUIDATED)]
    assert "Клиент ликвидирован. Создать задание нельзя" in get_text(person.save())


def test_the_state_of_a_self_employed_is_kept_and_asks_for_an_approval(
    person: FormPage, outside: FakeOutsideSystems, attach: Attach, manager: User
) -> None:
    add_head(manager)
    outside.organisations = [replace(IVANOVA, state=Client.State.LIQUIDATING)]
    assert "Клиент в процессе ликвидации" in get_text(person.save())
    attach(person)
    person.create()
    task = get_task()
    assert (task.status, task.client.state) == (Status.ON_APPROVAL, Client.State.LIQUIDATING)
    card = person.browser.get(task.get_absolute_url())
    assert "Клиент в процессе ликвидации: новые задания" in get_text(card)


def test_without_cdi_the_form_says_so(person: FormPage, outside: FakeOutsideSystems) -> None:
    outside.cdi_down = True
    assert "CDI не отвечает. Введенное сохранено" in get_text(person.save())
    outside.cdi_down = False
    assert "CDI не отвечает" not in get_text(person.press("client/"))


def test_cdi_is_asked_once_about_the_same_inn(
    person: FormPage, outside: FakeOutsideSystems
) -> None:
    for number in "123":
        person.save(document_number=number)
    assert outside.cdi_calls == 1


def test_the_phone_of_another_contact_is_a_duplicate(person: FormPage) -> None:
    ContactFactory(phone=PHONE, client=ClientFactory())
    page = get_text(person.save())
    assert DUPLICATE_MESSAGE in page
    assert "Привязать" in page


def test_an_existing_contact_can_become_the_persons_own(person: FormPage, attach: Attach) -> None:
    existing = ContactFactory(phone=PHONE, client=ClientFactory())
    page = get_text(person.press("contact/link/", link_phone=PHONE))
    assert 'value="Петров"' in page
    page_with_link = FormPage(person.browser, person.slug, {**person.values, **get_draft().fields})
    attach(page_with_link)
    assert page_with_link.create().status_code == 302
    assert get_task().contact_version.contact == existing
    assert Contact.objects.count() == 1


def test_an_inn_with_a_wrong_check_digit_is_an_error(person: FormPage) -> None:
    page = get_text(person.save(**{"person-inn": "771234567850"}))
    assert "Проверьте ИНН: контрольные цифры не сходятся" in page


def test_an_inn_of_an_organisation_is_an_error(person: FormPage) -> None:
    assert "ИНН состоит из 12 цифр" in get_text(person.save(**{"person-inn": "7707083893"}))


def test_a_closed_form_forgets_whom_it_asked_about(person: FormPage) -> None:
    person.save()
    person.press("close/", htmx=False)
    again = person.open_another_page(**{"person-inn": IVANOVA.inn})
    page = get_text(again.press("draft/"))
    assert 'value="Андреевна"' in page
