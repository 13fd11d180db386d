"""Who can see and edit «Управление» (docs/rules.md#client-directory)."""

import pytest
from django.test import Client as Browser

from accounts.roles import Role, TaskType
from clients.models import ClientContact
from tests.support.client_pages import CONTACT_FORM, url
from tests.support.factories import UserFactory
from tests.support.factories_clients import ClientFactory, ContactFactory, PersonFactory
from tests.support.fake_cdi import FakeCdi
from tests.support.people import browser_of

pytestmark = pytest.mark.django_db

EVERY_TYPE = tuple(TaskType)
LEGAL_ONLY = (TaskType.LEGAL,)
USERS = {
    "manager of companies": ((Role.MANAGER,), LEGAL_ONLY),
    "manager of all": ((Role.MANAGER,), EVERY_TYPE),
    "manager of none": ((Role.MANAGER,), ()),
    "team lead": ((Role.TEAM_LEAD,), ()),
    "head": ((Role.HEAD,), ()),
    "head and manager": ((Role.HEAD, Role.MANAGER), LEGAL_ONLY),
    "administrator": ((Role.ADMINISTRATOR,), ()),
}


@pytest.mark.parametrize(
    ("user", "companies", "contractors"),
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
def test_access_to_tabs(page: str, user: str, companies: int, contractors: int) -> None:
    roles, types = USERS[user]
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


EDIT_REQUESTS = [
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
    ("user", "is_allowed"),
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
@pytest.mark.parametrize(("method", "name", "data"), EDIT_REQUESTS)
def test_access_to_edits_of_companies(
    fake_cdi: FakeCdi, user: str, is_allowed: bool, method: str, name: str, data: dict | None
) -> None:
    roles, types = USERS[user]
    browser = browser_of(UserFactory.create(roles=list(roles), types=list(types)))
    client = ClientFactory.create()
    contact = ContactFactory.create(client=client)
    before = list(ClientContact.objects.values_list("client", "contact"))
    args: list[object] = ["companies", client.pk]
    if data is None:
        args.append(contact.pk)
    if name == "contact_relink":
        args.append("forged")
    response = getattr(browser, method)(url(name, *args), data or {})
    if is_allowed:
        assert response.status_code in {200, 302, 404, 422}
    else:
        assert response.status_code == 403
        assert list(ClientContact.objects.values_list("client", "contact")) == before


@pytest.mark.parametrize(
    ("user", "codes"),
    [
        ("manager of companies", (200, 403, 403)),
        ("manager of all", (200, 200, 200)),
        ("team lead", (403, 403, 403)),
        ("head", (403, 403, 403)),
        ("administrator", (200, 200, 200)),
    ],
)
def test_access_to_adding(user: str, codes: tuple[int, int, int]) -> None:
    roles, types = USERS[user]
    browser = browser_of(UserFactory.create(roles=list(roles), types=list(types)))
    slugs = ("companies", "self-employed", "contractors")
    assert tuple(browser.get(url("add", slug)).status_code for slug in slugs) == codes


def test_buttons_for_edits_are_hidden_without_the_permission() -> None:
    reader = browser_of(UserFactory.create(roles=[Role.TEAM_LEAD]))
    client = ClientFactory.create()
    ContactFactory.create(client=client)
    page = reader.get(url("card", "companies", client.pk)).content.decode()
    for label in ["Редактировать", "Удалить связь", "Обновить из CDI"]:
        assert label not in page
    assert "Добавить клиента" not in reader.get(url("list", "companies")).content.decode()


def test_a_card_belongs_to_one_tab(manager: Browser) -> None:
    person = PersonFactory.create()
    assert manager.get(url("card", "companies", person.pk)).status_code == 404
    assert manager.get(url("card", "self-employed", person.pk)).status_code == 200
    assert manager.get("/manage/nothing/").status_code == 404


def test_an_anonymous_user_is_redirected(client: Browser) -> None:
    assert client.get(url("list", "companies")).status_code == 302


def test_home_redirects_to_the_first_visible_tab() -> None:
    browser = browser_of(UserFactory.create(roles=[Role.MANAGER], types=[TaskType.CONTRACTOR]))
    response = browser.get(url("home"))
    assert response.headers["Location"] == url("list", "contractors")
    assert [tab["label"] for tab in browser.get(url("list", "contractors")).context["tabs"]] == [
        "Агенты ДГПХ"
    ]


def test_tabs_and_their_order(manager: Browser) -> None:
    tabs = manager.get(url("list", "companies")).context["tabs"]
    assert [tab["label"] for tab in tabs] == ["ЮЛ/ИП B2B", "Самозанятые", "Агенты ДГПХ"]
