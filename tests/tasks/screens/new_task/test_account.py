"""«Проверка НЛС» (manual, 4.2): both stages, what clears the tick, the document number."""

from collections.abc import Callable

import pytest
from django.http import HttpResponse

from clients.models import Region, Service
from clients.models.formats import ACCOUNT_MESSAGE
from tests.support.factories_clients import BillingPrefixFactory, ClientFactory, RegionFactory
from tests.tasks.screens.new_task.conftest import (
    ACCOUNT,
    ROMASHKA,
    Form,
    Outside,
    text_of,
    the_draft,
    the_task,
)

Attach = Callable[[Form], HttpResponse]
VERIFIED = "ЛС проверен "
STALE = "Требуется повторная проверка"
NOT_FOUND = (
    "ЛС не найден у клиента с этим ИНН. Если ЛС создан менее 60 минут назад, повторите проверку "
    "позже."
)
DOWN = "ЕИП не отвечает. Подписание начнется после успешной проверки"


def account_block(response: HttpResponse) -> str:
    return text_of(response).partition('id="account-block"')[2].partition("</section>")[0]


def check(form: Form, **more: object) -> str:
    """«Проверка ЛС» and what stands at the field after it."""
    return account_block(form.press("account/", **more))


# --- The first stage: at once ----------------------------------------------------------------


def test_no_region_yet(company: Form, region: Region) -> None:
    region.managers.clear()
    assert "Выберите регион инсталляции" in account_block(company.save(active="account_number"))


def test_the_first_three_digits_must_be_the_regions(company: Form) -> None:
    page = account_block(company.save(account_number="851", active="account_number"))
    assert "Некорректно указан код лицевого счета" in page
    assert 'aria-invalid="true"' in page


def test_a_right_beginning_is_not_called_wrong_while_it_is_typed(company: Form) -> None:
    page = account_block(company.save(account_number="8501", active="account_number"))
    assert 'aria-invalid="true"' not in page


def test_a_short_number_is_told_its_length_when_the_field_is_left(company: Form) -> None:
    page = account_block(company.save(account_number="8501", active="document_number"))
    assert ACCOUNT_MESSAGE in page


def test_for_mobile_service_the_prefix_is_that_of_the_billing_system(company: Form) -> None:
    BillingPrefixFactory()
    company.values["services"] = ["mobile"]
    assert "Некорректно указан код" in account_block(company.save())
    assert "Некорректно" not in account_block(company.save(account_number="596123456789"))


def test_with_several_services_a_prefix_of_any_passes(company: Form) -> None:
    BillingPrefixFactory()
    company.values["services"] = ["mobile", "internet"]
    for number in (ACCOUNT, "596123456789"):
        assert "Некорректно" not in account_block(company.save(account_number=number))


# --- The second stage ----------------------------------------------------------------------------


def test_a_found_account_gets_a_tick(company: Form, attach: Attach) -> None:
    assert VERIFIED in check(company)
    attach(company)
    company.create()
    assert the_task().account_verified_at is not None


def test_an_account_of_another_client_is_refused_with_advice(
    company: Form, outside: Outside, attach: Attach
) -> None:
    outside.accounts.clear()
    page = check(company)
    assert NOT_FOUND in page
    assert "заявку в техническую поддержку" in page
    attach(company)
    company.create()
    assert the_task().account_verified_at is None


def test_with_eip_down_the_task_can_be_created_and_the_check_comes_later(
    company: Form, outside: Outside, attach: Attach
) -> None:
    outside.eip_down = True
    assert DOWN in check(company)
    attach(company)
    assert company.create().status_code == 302
    assert the_task().account_verified_at is None


def test_the_check_needs_a_client(company: Form) -> None:
    assert "Сначала выберите клиента" in check(company, client="")


def test_a_number_that_has_not_passed_the_first_stage_is_not_asked_about(
    company: Form, outside: Outside
) -> None:
    outside.accounts.add(("850", ROMASHKA.inn))
    assert ACCOUNT_MESSAGE in check(company, account_number="850")
    assert the_draft().account_outcome == ""


def test_the_outcome_stays_with_the_draft(company: Form) -> None:
    check(company)
    assert VERIFIED in account_block(company.save(document_kind="order_form"))
    assert VERIFIED in text_of(company.open("?restore=1"))


@pytest.mark.parametrize("what", ["account", "client", "services", "region"])
def test_a_change_clears_the_tick(
    what: str, company: Form, attach: Attach, region: Region, outside: Outside
) -> None:
    check(company)
    if what == "account":
        change: dict[str, object] = {"account_number": "850123456780"}
    elif what == "client":
        other = ClientFactory()
        change = {"client": f"{other.inn}-{other.kpp}"}
    elif what == "services":
        change = {"services": ["internet", "virtual_pbx"], "fraud_check": "on"}
    else:
        other_region = RegionFactory(name="Тульская область")
        region.managers.get().regions.add(other_region)
        region.boxes.get().regions.add(other_region)
        change = {"region": str(other_region.pk)}
    page = account_block(company.save(**change))
    assert STALE in page
    assert VERIFIED not in page
    attach(company)
    company.create()
    assert the_task().account_verified_at is None


def test_going_back_to_what_was_checked_brings_the_tick_back(company: Form) -> None:
    check(company)
    company.save(account_number="850")
    assert VERIFIED in account_block(company.save(account_number=ACCOUNT))


def test_a_check_of_a_persons_account_is_by_her_inn(person: Form, outside: Outside) -> None:
    outside.accounts = {(ACCOUNT, person.values["person-inn"])}
    assert VERIFIED in check(person)


# --- «Номер документа» -----------------------------------------------------------------------


def number_of(form: Form) -> str:
    return the_draft().fields["document_number"][0]


def follow(form: Form) -> None:
    """The page shows what the server has filled in."""
    fields = the_draft().fields
    form.values |= {name: fields[name][0] for name in ("document_number", "copied_number")}


def test_the_document_number_is_filled_in_from_the_account(company: Form) -> None:
    company.save()
    assert number_of(company) == ACCOUNT
    follow(company)
    company.save(account_number="850999999999")
    assert number_of(company) == "850999999999"


def test_an_edited_document_number_is_never_overwritten(company: Form) -> None:
    company.save()
    follow(company)
    company.save(document_number="Д-17/2026")
    company.save(account_number="850999999999")
    assert number_of(company) == "Д-17/2026"


def test_pasted_spaces_and_dashes_do_not_matter(company: Form, attach: Attach) -> None:
    attach(company)
    company.create(account_number=" 850 123-456-789 ")
    assert the_task().account_number == ACCOUNT


def test_services_are_offered_in_their_order(company: Form, services: dict[str, Service]) -> None:
    services["mobile"].active = False
    services["mobile"].save()
    page = text_of(company.open())
    assert "Виртуальная АТС" in page
    assert "Мобильная связь" not in page
