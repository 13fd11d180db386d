"""The form with the sandbox's CDI, ЕИП and operator instead of fakes."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django.fixtures import Settings

from clients.models import Region
from edo.models import Signatory
from tasks.models import SigningTask
from tasks.screens.new_task.signing_options import find_signing_options
from tests.support.people import browser_of
from tests.support.sandbox import BANKRUPT, LIQUIDATED, ROMASHKA, TOO_YOUNG, Sandbox
from tests.support.world import SEAMLESS, connect, install, make_manager, pdf_file
from tests.tasks.screens.new_task.conftest import FormPage, get_text, new_page_fields

EXPIRED_KEY_REF = "signer-kuznetsov"


@pytest.fixture
def form(db: None, settings: Settings, sandbox: Sandbox) -> FormPage:
    connect(settings, sandbox)
    install()
    return FormPage(browser_of(make_manager()), "company", new_page_fields())


def search_clients(form: FormPage, query: str) -> str:
    return get_text(form.browser.get(form.url("clients/"), {"client_q": query}))


def test_a_task_is_created_from_data_of_the_outside_systems(
    form: FormPage, sandbox: Sandbox
) -> None:
    assert f'data-value="{ROMASHKA}-' in search_clients(form, "ромашка")
    region = Region.objects.get(name=SEAMLESS)
    form.values |= {
        "client": f"{ROMASHKA}-770101001",
        "contact": "new",
        "new-surname": "Петров",
        "new-given_name": "Петр",
        "new-phone": "+79123456789",
        "new-email": "p@client.example",
        "region": str(region.pk),
        "box": str(region.boxes.order_by("pk")[0].pk),
        "signatory": str(Signatory.objects.get(key_ref="signer-ivanova").pk),
        "account_number": f"{region.account_prefix}{ROMASHKA[:9]}",
        "document_kind": "contract",
        "services": ["internet"],
    }
    assert "ЛС проверен" in get_text(form.press("account/"))
    sandbox.fault("eip", "down", times=None)
    assert "ЕИП не отвечает" in get_text(form.press("account/"))
    sandbox.clear_faults()
    assert "ЛС проверен" in get_text(form.press("account/"))
    response = form.create(document=SimpleUploadedFile("Договор.pdf", pdf_file()))
    assert response.status_code == 302
    assert SigningTask.objects.get().account_verified_at is not None


@pytest.mark.parametrize(
    ("inn", "reason"),
    [
        (LIQUIDATED, "Клиент ликвидирован"),
        (BANKRUPT, "Клиент признан банкротом"),
        (TOO_YOUNG, "Данные о зарегистрированных менее 14 дней назад еще не поступили"),
    ],
)
def test_unusable_clients_have_a_reason(inn: str, reason: str, form: FormPage) -> None:
    assert reason in search_clients(form, inn)


def test_signatories_who_cannot_sign_have_a_reason(form: FormPage) -> None:
    region = Region.objects.get(name=SEAMLESS)
    lapsed = Signatory.objects.get(key_ref=EXPIRED_KEY_REF)
    box = region.boxes.order_by("pk")[0]
    manager = region.managers.get()
    options = find_signing_options(manager, str(region.pk), str(box.pk), "").signatories
    reasons = {option.signatory.pk: option.reason for option in options}
    assert "оверенност" in reasons[lapsed.pk] or "МЧД" in reasons[lapsed.pk]
    assert any(reason.startswith("Сертификат подписанта истек") for reason in reasons.values())
    assert "" in reasons.values()


def test_without_trusted_roots_no_signatory_can_be_chosen(
    form: FormPage, settings: Settings
) -> None:
    settings.EDO_TRUST_ROOTS = "/nonexistent"
    region = Region.objects.get(name=SEAMLESS)
    box = region.boxes.order_by("pk")[0]
    manager = region.managers.get()
    options = find_signing_options(manager, str(region.pk), str(box.pk), "", refresh=True)
    assert options.signatories
    assert all(option.reason for option in options.signatories)


def test_without_cdi_the_search_says_so(form: FormPage, sandbox: Sandbox) -> None:
    sandbox.fault("cdi", "down", times=None)
    assert "CDI не отвечает" in search_clients(form, "ромашка")
    sandbox.clear_faults()
