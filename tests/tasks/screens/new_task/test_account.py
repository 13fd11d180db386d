"""«Проверка ЛС» (docs/rules.md#account-check), and the document number."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse

from clients.models import Region, Service
from clients.models.formats import ACCOUNT_MESSAGE
from tests.support.factories_clients import BillingPrefixFactory, ClientFactory, RegionFactory
from tests.tasks.screens.new_task.conftest import (
    ACCOUNT,
    ROMASHKA,
    FakeOutsideSystems,
    FormPage,
    get_draft,
    get_task,
    get_text,
)

Attach = Callable[[FormPage], HttpResponse]
VERIFIED = "ЛС проверен "
STALE = "Требуется повторная проверка"
NOT_FOUND = (
    "ЛС не найден у клиента с этим ИНН. Если ЛС создан менее 60 минут назад, повторите проверку "
    "позже."
)
DOWN = "ЕИП не отвечает. Подписание начнется после успешной проверки"


def account_block(response: HttpResponse) -> str:
    return get_text(response).partition('id="account-block"')[2].partition("</section>")[0]


def check(form: FormPage, **values: object) -> str:
    """Press «Проверка ЛС»; the account block after it."""
    return account_block(form.press("account/", **values))


# --- Validation ----------------------------------------------------------------


def test_the_account_number_needs_a_region(company: FormPage, region: Region) -> None:
    region.managers.clear()
    assert "Выберите регион инсталляции" in account_block(company.save(active="account_number"))


def test_the_prefix_must_be_that_of_the_region(company: FormPage) -> None:
    page = account_block(company.save(account_number="851", active="account_number"))
    assert "Некорректно указан код лицевого счета" in page
    assert 'aria-invalid="true"' in page


def test_a_valid_prefix_is_no_error_while_the_number_is_typed(company: FormPage) -> None:
    page = account_block(company.save(account_number="8501", active="account_number"))
    assert 'aria-invalid="true"' not in page


def test_a_short_number_is_an_error_once_the_field_is_left(company: FormPage) -> None:
    page = account_block(company.save(account_number="8501", active="document_number"))
    assert ACCOUNT_MESSAGE in page


def test_a_mobile_service_needs_the_prefix_of_the_billing_system(company: FormPage) -> None:
    BillingPrefixFactory()
    company.values["services"] = ["mobile"]
    assert "Некорректно указан код" in account_block(company.save())
    assert "Некорректно" not in account_block(company.save(account_number="596123456789"))


def test_with_several_services_the_prefix_of_any_is_valid(company: FormPage) -> None:
    BillingPrefixFactory()
    company.values["services"] = ["mobile", "internet"]
    for number in (ACCOUNT, "596123456789"):
        assert "Некорректно" not in account_block(company.save(account_number=number))


# --- The check in ЕИП ----------------------------------------------------------------------------


def test_an_account_of_the_client_is_verified(company: FormPage, attach: Attach) -> None:
    assert VERIFIED in check(company)
    attach(company)
    company.create()
    assert get_task().account_verified_at is not None


def test_an_account_of_another_client_is_not_verified(
    company: FormPage, outside: FakeOutsideSystems, attach: Attach
) -> None:
    outside.accounts.clear()
    page = check(company)
    assert NOT_FOUND in page
    assert "заявку в техническую поддержку" in page
    attach(company)
    company.create()
    assert get_task().account_verified_at is None


def test_without_eip_the_task_is_created_unverified(
    company: FormPage, outside: FakeOutsideSystems, attach: Attach
) -> None:
    outside.eip_down = True
    assert DOWN in check(company)
    attach(company)
    assert company.create().status_code == 302
    assert get_task().account_verified_at is None


def test_the_check_needs_a_client(company: FormPage) -> None:
    assert "Сначала выберите клиента" in check(company, client="")


def test_eip_is_not_asked_about_an_invalid_number(
    company: FormPage, outside: FakeOutsideSystems
) -> None:
    outside.accounts.add(("850", ROMASHKA.inn))
    assert ACCOUNT_MESSAGE in check(company, account_number="850")
    assert get_draft().account_outcome == ""


def test_the_draft_stores_the_result(company: FormPage) -> None:
    check(company)
    assert VERIFIED in account_block(company.save(document_kind="order_form"))
    assert VERIFIED in get_text(company.restore())


def build_change(what: str, region: Region) -> dict[str, object]:
    """A change of the form on which the result of the check depends."""
    if what == "account":
        return {"account_number": "850123456780"}
    if what == "client":
        other = ClientFactory()
        return {"client": f"{other.inn}-{other.kpp}"}
    if what == "services":
        return {"services": ["internet", "virtual_pbx"], "fraud_check": "on"}
    other_region = RegionFactory(name="Тульская область")
    region.managers.get().regions.add(other_region)
    region.boxes.get().regions.add(other_region)
    return {"region": str(other_region.pk)}


@pytest.mark.parametrize("what", ["account", "client", "services", "region"])
def test_a_change_voids_the_check(
    what: str, company: FormPage, attach: Attach, region: Region, outside: FakeOutsideSystems
) -> None:
    check(company)
    attach(company)
    company.values |= build_change(what, region)
    # Created before an autosave could repeat the check.
    assert company.create().status_code == 302
    assert get_task().account_verified_at is None


@pytest.mark.parametrize(
    ("what", "line"),
    [("account", NOT_FOUND), ("client", NOT_FOUND), ("services", VERIFIED), ("region", VERIFIED)],
)
def test_a_change_is_checked_when_it_is_saved(
    what: str, line: str, company: FormPage, region: Region
) -> None:
    check(company)
    before = get_draft().account_checked_at
    assert line in account_block(company.save(**build_change(what, region)))
    assert get_draft().account_checked_at != before


def test_a_complete_number_is_checked_without_a_click(
    company: FormPage, outside: FakeOutsideSystems
) -> None:
    assert VERIFIED in account_block(company.save())
    checked_at = get_draft().account_checked_at
    company.save(document_kind="order_form")
    assert get_draft().account_checked_at == checked_at


def test_a_changed_number_that_is_not_complete_waits(company: FormPage) -> None:
    check(company)
    assert STALE in account_block(company.save(account_number="8501"))


# --- «До создания осталось» --------------------------------------------------------------------


def test_a_number_that_did_not_pass_is_no_tick(
    company: FormPage, attach: Attach, outside: FakeOutsideSystems
) -> None:
    outside.accounts.clear()
    attach(company)
    page = get_text(company.save())
    assert "Все готово" not in page
    assert "Можно создать" in page
    assert "ЛС не найден у клиента: подписание не начнется" in page
    outside.accounts.add((ACCOUNT, ROMASHKA.inn))
    company.press("account/")
    assert "Все готово" in get_text(company.save())


def test_a_number_nobody_could_check_is_no_tick(
    company: FormPage, attach: Attach, outside: FakeOutsideSystems
) -> None:
    outside.eip_down = True
    attach(company)
    page = get_text(company.save())
    assert "без проверки подписание не начнется" in page
    assert company.create().status_code == 302


def test_undoing_the_change_restores_the_check(company: FormPage) -> None:
    check(company)
    company.save(account_number="850")
    assert VERIFIED in account_block(company.save(account_number=ACCOUNT))


def test_a_persons_account_is_checked_by_their_inn(
    person: FormPage, outside: FakeOutsideSystems
) -> None:
    outside.accounts = {(ACCOUNT, person.values["person-inn"])}
    assert VERIFIED in check(person)


# --- «Номер документа» -----------------------------------------------------------------------


def get_document_number(form: FormPage) -> str:
    return get_draft().fields["document_number"][0]


def show_copied_number(form: FormPage) -> None:
    """Put the number that the server has copied into the page."""
    fields = get_draft().fields
    form.values |= {name: fields[name][0] for name in ("document_number", "copied_number")}


def test_the_document_number_follows_the_account_number(company: FormPage) -> None:
    company.save()
    assert get_document_number(company) == ACCOUNT
    show_copied_number(company)
    company.save(account_number="850999999999")
    assert get_document_number(company) == "850999999999"


def test_an_edited_document_number_is_never_overwritten(company: FormPage) -> None:
    company.save()
    show_copied_number(company)
    company.save(document_number="Д-17/2026")
    company.save(account_number="850999999999")
    assert get_document_number(company) == "Д-17/2026"


def test_spaces_and_dashes_in_the_account_number_are_ignored(
    company: FormPage, attach: Attach
) -> None:
    attach(company)
    company.create(account_number=" 850 123-456-789 ")
    assert get_task().account_number == ACCOUNT


def test_only_active_services_are_offered(company: FormPage, services: dict[str, Service]) -> None:
    services["mobile"].active = False
    services["mobile"].save()
    page = get_text(company.open())
    assert "Виртуальная АТС" in page
    assert "Мобильная связь" not in page
