"""Sending a document to be signed by SMS: our signature first, then a link to the client.

The result of every step is stored before the next one, so after a crash anywhere another worker
continues from there. No transaction is open during an outside call.
"""

import hashlib
from uuid import UUID, uuid5

from django.db import transaction

from clients.messages.errors import MessageRefused
from clients.messages.reasons import WHERE_EMAIL_HELPS
from clients.messages.sending import send_email, send_sms
from clients.models import SentMessage
from econtract.platform.common import clock
from econtract.platform.common.errors import Refused
from econtract.platform.outbox.leases import fenced_transaction
from edo import records
from edo.channels.operator.refusals import SendRefusalCode, send_refused, to_signing_refused
from edo.channels.protocol import DocumentToSign, SigningRefused
from edo.channels.simple import links
from edo.channels.simple.delivery import LINK_TEMPLATE, record_sent
from edo.channels.simple.identity import record_identity
from edo.channels.simple.link_texts import EMAIL_SUBJECT, compose_link_email, compose_link_text
from edo.channels.simple.signer import Signer, find_signer_problems
from edo.evidence_chain.kinds import RecordKind
from edo.models import Box, Signatory, SigningLink, SimpleSigning
from edo.models.exchanges import MAX_REASON_LENGTH
from edo.powers.selection import find_current_power
from edo.signing import cms
from edo.signing.providers.protocol import ConfirmationPending
from edo.signing.providers.registry import get_signing_service
from edo.trust.store import load_trust_store

State = SimpleSigning.State
NOT_SENT = "link_not_sent"


@transaction.atomic
def open_signing(
    *,
    box: Box,
    signatory: Signatory,
    signer: Signer,
    document: DocumentToSign,
    operation_id: UUID,
) -> SimpleSigning:
    """Create the signing of one document; nothing is sent yet.

    The same ``operation_id`` returns the same signing. The chain of its evidence begins with who
    the person is and whose number it is: what courts ask first.
    """
    identification = signer.find_identification()
    signing, is_new = SimpleSigning.objects.get_or_create(
        operation_id=operation_id,
        defaults={
            "box": box,
            "signatory": signatory,
            "power_of_attorney": find_current_power(signatory, box, clock.now()),
            "signer": signer.version,
            "identified_at": identification.at if identification else None,
            "identification_ref": identification.reference if identification else "",
            "client_inn": signer.client_inn,
            "document_sha256": document.sha256,
            "document_number": document.number,
            "document_kind": document.kind,
            "file_name": document.file_name,
            "expires_at": clock.now() + signer.time_to_sign,
        },
    )
    if is_new:
        record_identity(signing, identification)
    return signing


def send(signing: SimpleSigning, pdf: bytes, signer: Signer) -> None:
    """Sign ``pdf`` for our side and send the link; never two messages for one link.

    Afterwards the state is SENT, or AWAITING_CONFIRMATION while our signatory has to confirm.
    Raises Unavailable, NotReadyYet at night, SigningRefused; ValueError when ``pdf`` is not the
    document of the signing.
    """
    if hashlib.sha256(pdf).hexdigest() != signing.document_sha256:
        raise ValueError("The PDF is not the document of this signing.")
    signing.refresh_from_db()
    if signing.state not in SimpleSigning.UNSENT_STATES:
        _raise_earlier_refusal(signing)
        return
    try:
        # Before our signatory is asked: they would sign for nothing.
        if problems := find_signer_problems(signer):
            raise MessageRefused(problems[0])
        if _sign(signing, pdf):
            _send_first_link(signing, signer)
    except MessageRefused as refusal:
        _fail(signing, NOT_SENT, " ".join([refusal.refusal.text, refusal.refusal.fix]).strip())
        raise SigningRefused("messages", NOT_SENT, signing.reason) from refusal
    except Refused as refusal:
        error = to_signing_refused(refusal)
        _fail(signing, error.code, error.message)
        raise error from refusal
    # Another process may have revoked it meanwhile.
    signing.refresh_from_db()
    _raise_earlier_refusal(signing)


def _raise_earlier_refusal(signing: SimpleSigning) -> None:
    if signing.state == State.FAILED:
        raise SigningRefused("messages", signing.failure, signing.reason)
    if signing.state == State.REVOKED and signing.sent_at is None:
        raise send_refused(SendRefusalCode.WITHDRAWN)


def _send_first_link(signing: SimpleSigning, signer: Signer) -> None:
    """By SMS; by e-mail if the provider refuses the SMS for a reason that an e-mail has not."""
    try:
        send_link(signing, signer)
    except MessageRefused as refusal:
        if refusal.code not in WHERE_EMAIL_HELPS or not signing.signer.email:
            raise
        send_link(signing, signer, channel=SentMessage.Channel.EMAIL)


