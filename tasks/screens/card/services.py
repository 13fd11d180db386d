"""«Лицевой счет» and «Услуги»."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from accounts.models import User
from clients.models import Service
from econtract.platform.common.formatting import format_datetime
from econtract.platform.common.moscow_time import format_date
from econtract.platform.common.refusals import Refusal
from tasks.actions.account import account_refusals, fraud_check_refusals
from tasks.actions.document import document_refusals
from tasks.models import SigningTask
from tasks.screens.card.labeled_values import LabeledValue


@dataclass(frozen=True)
class AccountBlock:
    """«Лицевой счет»: the number, and what the user can do with it.

    ``verified_text`` says when it was checked. A URL is "" if the user cannot do that now.
    Refusals that the document block shows already are left out.
    """

    number: str
    verified_text: str
    change_url: str
    check_url: str
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True)
class ServicesBlock:
    """Region, document and services; ``shows_reminder``: a service needs the fraud check."""

    details: tuple[LabeledValue, ...]
    names: tuple[str, ...]
    shows_reminder: bool
    is_confirmed: bool
    confirm_url: str
    checklist_url: str


def build_account_block(task: SigningTask, user: User) -> AccountBlock:
    refusals = account_refusals(task, user)
    document_block_refusals = document_refusals(task, user)
    verified_at = task.account_verified_at
    change_url = "" if refusals else reverse("tasks:account", args=[task.number])
    check_url = (
        "" if refusals or verified_at else reverse("tasks:account_check", args=[task.number])
    )
    return AccountBlock(
        number=task.account_number,
        verified_text=f"ЛС проверен {format_datetime(verified_at)}" if verified_at else "",
        change_url=change_url,
        check_url=check_url,
        refusals=tuple(refusal for refusal in refusals if refusal not in document_block_refusals),
    )


def build_services_block(task: SigningTask, services: list[Service], user: User) -> ServicesBlock:
    has_risk = any(service.fraud_risk for service in services)
    can_confirm = has_risk and not fraud_check_refusals(task, user)
    return ServicesBlock(
        details=(
            LabeledValue("Регион инсталляции", task.region.name),
            LabeledValue("Вид документа", task.document_kind.name),
            LabeledValue("Номер документа", task.document_number, num=True, copyable=True),
            *_build_contract_rows(task),
            *_build_retention_rows(task),
        ),
        names=tuple(service.name for service in services),
        shows_reminder=has_risk and not task.is_finished,
        is_confirmed=task.fraud_check_confirmed,
        confirm_url=reverse("tasks:fraud_check", args=[task.number]) if can_confirm else "",
        checklist_url=settings.DATAPORT_URL,
    )


def _build_retention_rows(task: SigningTask) -> list[LabeledValue]:
    """How long a signed document is kept (docs/rules.md#kinds-of-documents)."""
    if task.completed_at is None or task.package_id is None:
        return []
    last_day = task.document_kind.kept_until(task.completed_at)
    return [LabeledValue("Хранить до", format_date(last_day), num=True)] if last_day else []


def _build_contract_rows(task: SigningTask) -> list[LabeledValue]:
    """The contract that a supplement belongs to."""
    if task.contract_date is None:
        return []
    value = f"{task.contract_number} от {format_date(task.contract_date)}"
    return [LabeledValue("Договор", value, num=True)]
