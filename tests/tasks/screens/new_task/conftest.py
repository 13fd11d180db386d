"""A manager who fills in the form of a new task; CDI and ЕИП are fakes."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.roles import Role, TaskType
from clients.gateways.cdi import Organisation
from clients.models import Client, Region, Service
from econtract.platform.common.errors import Unavailable
from econtract.platform.common.refusals import Refusal
from edo.models import Box, Signatory
from tasks.models import Draft, SigningTask
from tests.support.factories import BoxFactory, SignatoryFactory, UserFactory
from tests.support.factories_clients import (
    RegionFactory,
    ServiceFactory,
    company_inn,
    person_inn,
)
from tests.support.people import browser_of
from tests.support.world import pdf_file

ROMASHKA = Organisation(
    kind=Client.Kind.LEGAL,
    inn=company_inn(1),
    kpp="770101001",
    ogrn="1157746001104",
    short_name="ООО «Ромашка»",
    full_name="Общество с ограниченной ответственностью «Ромашка»",
    registered_on=date(2015, 3, 12),
    legal_address="101000, г. Москва, ул. Мясницкая, д. 1",
    city="Москва",
    head_name="Зуев Михаил",
    head_position="Генеральный директор",
    state=Client.State.ACTIVE,
)
IVANOVA = replace(
    ROMASHKA,
    kind=Client.Kind.SELF_EMPLOYED,
    inn=person_inn(1),
    kpp="",
    ogrn="",
    short_name="Иванова Анна Андреевна",
    full_name="Иванова Анна Андреевна",
)
ACCOUNT = "850123456789"
PHONE = "+79123456789"


@dataclass
class FakeOutsideSystems:
    """CDI and ЕИП: their data, and whether they are down."""

    organisations: list[Organisation] = field(default_factory=lambda: [ROMASHKA, IVANOVA])
    accounts: set[tuple[str, str]] = field(default_factory=lambda: {(ACCOUNT, ROMASHKA.inn)})
    cdi_down: bool = False
    eip_down: bool = False
    cdi_calls: int = 0

    def search(self, query: str, *, limit: int = 20) -> list[Organisation]:
        self._count_cdi_call()
        return [
            organisation
            for organisation in self.organisations
            if query.casefold() in organisation.short_name.casefold()
        ]

    def get(self, inn: str, kpp: str = "") -> Organisation | None:
        self._count_cdi_call()
        return next((row for row in self.organisations if row.inn == inn), None)

    def account_belongs(self, account: str, inn: str, *, timeout: float | None = None) -> bool:
        if self.eip_down:
            raise Unavailable("eip", "switched off")
        return (account, inn) in self.accounts

    def _count_cdi_call(self) -> None:
        self.cdi_calls += 1
        if self.cdi_down:
            raise Unavailable("cdi", "switched off")


@dataclass
class FormPage:
    """One page with the form: the values of its fields, and its buttons."""

    browser: Browser
    slug: str
    values: dict[str, Any]

    def url(self, path: str = "") -> str:
        return f"/tasks/new/{self.slug}/{path}"

    def open(self, query: str = "") -> HttpResponse:
        return self.browser.get(self.url() + query)

    def press(self, path: str, *, htmx: bool = True, **extra: Any) -> HttpResponse:
        """Post all fields to the URL of a button, with ``extra``."""
        headers = {"HX-Request": "true"} if htmx else {}
        return self.browser.post(self.url(path), {**self.values, **extra}, headers=headers)

    def save(self, **values: Any) -> HttpResponse:
        """Type ``values`` into the page and autosave it."""
        self.values |= values
        return self.press("draft/")

    def create(self, **extra: Any) -> HttpResponse:
        """«Создать задание»."""
        return self.press("", htmx=False, **extra)

    def restore(self, query: str = "") -> HttpResponse:
        """The page with the contents of this page's draft."""
        return self.open(f"?draft={self.values['submission_key']}{query}")

    def open_list(self) -> HttpResponse:
        """«Новое задание» with the drafts."""
        return self.browser.get("/tasks/new/")

    def delete_draft(self) -> HttpResponse:
        """«Удалить» in the list of drafts."""
        return self.browser.post(self.url(f"delete/?draft={self.values['submission_key']}"))

    def reopen_draft(self) -> HttpResponse:
        """«Отменить» in the toast."""
        url = self.url(f"reopen/?draft={self.values['submission_key']}")
        return self.browser.post(url, follow=True)

    def open_another_page(self, **values: Any) -> "FormPage":
        """The same form in another window, empty except for ``values``."""
        return FormPage(self.browser, self.slug, {**new_page_fields(), **values})