def send_link(
    signing: SimpleSigning,
    signer: Signer,
    message_key: UUID | None = None,
    *,
    channel: SentMessage.Channel | None = None,
) -> None:
    """Send the link that has not left yet, else a new one, which ends the one before.

    With a ``message_key`` this happens once: a repeat after a crash sends no second message. The
    link goes by ``channel`` (None: as the unsent one, else by SMS); the code always goes by SMS.
    Raises as `send_sms`.
    """
    if message_key and _has_left(signing, message_key):
        return
    if problems := find_signer_problems(signer):
        raise MessageRefused(problems[0])
    unsent = links.find_unsent_link(signing)
    is_other = unsent is not None and channel is not None and unsent[0].channel != channel
    if unsent is None or is_other or _was_refused(unsent[0]):
        with fenced_transaction():
            if not links.lock_signing(signing).is_live:
                return
            links.create_link(signing, message_key, channel or SentMessage.Channel.SMS)
    pair = links.find_unsent_link(signing)
    if pair is None:
        return
    link, token = pair
    if link.message_key is None:
        return
    message = _send_message(link, token, link.message_key, signer)
    with fenced_transaction():
        record_sent(link, message)
    signing.refresh_from_db()


def _send_message(link: SigningLink, token: str, key: UUID, signer: Signer) -> SentMessage:
    signing, address = link.signing, signer.build_address(token)
    if link.channel == SentMessage.Channel.EMAIL:
        return send_email(
            to=signing.signer.email,
            subject=EMAIL_SUBJECT,
            text=compose_link_email(signing, address),
            key=key,
            template=LINK_TEMPLATE,
            client_id=signer.client_id,
            reference=signer.reference,
            secret=token,
        )
    return send_sms(
        to=signing.signer.phone,
        text=compose_link_text(signing.box.name, address),
        key=key,
        template=LINK_TEMPLATE,
        client_id=signer.client_id,
        region=signer.region,
        reference=signer.reference,
        secret=token,
    )


def _was_refused(link: SigningLink) -> bool:
    """Whether the provider refused the link's message: the same one is refused again for ever."""
    if link.message_key is None:
        return False
    rows = SentMessage.objects.filter(key=link.message_key, state=SentMessage.State.FAILED)
    return rows.exists()


def _has_left(signing: SimpleSigning, message_key: UUID) -> bool:
    rows = SigningLink.objects.filter(signing=signing, message_key=message_key)
    return rows.filter(encrypted_token="").exists()


def _sign(signing: SimpleSigning, pdf: bytes) -> bool:
    """Sign once for our side. False while the signatory has yet to confirm."""
    if signing.sender_signature is not None:
        return True
    signatory = signing.signatory
    if signing.power_of_attorney is None:
        raise send_refused(SendRefusalCode.POWER_OF_ATTORNEY_INVALID)
    key = uuid5(signing.pk, signing.document_sha256)
    rows = SimpleSigning.objects.filter(pk=signing.pk, state__in=SimpleSigning.UNSENT_STATES)
    try:
        signature = get_signing_service(signatory.provider).sign(
            signatory.key_ref, pdf, key, file_name=signing.file_name
        )
    except ConfirmationPending as pending:
        reason = f"Подписант {signatory} должен подтвердить подпись {pending.place}."
        with fenced_transaction():
            rows.update(state=State.AWAITING_CONFIRMATION, reason=reason)
        signing.refresh_from_db()
        return False
    report = cms.verify(signature, pdf, trust=load_trust_store(), at=clock.now())
    if not report.is_valid:
        raise send_refused(SendRefusalCode.CERTIFICATE_INVALID, report.reasons[0].text)
    with fenced_transaction():
        if rows.filter(sender_signature=None).update(
            sender_signature=signature,
            sender_signed_at=report.signed_at or clock.now(),
            state=State.SENDING,
            reason="",
        ):
            facts = {"document_sha256": signing.document_sha256}
            records.append(signing, RecordKind.DOCUMENT_SENT_TO_SIGN, facts=facts)
    signing.refresh_from_db()
    return signing.sender_signature is not None


def _fail(signing: SimpleSigning, code: str, reason: str) -> None:
    with fenced_transaction():
        links.lock_signing(signing)
        links.end_link(signing, SigningLink.End.REVOKED)
        SimpleSigning.objects.filter(pk=signing.pk, state__in=SimpleSigning.UNSENT_STATES).update(
            state=State.FAILED,
            failure=code,
            reason=reason[:MAX_REASON_LENGTH],
            progress=SimpleSigning.Progress.UNDELIVERED,
            progress_at=clock.now(),
            finished_at=clock.now(),
        )
    signing.refresh_from_db()
