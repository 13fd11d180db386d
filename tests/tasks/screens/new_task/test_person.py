"""«Самозанятый B2B» and «ДГПХ»: one card, no company, no separate contact (manual, 4)."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.http import HttpResponse

from accounts.roles import TaskType
from clients.actions import DUPLICATE_MESSAGE
from clients.models import Client, Contact
from tests.support.factories_clients import ClientFactory, ContactFactory, PersonFactory, person_inn
from tests.tasks.screens.new_task.conftest import (
    IVANOVA,
    PHONE,
    Form,
    Outside,
    text_of,
    the_draft,
    the_task,
)

Attach = Callable[[Form], HttpResponse]


@pytest.fixture
def contractor(person: Form) -> Form:
    return Form(person.browser, "contractor", {**person.values, "person-inn": person_inn(77)})


def known_person(**more: str) -> Client:
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
        **more,
    )
    return client


def test_there_are_no_fields_of_a_company_or_of_a_separate_contact(person: Form) -> None:
    page = text_of(person.open())
    assert "Данные самозанятого" in page
    for label in ("Наименование клиента", "Контактное лицо", "Должность"):
        assert label not in page


def test_a_self_employed_gets_a_card_with_the_task(person: Form, attach: Attach) -> None:
    attach(person)
    assert person.create().status_code == 302
    task = the_task()
    assert task.task_type == TaskType.SELF_EMPLOYED
    assert (task.client.kind, task.client.inn) == (Client.Kind.SELF_EMPLOYED, IVANOVA.inn)
    assert task.contact_version.phone == PHONE
    assert list(task.client.contacts.all()) == [task.contact_version.contact]


def test_an_agent_need_not_be_in_cdi(contractor: Form, attach: Attach) -> None:
    attach(contractor)
    assert contractor.create().status_code == 302
    task = the_task()
    assert task.task_type == TaskType.CONTRACTOR
    assert task.client.kind == Client.Kind.INDIVIDUAL


def test_the_name_comes_from_cdi(person: Form) -> None:
    for name in ("surname", "given_name", "patronymic"):
        person.values[f"person-{name}"] = ""
    page = text_of(person.save())
    assert 'value="Андреевна"' in page
    assert "Новая карточка" in page


def test_what_was_typed_is_not_replaced_by_cdi(person: Form) -> None:
    person.save(**{"person-surname": "Иванова-Петрова"})
    assert the_draft().fields["person-surname"] == ["Иванова-Петрова"]


def test_a_card_of_the_base_fills_in_the_rest(person: Form) -> None:
    known_person()
    empty = {name: "" for name in person.values if name.startswith("person-")}
    page = text_of(person.save(**{**empty, "person-inn": IVANOVA.inn}))
    assert "Клиент есть в базе" in page
    assert 'value="+7 912 345-67-89"' in page or f'value="{PHONE}"' in page
    assert "anna@client.example" in page


def test_the_same_person_gets_no_second_card(person: Form, attach: Attach) -> None:
    known_person()
    attach(person)
    person.create()
    assert Client.objects.count() == Contact.objects.count() == 1
    assert the_task().contact_version.number == 1


def test_what_differs_from_the_card_makes_its_next_version(person: Form, attach: Attach) -> None:
    known_person()
    page = text_of(person.save(**{"person-email": "new@client.example"}))
    assert "Карточка получит новую версию данных" in page
    assert "<del>anna@client.example</del>" in page
    attach(person)
    person.create()
    version = the_task().contact_version
    assert (version.number, version.email) == (2, "new@client.example")


def test_one_registered_less_than_14_days_ago_is_not_in_cdi(
    person: Form, outside: Outside, attach: Attach
) -> None:
    outside.organisations = []
    page = text_of(person.save())
    assert "Данные о зарегистрированных менее 14 дней назад еще не поступили" in page
    attach(person)
    assert person.create().status_code == 422


def test_a_liquidated_self_employed_is_refused(person: Form, outside: Outside) -> None:
    outside.organisations = [replace(IVANOVA, state=Client.State.LIQUIDATED)]
    assert "Клиент ликвидирован. Создать задание нельзя" in text_of(person.save())


def test_with_cdi_down_the_form_says_so(person: Form, outside: Outside) -> None:
    outside.cdi_down = True
    assert "CDI не отвечает. Введенное сохранено" in text_of(person.save())
    outside.cdi_down = False
    assert "CDI не отвечает" not in text_of(person.press("client/"))


def test_cdi_is_asked_once_about_an_inn(person: Form, outside: Outside) -> None:
    for number in "123":
        person.save(document_number=number)
    assert outside.asked_cdi == 1


def test_a_phone_of_another_contact_is_a_duplicate(person: Form) -> None:
    ContactFactory(phone=PHONE, client=ClientFactory())
    page = text_of(person.save())
    assert DUPLICATE_MESSAGE in page
    assert "Привязать" in page


def test_an_existing_contact_can_become_the_persons_own(person: Form, attach: Attach) -> None:
    existing = ContactFactory(phone=PHONE, client=ClientFactory())
    page = text_of(person.press("contact/link/", link_phone=PHONE))
    assert 'value="Петров"' in page
    linked = Form(person.browser, person.slug, {**person.values, **the_draft().fields})
    attach(linked)
    assert linked.create().status_code == 302
    assert the_task().contact_version.contact == existing
    assert Contact.objects.count() == 1


def test_an_inn_that_does_not_add_up_is_said_at_the_field(person: Form) -> None:
    page = text_of(person.save(**{"person-inn": "771234567850"}))
    assert "Проверьте ИНН: контрольные цифры не сходятся" in page


def test_an_organisations_inn_is_not_a_persons(person: Form) -> None:
    assert "ИНН состоит из 12 цифр" in text_of(person.save(**{"person-inn": "7707083893"}))
