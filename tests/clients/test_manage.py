"""The manual, chapter 3: «Как изменить данные по клиенту на странице «Управление»»."""

from dataclasses import replace

import pytest
from django.test import Client as Browser
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.roles import Role, TaskType
from clients.actions import ContactFacts, edit_contact
from clients.models import Client, ClientContact, Contact
from econtract.platform.common.errors import Unavailable
from econtract.platform.common.toasts import take_undo_toasts
from tests.clients.conftest import FakeCdi
from tests.clients.test_actions import ROMASHKA
from tests.support.factories import UserFactory
from tests.support.factories_clients import ClientFactory, ContactFactory, PersonFactory
from tests.support.people import browser_of

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
TYPED = {
    "surname": "Сидоров",
    "given_name": "Алексей",
    "patronymic": "Иванович",
    "phone": "8 (912) 345-67-89",
    "email": "Sidorov@Company.example",
    "position": "Директор",
    "authority": "Устав",
}
DUPLICATE = (
    "Данный контакт уже существует. Пожалуйста укажите другие данные контакта "
    "или привяжите существующего"
)


def url(name: str, *args: object) -> str:
    return reverse(f"clients:{name}", args=args)


def typed_over(contact: Contact, **changes: str) -> dict[str, str]:
    """What the edit form of ``contact`` posts when ``changes`` are typed into it."""
    facts = ContactFacts.of(contact.newest)
    names = [*TYPED, "snils"]
    posted = {name: getattr(facts, name) for name in names}
    return posted | {"based_on": str(contact.newest.number)} | changes


# --- who may what -------------------------------------------------------------------------------

EVERY_TYPE = tuple(TaskType)
LEGAL_ONLY = (TaskType.LEGAL,)
READERS = {
    "manager of companies": ((Role.MANAGER,), LEGAL_ONLY),
    "manager of all": ((Role.MANAGER,), EVERY_TYPE),
    "manager of none": ((Role.MANAGER,), ()),
    "team lead": ((Role.TEAM_LEAD,), ()),
    "head": ((Role.HEAD,), ()),
    "head and manager": ((Role.HEAD, Role.MANAGER), LEGAL_ONLY),
    "administrator": ((Role.ADMINISTRATOR,), ()),
}


@pytest.mark.parametrize(
    ("who", "companies", "contractors"),
    [
        ("manager of companies", 200, 403),
        ("manager of all", 200, 200),
        ("manager of none", 403, 403),
        ("team lead", 200, 200),
        ("head", 200, 200),
        ("head and manager", 200, 200),
        ("administrator", 200, 200),
    ],
)
@pytest.mark.parametrize("page", ["list", "card"])
def test_who_reads_which_tab(page: str, who: str, companies: int, contractors: int) -> None:
    roles, types = READERS[who]
    browser = browser_of(UserFactory.create(roles=list(roles), types=list(types)))
    cards = {
        "companies": ClientFactory.create(),
        "contractors": PersonFactory.create(kind="individual"),
    }
    codes = [
        browser.get(url(page, slug, *([card.pk] if page == "card" else []))).status_code
        for slug, card in cards.items()
    ]
    assert codes == [companies, contractors]


CHANGING = [
    ("post", "refresh", {}),
    ("get", "contact_add", {}),
    ("post", "contact_add", TYPED),
    ("post", "contact_link", {"link_phone": "+79990000001"}),
    ("get", "contact", None),
    ("get", "contact_edit", None),
    ("post", "contact_edit", None),
    ("post", "contact_unlink", None),
    ("post", "contact_relink", {}),
]


@pytest.mark.parametrize(
    ("who", "allowed"),
    [
        ("manager of companies", True),
        ("manager of all", True),
        ("manager of none", False),
        ("team lead", False),
        ("head", False),
        ("head and manager", True),
        ("administrator", True),
    ],
)
@pytest.mark.parametrize(("method", "name", "data"), CHANGING)
def test_who_changes_the_companies_cards(
    fake_cdi: FakeCdi, who: str, allowed: bool, method: str, name: str, data: dict | None
) -> None:
    roles, types = READERS[who]
    browser = browser_of(UserFactory.create(roles=list(roles), types=list(types)))
    client = ClientFactory.create()
    contact = ContactFactory.create(linked_to=client)
    before = list(ClientContact.objects.values_list("client", "contact"))
    args: list[object] = ["companies", client.pk]
    if data is None:
        args.append(contact.pk)
    if name == "contact_relink":
        args.append("forged")
    answer = getattr(browser, method)(url(name, *args), data or {})
    if allowed:
        assert answer.status_code in {200, 302, 404, 422}
    else:
        assert answer.status_code == 403
        assert list(ClientContact.objects.values_list("client", "contact")) == before


