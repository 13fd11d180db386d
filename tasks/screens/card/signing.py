"""«Подписание»: checks before sending, the channel's details, the signatures of both sides."""

from dataclasses import dataclass, replace

from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from econtract.platform.common.refusals import join_texts
from econtract.platform.timeline.events import TimelineEvent
from edo.channels.evidence import SigningSide
from edo.channels.protocol import PreflightCheck
from edo.channels.summaries import (
    SignatureStatus,
    SignatureSummary,
    SigningDetail,
    SigningEvent,
)
from tasks.actions.channel import channel_refusals
from tasks.actions.contact import contact_refusals, is_identified_again
from tasks.channels import channel_for
from tasks.lifecycle import preflight, withdrawal
from tasks.models import Channel, SigningTask
from tasks.recipient_lookups import find_known_box
from tasks.screens.card.labeled_values import LabeledValue
from tasks.statuses import BEFORE_SENDING, Status

CHECK_BOX, CHECK_CONSENT = "Проверить ящик клиента", "Проверить согласие клиента"
OTHER_CHANNELS = {
    Channel.EDO: "Подписать через оператора ЭДО",
    Channel.SMS: "Подписать по СМС",
}
STRONGER = (
    "У клиента есть ящик ЭДО «{}». Подпись через оператора сильнее: клиент подпишет своим "
    "сертификатом, и доказывать, чей это телефон, не придется."
)
REVOKED_FIRST = "Отправленный документ будет отозван, затем уйдет клиенту этим способом."
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
    outside_verdict: str = ""


@dataclass(frozen=True)
class SigningBlock:
    """The block «Подписание»; ``checks`` only before the document is sent.

    ``course`` is what has happened with the client's links and codes, newest first. The texts of
    the links and of the other channel are "" where they are not offered.
    """

    details: tuple[LabeledValue, ...]
    signatures: tuple[SignatureView, ...]
    course: tuple[TimelineEvent, ...] = ()
    checks: tuple[PreflightCheck, ...] = ()
    box_check_label: str = ""
    box_check_url: str = ""
    box_choice_url: str = ""
    channel_url: str = ""
    other_channel: str = ""
    other_channel_label: str = ""
    other_channel_note: str = ""
    other_channel_advice: str = ""
    other_number_url: str = ""


def build_signing_block(task: SigningTask, user: User) -> SigningBlock:
    channel = channel_for(task)
    summary = channel.summarize()
    can_check = channel.can_check_recipient and user.has_permission(Permission.WORK_TASKS)
    check_url = reverse("tasks:client_box", args=[task.number]) if can_check else ""
    block = SigningBlock(
        details=_build_details(summary.details),
        signatures=tuple(map(_build_signature, summary.signatures)),
        course=tuple(map(_build_event, summary.course)),
    )
    if task.status in BEFORE_SENDING:
        has_choice = can_check and task.recipient_address
        choice_url = reverse("tasks:client_box_choice", args=[task.number]) if has_choice else ""
        block = replace(
            block,
            checks=preflight.run_checks(task),
            box_check_label=CHECK_BOX,
            box_check_url=check_url,
            box_choice_url=choice_url,
        )
    elif task.status == Status.CONSENT_PENDING:
        block = replace(block, box_check_label=CHECK_CONSENT, box_check_url=check_url)
    if is_identified_again(task) and not contact_refusals(task, user):
        block = replace(block, other_number_url=reverse("tasks:contact_edit", args=[task.number]))
    return block if channel_refusals(task, user) else _offer_other_channel(block, task)


def _offer_other_channel(block: SigningBlock, task: SigningTask) -> SigningBlock:
    other = Channel.EDO if task.channel == Channel.SMS else Channel.SMS
    return replace(
        block,
        channel_url=reverse("tasks:channel", args=[task.number]),
        other_channel=other.value,
        other_channel_label=OTHER_CHANNELS[other],
        other_channel_note=REVOKED_FIRST if withdrawal.is_needed(task) else "",
        other_channel_advice=_advise_operator(task) if other == Channel.EDO else "",
    )


def _advise_operator(task: SigningTask) -> str:
    """Why a person who would sign by SMS should sign at the operator; "" without a box there."""
    box = find_known_box(task)
    return STRONGER.format(box.label) if box else ""


def build_client_signature(task: SigningTask) -> SignatureView | None:
    """The client's signature for the page that asks an administrator about it."""
    signatures = channel_for(task).summarize().signatures
    return next(
        (_build_signature(row) for row in signatures if row.side == SigningSide.RECIPIENT), None
    )


def _build_details(details: tuple[SigningDetail, ...]) -> tuple[LabeledValue, ...]:
    return tuple(LabeledValue(detail.label, detail.value, num=detail.is_code) for detail in details)


def _build_signature(signature: SignatureSummary) -> SignatureView:
    return SignatureView(
        title=SIDE_TITLES[signature.side],
        badge=BADGES[signature.status],
        text=_describe_status(signature),
        details=_build_details(signature.details),
        outside_verdict=signature.outside_verdict,
    )


def _build_event(event: SigningEvent) -> TimelineEvent:
    return TimelineEvent(
        at=event.at,
        text=event.text,
        actor="",
        badge="error" if event.is_problem else "",
        icon="",
        by_user=False,
        notes=(event.note,) if event.note else (),
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
