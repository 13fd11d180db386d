"""Who may look into «Управление», and who may change it (docs/rules.md#client-directory)."""

import pytest
from django.test import Client as Browser

from accounts.roles import Role, TaskType
from clients.models import ClientContact
from tests.clients.conftest import FakeCdi
from tests.support.client_pages import CONTACT_FORM, url
from tests.support.factories import UserFactory
from tests.support.factories_clients import ClientFactory, ContactFactory, PersonFactory
from tests.support.people import browser_of

pytestmark = pytest.mark.django_db


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
    ("post", "contact_add", CONTACT_FORM),
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
    contact = ContactFactory.create(client=client)
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
    ContactFactory.create(client=client)
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