def new_page_fields() -> dict[str, str]:
    return {"page": str(uuid.uuid4()), "revision": "", "submission_key": str(uuid.uuid4())}


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> FakeOutsideSystems:
    outside = FakeOutsideSystems()
    monkeypatch.setattr("clients.gateways.cdi.HttpCdi", lambda: outside)
    monkeypatch.setattr("clients.gateways.eip.HttpEip", lambda: outside)
    return outside


@pytest.fixture
def problems(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> dict[str, str]:
    """The problems of signatories by surname; empty at first."""
    # The default cache is shared by the processes of a test run.
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    problems: dict[str, str] = {}

    def find_sender_problems(*, signatory: Signatory, **_: object) -> list[Refusal]:
        text = problems.get(signatory.surname)
        return [Refusal("certificate_invalid", text)] if text else []

    monkeypatch.setattr(
        "tasks.screens.new_task.signing_options.find_sender_problems", find_sender_problems
    )
    return problems


@pytest.fixture
def region(db: None) -> Region:
    return RegionFactory()


@pytest.fixture
def box(region: Region) -> Box:
    return BoxFactory(regions=[region])


@pytest.fixture
def signatory(box: Box) -> Signatory:
    return SignatoryFactory(boxes=[box])


@pytest.fixture
def services(db: None) -> dict[str, Service]:
    rows = {
        "internet": {"name": "Интернет для бизнеса"},
        "virtual_pbx": {"name": "Виртуальная АТС", "fraud_risk": True},
        "mobile": {
            "name": "Мобильная связь",
            "fraud_risk": True,
            "account_rule": "billing:BIS Урал",
        },
    }
    return {code: ServiceFactory(code=code, **row) for code, row in rows.items()}


@pytest.fixture
def manager(
    region: Region,
    signatory: Signatory,
    services: dict[str, Service],
    outside: FakeOutsideSystems,
    problems: dict[str, str],
) -> User:
    manager: User = UserFactory(roles=[Role.MANAGER], types=list(TaskType))
    manager.regions.add(region)
    return manager


@pytest.fixture
def visitor(manager: User) -> Browser:
    return browser_of(manager)


@pytest.fixture
def attach(manager: User) -> Callable[[FormPage], HttpResponse]:
    """Uploads a PDF, as «Обзор» does."""

    def attach(form: FormPage, content: bytes = b"", name: str = "Договор.pdf") -> HttpResponse:
        upload = SimpleUploadedFile(name, content or pdf_file())
        return form.press("document/", document=upload)

    return attach


@pytest.fixture
def company(visitor: Browser, region: Region, box: Box, signatory: Signatory) -> FormPage:
    """«ЮЛ/ИП B2B» with every field filled in except for the file."""
    return FormPage(
        visitor,
        "company",
        {
            **new_page_fields(),
            "client": f"{ROMASHKA.inn}-{ROMASHKA.kpp}",
            "client_q": ROMASHKA.short_name,
            "contact": "new",
            "new-surname": "Петров",
            "new-given_name": "Петр",
            "new-patronymic": "Петрович",
            "new-phone": "8 (912) 345-67-89",
            "new-email": "P@Client.example",
            "new-position": "Генеральный директор",
            "region": str(region.pk),
            "box": str(box.pk),
            "signatory": str(signatory.pk),
            "account_number": ACCOUNT,
            "document_number": "",
            "copied_number": "",
            "document_kind": "contract",
            "services": ["internet"],
        },
    )


@pytest.fixture
def person(company: FormPage) -> FormPage:
    """«Самозанятый B2B» with every field filled in except for the file."""
    common = {
        name: value
        for name, value in company.values.items()
        if not name.startswith(("client", "contact", "new-"))
    }
    return FormPage(
        company.browser,
        "self-employed",
        {
            **common,
            "link": "",
            "person-inn": IVANOVA.inn,
            "person-surname": "Иванова",
            "person-given_name": "Анна",
            "person-patronymic": "Андреевна",
            "person-phone": PHONE,
            "person-email": "anna@client.example",
        },
    )


def get_text(response: HttpResponse) -> str:
    """The page with its white space collapsed."""
    return " ".join(response.content.decode().split())


def get_draft() -> Draft:
    return Draft.objects.get()


def get_task() -> SigningTask:
    return SigningTask.objects.get()
