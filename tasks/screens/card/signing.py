"""«Подписание»: checks before sending, the channel's details, the signatures of both sides."""

from dataclasses import dataclass

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from econtract.platform.common.refusals import join_texts
from edo.channels.evidence import SigningSide
from edo.channels.protocol import PreflightCheck, SignatureStatus, SignatureSummary, SigningDetail
from tasks.channels import channel_for
from tasks.lifecycle import preflight
from tasks.models import SigningTask
from tasks.screens.card.labeled_values import LabeledValue
from tasks.statuses import BEFORE_SENDING

SIDE_TITLES = {SigningSide.SENDER: "Ростелеком", SigningSide.RECIPIENT: "Клиент"}
PENDING_TEXTS = {
    SigningSide.SENDER: "Подпись ставится",
    SigningSide.RECIPIENT: "Подпись ожидается",
}
# Badges of `components/badge.html`.
BADGES = {
    SignatureStatus.PENDING: "waiting",
    SignatureStatus.ABSENT: "closed",
    SignatureStatus.VALID: "done",
    SignatureStatus.INVALID: "error",
    SignatureStatus.UNCHECKED: "error",
}


@dataclass(frozen=True)
class SignatureView:
    """The signature of one side; ``badge`` is done, waiting, closed or error."""

    title: str
    badge: str
    text: str
    details: tuple[LabeledValue, ...] = ()


@dataclass(frozen=True)
class SigningBlock:
    """The block «Подписание»; ``checks`` only before the document is sent."""

    details: tuple[LabeledValue, ...]
    signatures: tuple[SignatureView, ...]
    checks: tuple[PreflightCheck, ...] = ()
    box_check_url: str = ""


def build_signing_block(task: SigningTask, user: User) -> SigningBlock:
    channel = channel_for(task)
    summary = channel.summarize()
    details = _build_details(summary.details)
    signatures = tuple(map(_build_signature, summary.signatures))
    if task.status not in BEFORE_SENDING:
        return SigningBlock(details, signatures)
    can_check = channel.can_check_recipient and user.has_permission(Permission.WORK_TASKS)
    url = reverse("tasks:client_box", args=[task.number]) if can_check else ""
    return SigningBlock(details, signatures, preflight.run_checks(task), url)


def _build_details(details: tuple[SigningDetail, ...]) -> tuple[LabeledValue, ...]:
    return tuple(LabeledValue(detail.label, detail.value, num=detail.is_code) for detail in details)


def _build_signature(signature: SignatureSummary) -> SignatureView:
    return SignatureView(
        title=SIDE_TITLES[signature.side],
        badge=BADGES[signature.status],
        text=_describe_status(signature),
        details=_build_details(signature.details),
    )


def _describe_status(signature: SignatureSummary) -> str:
    match signature.status:
        case SignatureStatus.PENDING:
            return PENDING_TEXTS[signature.side]
        case SignatureStatus.ABSENT:
            return "Подписи нет"
        case SignatureStatus.VALID:
            return "Подпись верна"
        case _:
            return join_texts(signature.problems)
