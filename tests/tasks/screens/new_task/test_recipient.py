"""«Проверить ящик клиента» in the form, and the contract that a supplement belongs to."""

from collections.abc import Callable
from datetime import date

import pytest
from django.http import HttpResponse

from econtract.platform.common.errors import Unavailable
from edo.channels.protocol import RecipientOption, SigningRecipient
from edo.models import Box
from tasks.channels import TaskSender
from tasks.screens.new_task import recipients
from tests.support.factories import BoxFactory
from tests.tasks.screens.new_task.conftest import (
    ROMASHKA,
    FormPage,
    get_draft,
    get_task,
    get_text,
)

Attach = Callable[[FormPage], HttpResponse]
HEAD = RecipientOption("box-1", "ООО «Ромашка», головная организация")
BRANCH = RecipientOption("box-2", "ООО «Ромашка», филиал", note="Ответ может идти дольше")
ROAMING = RecipientOption("box-3", "ООО «Ромашка», роуминг", is_usable=False, note="Не настроен")


@pytest.fixture
def boxes(monkeypatch: pytest.MonkeyPatch) -> list[RecipientOption]:
    """The client's boxes; change the list to change the operator's answer."""
    boxes = [HEAD, BRANCH, ROAMING]

    def find(sender: TaskSender, recipient: SigningRecipient) -> tuple[RecipientOption, ...]:
        assert (recipient.inn, recipient.kpp) == (ROMASHKA.inn, ROMASHKA.kpp)
        return tuple(boxes)

    monkeypatch.setattr(TaskSender, "find_recipient_options", find)
    return boxes


def test_nothing_is_asked_of_a_client_nobody_checked(company: FormPage, attach: Attach) -> None:
    company.save()
    attach(company)
    assert company.create().status_code == 302
    assert get_task().recipient_address == ""


def test_of_several_boxes_one_must_be_chosen(
    company: FormPage, boxes: list[RecipientOption], attach: Attach
) -> None:
    page = get_text(company.press("recipient/"))
    for option in boxes:
        assert option.label in page
    assert "Ответ может идти дольше" in page
    attach(company)
    refused = company.create()
    assert refused.status_code == 422
    assert recipients.SEVERAL_BOXES in get_text(refused)
    company.values["recipient"] = BRANCH.id
    assert company.create().status_code == 302
    task = get_task()
    assert (task.recipient_address, task.recipient_label) == (BRANCH.id, BRANCH.label)


def test_an_unusable_box_cannot_be_chosen(
    company: FormPage, boxes: list[RecipientOption], attach: Attach
) -> None:
    company.press("recipient/")
    attach(company)
    assert company.create(recipient=ROAMING.id).status_code == 422


def test_the_only_box_is_chosen_by_itself(
    company: FormPage, boxes: list[RecipientOption], attach: Attach
) -> None:
    boxes[:] = [HEAD, ROAMING]
    assert f"Документ уйдет в ящик «{HEAD.label}»" in get_text(company.press("recipient/"))
    attach(company)
    company.create()
    assert get_task().recipient_address == HEAD.id


def test_a_client_without_a_box_may_still_get_one(
    company: FormPage, boxes: list[RecipientOption], attach: Attach
) -> None:
    boxes.clear()
    assert recipients.NO_BOX in get_text(company.press("recipient/"))
    attach(company)
    assert company.create().status_code == 302


def test_another_sender_voids_the_choice(
    company: FormPage, boxes: list[RecipientOption], box: Box
) -> None:
    company.press("recipient/")
    other: Box = BoxFactory(operator_box_id="other", name="Другой", regions=list(box.regions.all()))
    other.signatories.set(box.signatories.all())
    page = get_text(company.save(box=str(other.pk)))
    assert BRANCH.label not in page


def test_an_operator_out_of_reach_blocks_nothing(
    company: FormPage, monkeypatch: pytest.MonkeyPatch, attach: Attach
) -> None:
    def fail(*_: object) -> tuple[RecipientOption, ...]:
        raise Unavailable("edo", "switched off")

    monkeypatch.setattr(TaskSender, "find_recipient_options", fail)
    assert recipients.NO_RESPONSE in get_text(company.press("recipient/"))
    attach(company)
    assert company.create().status_code == 302


def test_client_and_sender_come_first(company: FormPage, boxes: list[RecipientOption]) -> None:
    company.values |= {"client": "", "client_q": ""}
    assert recipients.NO_PARTIES in get_text(company.press("recipient/"))
    assert get_draft().recipient_options == []


def test_the_choice_needs_no_javascript(company: FormPage, boxes: list[RecipientOption]) -> None:
    response = company.press("recipient/", htmx=False)
    assert response.status_code == 302
    page = get_text(company.browser.get(response["Location"]))
    assert BRANCH.label in page


# --- Supplements ---------------------------------------------------------------------------------


def test_a_supplement_names_its_contract(company: FormPage, attach: Attach) -> None:
    assert "Номер договора" not in get_text(company.save())
    assert "Номер договора" in get_text(company.save(document_kind="supplement"))
    attach(company)
    refused = company.create()
    assert refused.status_code == 422
    assert "Введите номер договора" in get_text(refused)
    company.values |= {"contract_number": "77-15/Д", "contract_date": "2024-02-29"}
    assert company.create().status_code == 302
    task = get_task()
    assert (task.contract_number, task.contract_date) == ("77-15/Д", date(2024, 2, 29))
    page = get_text(company.browser.get(f"/tasks/{task.number}/"))
    assert "77-15/Д от 29.02.2024" in page


def test_other_documents_forget_a_contract_that_was_typed(
    company: FormPage, attach: Attach
) -> None:
    company.save(document_kind="supplement", contract_number="77", contract_date="2024-02-29")
    company.save(document_kind="contract")
    attach(company)
    company.create()
    task = get_task()
    assert (task.contract_number, task.contract_date) == ("", None)


def test_a_client_who_signs_by_sms_needs_no_box(
    company: FormPage, boxes: list[RecipientOption], attach: Attach
) -> None:
    company.press("recipient/")
    company.values["channel"] = "sms"
    company.save()
    attach(company)
    assert company.create().status_code == 302
    task = get_task()
    assert (task.channel, task.recipient_address) == ("sms", "")