@pytest.mark.parametrize(
    ("who", "codes"),
    [
        ("manager of companies", (200, 403, 403)),
        ("manager of all", (200, 200, 200)),
        ("team lead", (403, 403, 403)),
        ("head", (403, 403, 403)),
        ("administrator", (200, 200, 200)),
    ],
)
def test_who_adds_cards(who: str, codes: tuple[int, int, int]) -> None:
    roles, types = READERS[who]
    browser = browser_of(UserFactory.create(roles=list(roles), types=list(types)))
    slugs = ("companies", "self-employed", "contractors")
    assert tuple(browser.get(url("add", slug)).status_code for slug in slugs) == codes


def test_a_reader_sees_no_buttons_that_change() -> None:
    reader = browser_of(UserFactory.create(roles=[Role.TEAM_LEAD]))
    client = ClientFactory.create()
    ContactFactory.create(linked_to=client)
    page = reader.get(url("card", "companies", client.pk)).content.decode()
    for words in ["Редактировать", "Удалить связь", "Обновить из CDI"]:
        assert words not in page
    assert "Добавить клиента" not in reader.get(url("list", "companies")).content.decode()


def test_a_card_is_found_in_its_own_tab_only(manager: Browser) -> None:
    person = PersonFactory.create()
    assert manager.get(url("card", "companies", person.pk)).status_code == 404
    assert manager.get(url("card", "self-employed", person.pk)).status_code == 200
    assert manager.get("/manage/nothing/").status_code == 404


def test_one_who_is_not_logged_in_is_asked_to(client: Browser) -> None:
    assert client.get(url("list", "companies")).status_code == 302


def test_manage_opens_on_the_first_tab_one_has() -> None:
    browser = browser_of(UserFactory.create(roles=[Role.MANAGER], types=[TaskType.CONTRACTOR]))
    answer = browser.get(url("home"))
    assert answer.headers["Location"] == url("list", "contractors")
    assert [tab["label"] for tab in browser.get(url("list", "contractors")).context["tabs"]] == [
        "Агенты ДГПХ"
    ]


def test_the_tabs_are_those_of_the_manual(manager: Browser) -> None:
    tabs = manager.get(url("list", "companies")).context["tabs"]
    assert [tab["label"] for tab in tabs] == ["ЮЛ/ИП B2B", "Самозанятые", "Агенты ДГПХ"]


# --- «нужно ввести в строку поиска наименование/ИНН/ОГРН/ОГРНИП» --------------------------------


@pytest.mark.parametrize("query", ["ромашка", "«РОМАШКА»", "7701001100", "1157746001104"])
def test_a_card_is_searched_by_name_inn_and_ogrn(manager: Browser, query: str) -> None:
    ClientFactory.create(short_name="ООО «Ромашка»", inn="7701001100", ogrn="1157746001104")
    ClientFactory.create(short_name="ООО «Лотос»", ogrn="1157746001105")
    page = manager.get(url("list", "companies"), {"q": query})
    assert [client.short_name for client, _ in page.context["rows"]] == ["ООО «Ромашка»"]


def test_nothing_found_is_said_in_words(manager: Browser) -> None:
    page = manager.get(url("list", "companies"), {"q": "нет такого"}).content.decode()
    assert "Клиент не найден" in page
    assert "Карточка появится после первого задания" in page


def test_htmx_gets_the_results_alone(manager: Browser) -> None:
    part = manager.get(url("list", "companies"), {"q": "x"}, headers=HTMX)
    assert "<html" not in part.content.decode()
    assert part.headers["Vary"].count("HX-Request") == 1
    assert part.headers["Cache-Control"] == "no-store"


