"""Sending one SMS or one e-mail to a client, once.

No provider has idempotency keys: what is sent again is a second message. So every message has a
row of its own, which is stored before the provider is called. When the answer of a call was lost,
the next one asks the provider first whether it has accepted the message.
"""

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from clients.gateways.messages import MessageStatus, messages
from clients.messages.addresses import mask_address
from clients.messages.errors import MessageRefused
from clients.messages.limits import count_message
from clients.messages.quiet_hours import check_quiet_hours
from clients.messages.reasons import explain_reason
from clients.messages.reports import record_state, record_status
from clients.messages.texts import count_parts
from clients.models import SentMessage
from econtract.platform.common import clock
from econtract.platform.common.errors import NotReadyYet, Refused, Unavailable

State = SentMessage.State
DOT = "•"


def send_sms(
    *,
    to: str,
    text: str,
    key: UUID,
    template: str,
    client_id: int | None = None,
    region: str = "",
    reference: str = "",
    is_requested: bool = False,
    secret: str = "",
) -> SentMessage:
    """Sends an SMS to the phone ``to`` (+7…); returns its row, accepted by the provider or further.

    Call it with no transaction open. With the same ``key`` it is sent once: a repeat returns the
    row. ``template`` names the text for the provider and for people. ``is_requested``: the client
    asked for it just now, so quiet hours do not matter; those are in the time zone of ``region``,
    a region's name. The ``secret`` in the text (a code, a link's token) is never stored: dots
    take its place. ``reference`` is shown by the provider.

    Raises Unavailable (repeat later with the same key), MessageRefused (final), QuietHours and
    other NotReadyYet.
    """

    def post() -> MessageStatus:
        sender = settings.MESSAGES_SENDER
        return messages().send_sms(
            key=key, to=to, text=text, sender=sender, template=template, reference=reference
        )

    message = SentMessage.objects.filter(key=key).first()
    if (message is None or message.state == State.QUEUED) and not is_requested:
        check_quiet_hours(region)
    if message is None:
        message = _create(
            key=key,
            channel=SentMessage.Channel.SMS,
            template=template,
            client_id=client_id,
            to=to,
            text=text,
            secret=secret,
        )
    return _send_once(message, post)


def send_email(
    *,
    to: str,
    subject: str,
    text: str,
    key: UUID,
    template: str,
    client_id: int | None = None,
    reference: str = "",
    secret: str = "",
) -> SentMessage:
    """Sends an e-mail; the rest is as in `send_sms`.

    An e-mail wakes nobody, so it has no quiet hours. Codes are never sent by e-mail: they prove
    that the client has the phone.
    """

    def post() -> MessageStatus:
        return messages().send_email(
            key=key, to=to, subject=subject, text=text, template=template, reference=reference
        )

    message = SentMessage.objects.filter(key=key).first() or _create(
        key=key,
        channel=SentMessage.Channel.EMAIL,
        template=template,
        client_id=client_id,
        to=to,
        text=text,
        secret=secret,
    )
    return _send_once(message, post)


def _create(
    *,
    key: UUID,
    channel: SentMessage.Channel,
    template: str,
    client_id: int | None,
    to: str,
    text: str,
    secret: str,
) -> SentMessage:
    """The row of a new message; another worker may have created it meanwhile."""
    with transaction.atomic():
        message, is_new = SentMessage.objects.get_or_create(
            key=key,
            defaults={
                "channel": channel,
                "template": template,
                "client_id": client_id,
                "to_masked": mask_address(to),
                "text": text.replace(secret, DOT * len(secret)) if secret else text,
                "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
                "parts": count_parts(text) if channel == SentMessage.Channel.SMS else 0,
            },
        )
        if is_new:
            count_message(to, client_id)
    return message


def _send_once(message: SentMessage, post: Callable[[], MessageStatus]) -> SentMessage:
    if message.state == State.QUEUED:
        _start_attempt(message)
        try:
            _ask_or_post(message, post)
        except Unavailable:
            _end_attempt(message)
            raise
    if message.state == State.FAILED:
        raise MessageRefused(explain_reason(message.reason))
    return message


def _ask_or_post(message: SentMessage, post: Callable[[], MessageStatus]) -> None:
    """Moves the row forward; with an earlier attempt, the provider may have the message already."""
    status = messages().get(message.key) if message.attempts > 1 else None
    try:
        status = status or post()
    except Refused as refusal:
        record_state(message, State.FAILED, reason=refusal.code)
        return
    # An accepted message must not stay queued, whatever a newer provider calls its state.
    if not record_status(message, status):
        record_state(message, State.ACCEPTED, ref=status.ref)


def _start_attempt(message: SentMessage) -> None:
    """Only one worker at a time calls the provider about a message.

    One that died leaves the row taken until its call would have ended. Raises NotReadyYet.
    """
    now = clock.now()
    until = now + timedelta(seconds=settings.OUTSIDE_ANSWER_SECONDS)
    rows = SentMessage.objects.filter(
        Q(attempt_until=None) | Q(attempt_until__lte=now), pk=message.pk, state=State.QUEUED
    )
    is_ours = bool(rows.update(attempts=F("attempts") + 1, attempt_until=until))
    message.refresh_from_db()
    if not is_ours and message.state == State.QUEUED:
        left = ((message.attempt_until or until) - now).total_seconds()
        raise NotReadyYet("another attempt is under way", seconds=max(left, 1))


def _end_attempt(message: SentMessage) -> None:
    SentMessage.objects.filter(pk=message.pk).update(attempt_until=None)
