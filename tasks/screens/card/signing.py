"""The signing block: checks before sending, sender and session, the signatures of both sides."""

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
from tasks.statuses import BEFORE_SENDING

SIDE_TITLES = {SigningSide.SENDER: "Ростелеком", SigningSide.RECIPIENT: "Клиент"}
PENDING_TEXTS = {
    SigningSide.SENDER: "Подпись ставится",
    SigningSide.RECIPIENT: "Подпись ожидается",
}
# The kind of the badge.
STATES = {
    SignatureStatus.PENDING: "waiting",
    SignatureStatus.ABSENT: "closed",
    SignatureStatus.VALID: "done",
    SignatureStatus.INVALID: "error",
    SignatureStatus.UNCHECKED: "error",
}


@dataclass(frozen=True)
class Fact:
    """A name and its value, as `components/kv.html` shows them."""

    label: str
    value: str
    num: bool = False
    copyable: bool = False


@dataclass(frozen=True)
class Side:
    """One side's signature: ``state`` is done, waiting, closed or error."""

    title: str
    state: str
    words: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Signing:
    """What the card shows of signing; `checks` only before the document is sent."""

    facts: tuple[Fact, ...]
    sides: tuple[Side, ...]
    checks: tuple[PreflightCheck, ...] = ()
    box_check_url: str = ""


def signing(task: SigningTask, user: User) -> Signing:
    """The block for ``task``."""
    channel = channel_for(task)
    summary = channel.summarize()
    facts, sides = _facts(summary.details), tuple(map(_side, summary.signatures))
    if task.status not in BEFORE_SENDING:
        return Signing(facts, sides)
    can_check = channel.can_check_recipient and user.has_permission(Permission.WORK_TASKS)
    url = reverse("tasks:client_box", args=[task.number]) if can_check else ""
    return Signing(facts, sides, preflight.run_checks(task), url)


def _facts(details: tuple[SigningDetail, ...]) -> tuple[Fact, ...]:
    return tuple(Fact(each.label, each.value, num=each.is_code) for each in details)


def _side(signature: SignatureSummary) -> Side:
    title, state = SIDE_TITLES[signature.side], STATES[signature.status]
    return Side(title, state, _text(signature), _facts(signature.details))


def _text(signature: SignatureSummary) -> str:
    match signature.status:
        case SignatureStatus.PENDING:
            return PENDING_TEXTS[signature.side]
        case SignatureStatus.ABSENT:
            return "Подписи нет"
        case SignatureStatus.VALID:
            return "Подпись верна"
        case _:
            return join_texts(signature.problems)