def test_the_list_is_turned_page_by_page(
    manager: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        ClientFactory.create(short_name=f"ООО «Клиент {number:02d}»")
    with django_assert_max_num_queries(14):
        first = manager.get(url("list", "companies"))
    assert len(first.context["rows"]) == 25
    page = first.context["page"]
    assert (page.found, page.summary) == ("30", "1–25 из 30")
    second = manager.get(page.next_url)
    assert second.context["page"].summary == "26–30 из 30"
    assert manager.get(url("list", "companies"), {"page": "99999"}).context["page"].previous_url
    assert manager.get(url("list", "companies"), {"page": "-x"}).context["page"].next_url


def test_a_name_with_markup_is_shown_as_text(manager: Browser) -> None:
    ClientFactory.create(short_name="ООО «<script>alert(1)</script>»")
    assert "<script>alert" not in manager.get(url("list", "companies")).content.decode()


# --- the card -----------------------------------------------------------------------------------


def test_a_card_shows_requisites_contacts_and_the_way_to_the_tasks(manager: Browser) -> None:
    client = ClientFactory.create(inn="7701001100", state="liquidating")
    ContactFactory.create(linked_to=client, phone="+79123456789")
    page = manager.get(url("card", "companies", client.pk)).content.decode()
    for words in ["7701001100", "В процессе ликвидации", "12.03.2015", "+7 912 345-67-89"]:
        assert words in page
    assert "/tasks/all/?q=7701001100" in page


def test_linked_contacts_are_searched_in_the_card(manager: Browser) -> None:
    client = ClientFactory.create()
    ContactFactory.create(linked_to=client, version__surname="Сидоров", version__patronymic="")
    ContactFactory.create(linked_to=client, version__surname="Алексеев", version__patronymic="")
    page = manager.get(url("card", "companies", client.pk), {"contacts": "сидор"}, headers=HTMX)
    assert [row.name for row in page.context["contacts"]] == ["Сидоров Петр"]
    assert "<html" not in page.content.decode()


def test_a_contact_of_several_clients_is_marked(manager: Browser) -> None:
    clients = ClientFactory.create_batch(3)
    contact = ContactFactory.create(linked_to=clients[0])
    for other in clients[1:]:
        ClientContact.objects.create(client=other, contact=contact)
    card = manager.get(url("card", "companies", clients[0].pk)).content.decode()
    assert "Контакт связан еще с 2 клиентами" in card
    edit = url("contact_edit", "companies", clients[0].pk, contact.pk)
    assert "Контакт связан еще с 2 клиентами" in manager.get(edit).content.decode()


def test_the_cards_queries_do_not_grow_with_the_contacts(
    manager: Browser, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    client = ClientFactory.create()
    ContactFactory.create_batch(12, linked_to=client)
    manager.get(url("list", "companies"))
    with django_assert_max_num_queries(12):
        manager.get(url("card", "companies", client.pk))


# --- «нажать на карандаш «Редактировать», внести изменения и нажать «Сохранить»» -----------------


def test_an_edit_is_saved_as_a_new_version(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(linked_to=client)
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    assert "Сохранить" in manager.get(edit).content.decode()
    answer = manager.post(edit, typed_over(contact, email="new@company.example"))
    assert answer.headers["Location"].startswith(url("card", "companies", client.pk))
    contact.refresh_from_db()
    assert (contact.newest.number, contact.newest.email) == (2, "new@company.example")


def test_with_htmx_the_row_turns_into_a_form_and_back(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(linked_to=client)
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    form = manager.get(edit, headers=HTMX).content.decode()
    assert form.lstrip().startswith("<tr")
    assert "data-hx-post" in form
    row = manager.post(edit, typed_over(contact, position="Юрист"), headers=HTMX)
    text = row.content.decode()
    assert text.lstrip().startswith("<tr")
    assert "Юрист" in text
    assert "Сохранено" in text
    back = manager.get(url("contact", "companies", client.pk, contact.pk), headers=HTMX)
    assert "Юрист" in back.content.decode()


def test_errors_of_an_edit_come_back_with_everything_typed(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(linked_to=client)
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    page = manager.post(edit, typed_over(contact, phone="123", email="x", surname="С1"))
    text = page.content.decode()
    assert page.status_code == 422
    assert "<title>Ошибка: " in text
    assert "Исправьте ошибки" in text
    assert text.count("Введите телефон: +7 и 10 цифр") == 2
    assert text.count("Введите адрес вида name@company.ru") == 2
    assert "Фамилия: только буквы, пробел и дефис" in text
    assert 'value="123"' in text
    contact.refresh_from_db()
    assert contact.newest.number == 1


def test_an_edit_to_a_taken_phone_is_refused_at_the_field(manager: Browser) -> None:
    client = ClientFactory.create()
    contact, other = ContactFactory.create(linked_to=client), ContactFactory.create()
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    page = manager.post(edit, typed_over(contact, phone=other.phone))
    assert page.status_code == 422
    assert page.context["form"].errors["phone"] == [DUPLICATE]


def test_two_people_editing_one_contact_see_what_differs(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(linked_to=client)
    mine = typed_over(contact, position="Юрист")
    theirs = replace(ContactFacts.of(contact.newest), position="Бухгалтер")
    edit_contact(contact=contact, facts=theirs, actor=UserFactory.create())
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    page = manager.post(edit, mine)
    assert page.status_code == 409
    assert page.context["changes"] == [{"label": "Должность", "old": "Бухгалтер", "new": "Юрист"}]
    again = mine | {"based_on": page.context["form"]["based_on"].value()}
    assert manager.post(edit, again).status_code == 302
    contact.refresh_from_db()
    assert (contact.newest.number, contact.newest.position) == (3, "Юрист")


def test_an_edit_keeps_what_the_form_does_not_show(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(linked_to=client, version__snils="11223344595")
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    manager.post(edit, typed_over(contact, position="Юрист"))
    contact.refresh_from_db()
    assert contact.newest.snils == "11223344595"


def test_a_contact_of_another_client_cannot_be_edited_from_here(manager: Browser) -> None:
    client, contact = (
        ClientFactory.create(),
        ContactFactory.create(linked_to=ClientFactory.create()),
    )
    for name in ["contact", "contact_edit"]:
        assert manager.get(url(name, "companies", client.pk, contact.pk)).status_code in {302, 404}
    edit = url("contact_edit", "companies", client.pk, contact.pk)
    assert manager.post(edit, typed_over(contact)).status_code == 404


# --- «нажать на кнопку «Удалить связь» для разрыва связи контакта с клиентом» --------------------


def test_a_link_is_broken_at_once_and_can_be_restored(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(linked_to=client)
    answer = manager.post(url("contact_unlink", "companies", client.pk, contact.pk))
    [toast] = take_undo_toasts(answer.wsgi_request)
    assert toast.text == "Связь удалена"
    assert not client.contacts.exists()
    assert Contact.objects.filter(pk=contact.pk).exists()
    restored = manager.post(toast.undo_url, follow=True)
    assert "Связь восстановлена" in restored.content.decode()
    assert list(client.contacts.all()) == [contact]


def test_with_htmx_the_toast_brings_the_way_back(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(linked_to=client)
    part = manager.post(
        url("contact_unlink", "companies", client.pk, contact.pk), headers=HTMX
    ).content.decode()
    assert "Связь удалена" in part
    assert "Отменить" in part
    assert "<html" not in part


def test_a_link_cannot_be_broken_by_following_a_link(manager: Browser) -> None:
    client = ClientFactory.create()
    contact = ContactFactory.create(linked_to=client)
    answer = manager.get(url("contact_unlink", "companies", client.pk, contact.pk))
    assert answer.status_code == 405
    assert client.contacts.exists()


def test_the_way_back_is_for_that_client_and_contact_alone(manager: Browser) -> None:
    client, other = ClientFactory.create(), ClientFactory.create()
    contact = ContactFactory.create(linked_to=client)
    answer = manager.post(url("contact_unlink", "companies", client.pk, contact.pk))
    [toast] = take_undo_toasts(answer.wsgi_request)
    token = toast.undo_url.rstrip("/").rpartition("/")[2]
    assert manager.post(url("contact_relink", "companies", other.pk, token)).status_code == 404
    assert manager.post(url("contact_relink", "companies", client.pk, "x")).status_code == 404
    assert not ClientContact.objects.exists()


# --- adding contacts ----------------------------------------------------------------------------


def test_a_new_contact_is_added_to_the_card(manager: Browser) -> None:
    client = ClientFactory.create()
    answer = manager.post(url("contact_add", "companies", client.pk), TYPED)
    assert answer.status_code == 302
    contact = client.contacts.get()
    assert (contact.phone, contact.newest.email) == ("+79123456789", "sidorov@company.example")


def test_a_taken_phone_offers_to_link_the_existing_contact(manager: Browser) -> None:
    client = ClientFactory.create()
    existing = ContactFactory.create(phone="+79123456789")
    page = manager.post(url("contact_add", "companies", client.pk), TYPED)
    assert page.status_code == 422
    assert page.context["form"].errors["phone"] == [DUPLICATE]
    assert 'value="+79123456789"' in page.content.decode()
    link = manager.post(
        url("contact_link", "companies", client.pk), TYPED | {"link_phone": "+79123456789"}
    )
    assert link.status_code == 302
    assert list(client.contacts.all()) == [existing]


def test_people_who_resemble_the_new_one_are_shown_first(manager: Browser) -> None:
    client = ClientFactory.create()
    ContactFactory.create(version__email="sidorov@company.example")
    add = url("contact_add", "companies", client.pk)
    page = manager.post(add, TYPED)
    assert page.status_code == 422
    assert "Похожие уже есть в базе" in page.content.decode()
    assert not client.contacts.exists()
    assert manager.post(add, TYPED | {"confirmed": "1"}).status_code == 302
    assert client.contacts.get().newest.surname == "Сидоров"


def test_an_unlinked_contact_is_found_by_phone(manager: Browser) -> None:
    client = ClientFactory.create()
    ContactFactory.create(phone="+79123456789", version__surname="Найденов")
    add = url("contact_add", "companies", client.pk)
    assert "Найденов" in manager.get(add, {"phone": "8 912 345 67 89"}).content.decode()
    missing = manager.get(add, {"phone": "89990000000"}).content.decode()
    assert "Контакта с таким телефоном нет" in missing
    assert manager.get(add, {"phone": "1"}).status_code == 422


def test_a_contact_is_linked_by_phone_and_not_by_number(manager: Browser) -> None:
    client, contact = ClientFactory.create(), ContactFactory.create()
    link = url("contact_link", "companies", client.pk)
    assert manager.post(link, {"link_phone": str(contact.pk)}).status_code == 404
    assert manager.post(link).status_code == 404
    assert not ClientContact.objects.exists()


# --- adding cards -------------------------------------------------------------------------------


def test_a_company_comes_from_cdi(manager: Browser, fake_cdi: FakeCdi) -> None:
    fake_cdi.organisations = [ROMASHKA]
    add = url("add", "companies")
    assert "ООО «Ромашка»" in manager.get(add, {"q": "ромашка"}).content.decode()
    answer = manager.post(add, {"inn": ROMASHKA.inn, "kpp": ROMASHKA.kpp})
    client = Client.objects.get()
    assert answer.headers["Location"] == url("card", "companies", client.pk)
    assert "Клиент есть в базе" in manager.get(add, {"q": "ромашка"}).content.decode()
    manager.post(add, {"inn": ROMASHKA.inn, "kpp": ROMASHKA.kpp})
    assert Client.objects.count() == 1


@pytest.mark.parametrize(
    ("state", "reason"),
    [("liquidated", "Клиент ликвидирован"), ("bankrupt", "Клиент признан банкротом")],
)
def test_a_company_of_no_use_is_shown_with_the_reason(
    manager: Browser, fake_cdi: FakeCdi, state: str, reason: str
) -> None:
    fake_cdi.organisations = [replace(ROMASHKA, state=Client.State(state))]
    add = url("add", "companies")
    assert reason in manager.get(add, {"q": "ромашка"}).content.decode()
    refused = manager.post(add, {"inn": ROMASHKA.inn, "kpp": ROMASHKA.kpp})
    assert refused.status_code == 422
    assert not Client.objects.exists()


def test_cdi_out_of_reach_is_said_and_the_query_stays(manager: Browser, fake_cdi: FakeCdi) -> None:
    fake_cdi.error = Unavailable("cdi", "no answer in time")
    page = manager.get(url("add", "companies"), {"q": "ромашка"})
    assert "CDI не отвечает" in page.content.decode()
    assert 'value="ромашка"' in page.content.decode()
    posted = manager.post(url("add", "companies"), {"inn": "7701001100"})
    assert posted.status_code == 422


def test_what_cdi_does_not_have_is_said(manager: Browser, fake_cdi: FakeCdi) -> None:
    page = manager.get(url("add", "companies"), {"q": "новосел"}).content.decode()
    assert "Данные о зарегистрированных менее 14 дней назад еще не поступили" in page
    assert manager.post(url("add", "companies"), {"inn": "../x"}).status_code == 422


def test_a_self_employed_person_is_no_company(manager: Browser, fake_cdi: FakeCdi) -> None:
    fake_cdi.organisations = [replace(ROMASHKA, kind=Client.Kind.SELF_EMPLOYED)]
    add = url("add", "companies")
    assert manager.get(add, {"q": "ромашка"}).context["found"] == []
    assert manager.post(add, {"inn": ROMASHKA.inn}).status_code == 422


def test_registration_data_are_brought_up_to_date_from_cdi(
    manager: Browser, fake_cdi: FakeCdi
) -> None:
    client = ClientFactory.create(inn=ROMASHKA.inn, short_name="Старое имя")
    fake_cdi.organisations = [replace(ROMASHKA, kpp=client.kpp)]
    manager.post(url("refresh", "companies", client.pk))
    client.refresh_from_db()
    assert client.short_name == "ООО «Ромашка»"
    fake_cdi.error = Unavailable("cdi", "no answer in time")
    again = manager.post(url("refresh", "companies", client.pk), follow=True)
    assert "CDI не отвечает" in again.content.decode()


PERSON = {name: TYPED[name] for name in TYPED if name not in {"position", "authority"}} | {
    "inn": "7712 3456 7859",
    "snils": "112-233-445 95",
}


@pytest.mark.parametrize(
    ("slug", "kind"), [("self-employed", "self_employed"), ("contractors", "individual")]
)
def test_a_person_is_added_by_hand(manager: Browser, slug: str, kind: str) -> None:
    answer = manager.post(url("add", slug), PERSON)
    client = Client.objects.get()
    assert answer.headers["Location"] == url("card", slug, client.pk)
    assert (client.kind, client.inn) == (kind, "771234567859")
    assert client.short_name == "Сидоров Алексей Иванович"
    version = client.contacts.get().newest
    assert (version.inn, version.snils) == ("771234567859", "11223344595")
    page = manager.get(url("card", slug, client.pk)).content.decode()
    assert "112-233-445 95" in page


def test_a_persons_form_has_no_company_and_no_separate_contact(manager: Browser) -> None:
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


def test_wrong_numbers_of_a_person_are_said_at_the_fields(manager: Browser) -> None:
    wrong = PERSON | {"inn": "771234567850", "snils": "112-233-445 96"}
    errors = manager.post(url("add", "contractors"), wrong).context["form"].errors
    assert errors["inn"] == ["Проверьте ИНН: контрольные цифры не сходятся"]
    assert errors["snils"] == ["Проверьте СНИЛС: контрольные цифры не сходятся"]


def test_an_edit_of_a_person_changes_the_card_too(manager: Browser) -> None:
    client = PersonFactory.create()
    contact = ContactFactory.create(linked_to=client)
    edit = url("person_edit", "self-employed", client.pk)
    assert "Сохранить" in manager.get(edit).content.decode()
    answer = manager.post(edit, typed_over(contact, surname="Семенова"))
    assert answer.headers["Location"] == url("card", "self-employed", client.pk)
    client.refresh_from_db()
    assert client.short_name.startswith("Семенова")
    assert manager.post(edit, typed_over(contact, surname="")).status_code == 422


def test_companies_are_not_edited_as_persons_nor_persons_contacts(manager: Browser) -> None:
    company, person = ClientFactory.create(), PersonFactory.create()
    contact = ContactFactory.create(linked_to=person)
    assert manager.get(url("person_edit", "companies", company.pk)).status_code == 404
    assert manager.get(url("person_edit", "self-employed", person.pk)).status_code == 200
    unlink = url("contact_unlink", "self-employed", person.pk, contact.pk)
    assert manager.post(unlink).status_code == 404
    assert person.contacts.exists()
