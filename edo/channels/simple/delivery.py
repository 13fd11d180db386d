"""What the provider says about the messages of signings, links and codes."""

from typing import Any

from django.db import transaction
from django.dispatch import receiver

from clients.messages.reasons import explain_reason
from clients.messages.signals import message_changed
from clients.models import SentMessage
from econtract.platform.common import clock
from edo import records
from edo.channels.simple import links
from edo.channels.simple.progress import move_progress
from edo.evidence_chain.kinds import RecordKind
from edo.models import CodeMessage, SigningLink, SimpleSigning

LINK_TEMPLATE = "signing_link"
CODE_TEMPLATE = "signing_code"

Progress = SimpleSigning.Progress
State = SimpleSigning.State


def record_sent(link: SigningLink, message: SentMessage) -> None:
    """Record, in the caller's transaction and once, that the provider has accepted the link."""
    signing = links.lock_signing(link.signing)
    rows = SigningLink.objects.filter(pk=link.pk, ended_at=None).exclude(encrypted_token="")
    if not rows.update(encrypted_token=""):
        return
    facts = {**_build_link_facts(link, message), "template": LINK_TEMPLATE, "text": message.text}
    records.append(signing, RecordKind.LINK_SENT, facts=facts)
    unsent = SimpleSigning.objects.filter(pk=signing.pk, state__in=SimpleSigning.UNSENT_STATES)
    # What our signatory and the night have taken was not the client's time: as the wait of the
    # task, the link lives from now on.
    expires_at = signing.expires_at + (clock.now() - signing.created_at)
    if unsent.update(state=State.SENT, sent_at=clock.now(), expires_at=expires_at):
        SigningLink.objects.filter(pk=link.pk).update(expires_at=expires_at)
    if signing.records.filter(kind=RecordKind.LINK_OPENED, facts__link=str(link.pk)).exists():
        return  # The client was faster than the provider's answer.
    # How far the client came with an earlier link says nothing about this one.
    live = SimpleSigning.objects.filter(pk=signing.pk, state__in=SimpleSigning.LIVE_STATES)
    live.update(progress=Progress.SENT, progress_at=clock.now(), reason="")


@receiver(message_changed, dispatch_uid="simple signings")
def record_message_state(*, message: SentMessage, **_: Any) -> None:
    """Record what became of a message with a link or a code, in the transaction of its state.

    So each state is recorded once, whatever is repeated, reordered or lost between it and us.
    """
    if message.template == CODE_TEMPLATE:
        _record_code_message(message)
        return
    link = SigningLink.objects.filter(message_key=message.key).first()
    if link is None:
        return
    if message.state == SentMessage.State.DELIVERED:
        _record_delivery(link, message)
    elif message.state == SentMessage.State.FAILED:
        _record_failure(link, message)


@transaction.atomic
def _record_delivery(link: SigningLink, message: SentMessage) -> None:
    # The report may be faster than the provider's answer to the sending.
    record_sent(link, message)
    signing = links.lock_signing(link.signing)
    records.append(signing, RecordKind.LINK_DELIVERED, facts=_build_link_facts(link, message))
    if link.ended_at is not None:
        return
    move_progress(signing, Progress.DELIVERED)
    rows = SimpleSigning.objects.filter(pk=signing.pk, state=State.SENT)
    rows.update(state=State.DELIVERED, reason="")


@transaction.atomic
def _record_failure(link: SigningLink, message: SentMessage) -> None:
    """The signing goes on: the message may arrive late, and another one can be sent."""
    signing = links.lock_signing(link.signing)
    facts = {**_build_link_facts(link, message), "reason": message.reason}
    records.append(signing, RecordKind.LINK_FAILED, facts=facts)
    # The client may have come further than this report.
    if link.ended_at is None and signing.is_live and move_progress(signing, Progress.UNDELIVERED):
        _set_reason(signing, _explain(message))


@transaction.atomic
def _record_code_message(message: SentMessage) -> None:
    row = CodeMessage.objects.filter(key=message.key).select_related("code__signing").first()
    if row is None:
        return
    signing = links.lock_signing(row.code.signing)
    facts: dict[str, records.Fact] = {
        "code": str(row.code_id),
        "message": str(message.key),
        "channel": message.channel,
    }
    # Without `sent_at` the provider has refused it: it never left.
    unrecorded = CodeMessage.objects.filter(pk=row.pk, recorded_at=None)
    if message.sent_at and unrecorded.update(recorded_at=clock.now()):
        sent = {**facts, "template": message.template, "text": message.text}
        records.append(signing, RecordKind.CODE_SENT, facts=sent)
        move_progress(signing, Progress.CODE_SENT)
    if message.state == SentMessage.State.DELIVERED:
        records.append(signing, RecordKind.CODE_DELIVERED, facts=facts)
        _set_reason(signing, "")
    elif message.state == SentMessage.State.FAILED:
        facts["reason"] = message.reason
        records.append(signing, RecordKind.CODE_FAILED, facts=facts)
        _set_reason(signing, f"Код не доставлен. {_explain(message)}")


def _set_reason(signing: SimpleSigning, reason: str) -> None:
    """What the card says of a signing that goes on; one that has ended keeps its own reason."""
    rows = SimpleSigning.objects.filter(pk=signing.pk, state__in=SimpleSigning.LIVE_STATES)
    rows.update(reason=reason)


def _explain(message: SentMessage) -> str:
    refusal = explain_reason(message.reason)
    return f"{refusal.text} {refusal.fix}".strip()


def _build_link_facts(link: SigningLink, message: SentMessage) -> dict[str, records.Fact]:
    return {"link": str(link.pk), "message": str(message.key), "channel": message.channel}
