"""The form against the simulated CDI, ЕИП and operator: what the stand-ins stand in for."""

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
from tests.tasks.screens.new_task.conftest import Form, new_page, text_of

LAPSED = "signer-kuznetsov"


@pytest.fixture
def form(db: None, settings: Settings, sandbox: Sandbox) -> Form:
    connect(settings, sandbox)
    install()
    return Form(browser_of(make_manager()), "company", new_page())


def suggestions(form: Form, query: str) -> str:
    return text_of(form.browser.get(form.url("clients/"), {"client_q": query}))


def test_a_task_is_made_of_what_the_outside_systems_say(form: Form, sandbox: Sandbox) -> None:
    assert f'data-value="{ROMASHKA}-' in suggestions(form, "ромашка")
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
    assert "ЛС проверен" in text_of(form.press("account/"))
    sandbox.fault("eip", "down", times=None)
    assert "ЕИП не отвечает" in text_of(form.press("account/"))
    sandbox.clear_faults()
    assert "ЛС проверен" in text_of(form.press("account/"))
    made = form.create(document=SimpleUploadedFile("Договор.pdf", pdf_file()))
    assert made.status_code == 302
    assert SigningTask.objects.get().account_verified_at is not None


@pytest.mark.parametrize(
    ("inn", "words"),
    [
        (LIQUIDATED, "Клиент ликвидирован"),
        (BANKRUPT, "Клиент признан банкротом"),
        (TOO_YOUNG, "Данные о зарегистрированных менее 14 дней назад еще не поступили"),
    ],
)
def test_unusable_clients_say_why(inn: str, words: str, form: Form) -> None:
    assert words in suggestions(form, inn)


def test_an_expired_certificate_or_power_is_shown_with_its_signatory(form: Form) -> None:
    region = Region.objects.get(name=SEAMLESS)
    lapsed = Signatory.objects.get(key_ref=LAPSED)
    box = region.boxes.order_by("pk")[0]
    manager = region.managers.get()
    options = find_signing_options(manager, str(region.pk), str(box.pk), "").signatories
    reasons = {option.signatory.pk: option.reason for option in options}
    assert "оверенност" in reasons[lapsed.pk] or "МЧД" in reasons[lapsed.pk]
    assert any(reason.startswith("Сертификат подписанта истек") for reason in reasons.values())
    assert "" in reasons.values()


def test_without_trusted_roots_no_signatory_can_be_chosen(form: Form, settings: Settings) -> None:
    settings.EDO_TRUST_ROOTS = "/nonexistent"
    region = Region.objects.get(name=SEAMLESS)
    box = region.boxes.order_by("pk")[0]
    manager = region.managers.get()
    options = find_signing_options(manager, str(region.pk), str(box.pk), "", refresh=True)
    assert options.signatories
    assert all(option.reason for option in options.signatories)


def test_with_cdi_down_the_list_says_so(form: Form, sandbox: Sandbox) -> None:
    sandbox.fault("cdi", "down", times=None)
    assert "CDI не отвечает" in suggestions(form, "ромашка")
    sandbox.clear_faults()
