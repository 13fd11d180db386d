"""The signing channel of a task: the only module of `tasks` that knows how each one works.

A task keeps what a channel needs in columns of its own: box and signatory for both, `exchange` for
the ЭДО operator, `simple_signing` for signing by SMS. `BINDINGS` says which class reads and writes
them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet, Subquery
from django.urls import reverse

from clients.messages.reasons import CONSENT_WITHDRAWN, WHERE_EMAIL_HELPS
from clients.models import SentMessage
from econtract.platform.common.refusals import Refusal
from edo.channels.evidence import AnchorEvidence
from edo.channels.operator.channel import OperatorChannel, build_session
from edo.channels.operator.events import get_event_source
from edo.channels.operator.refusals import ExchangeFailureCode, SendRefusalCode
from edo.channels.protocol import (
    EventSource,
    RecipientOption,
    SigningChannel,
    SigningRecipient,
    SigningSession,
)
from edo.channels.simple.agreements import has_withdrawn_consent
from edo.channels.simple.channel import SimpleChannel
from edo.channels.simple.channel import build_session as build_simple_session
from edo.channels.simple.client import WRONG_NUMBER
from edo.channels.simple.evidence import find_anchor as find_simple_anchor
from edo.channels.simple.signer import Signer
from edo.models import (
    Box,
    EvidenceAnchor,
    Exchange,
    Signatory,
    SigningLink,
    SimpleSigning,
)
from tasks.identifications import find_identification
from tasks.models import Channel, SigningTask
from tasks.statuses import Resolution

# Relations of a task that its channel reads, and columns of them that the card does not show.
RELATIONS = ("box", "signatory", "exchange__power_of_attorney", "simple_signing__signer")
# What `get_session` reads, and the signatures beside it, which it does not.
SESSIONS = ("exchange", "simple_signing")
NOT_OF_SESSIONS = (
    "exchange__sender_signature",
    "exchange__recipient_signature",
    "exchange__recipient_signature_stamped",
    "exchange__revocation_request",
    "simple_signing__sender_signature",
)
DEFERRED_ON_CARD = ("exchange__power_of_attorney__xml", "exchange__power_of_attorney__signature")

# Tasks whose client may still sign a document.
LIVE_SESSION = Q(channel=Channel.EDO, exchange__state__in=Exchange.LIVE_STATES) | Q(
    channel=Channel.SMS, simple_signing__state__in=SimpleSigning.LIVE_STATES
)

# The resolution for a refusal or a failure of a channel, by its code; for others SEND_FAILED.
RESOLUTIONS: dict[str, Resolution] = {
    SendRefusalCode.CERTIFICATE_INVALID: Resolution.CERTIFICATE_INVALID,
    SendRefusalCode.KEY_BLOCKED: Resolution.CERTIFICATE_INVALID,
    SendRefusalCode.KEY_UNKNOWN: Resolution.CERTIFICATE_INVALID,
    SendRefusalCode.POWER_OF_ATTORNEY_INVALID: Resolution.POWER_OF_ATTORNEY_INVALID,
    SendRefusalCode.CONSENT_DECLINED: Resolution.CONSENT_REFUSED,
    SendRefusalCode.SENDER_BLOCKED: Resolution.CONSENT_REFUSED,
    SendRefusalCode.CONFIRMATION_DECLINED: Resolution.NOT_CONFIRMED,
    SendRefusalCode.CONFIRMATION_EXPIRED: Resolution.NOT_CONFIRMED,
    SendRefusalCode.CONFIRMATION_FAILED: Resolution.NOT_CONFIRMED,
    ExchangeFailureCode.RECIPIENT_SIGNATURE_INVALID: Resolution.CLIENT_SIGNATURE_INVALID,
    ExchangeFailureCode.SENDER_SIGNATURE_INVALID: Resolution.CERTIFICATE_INVALID,
    ExchangeFailureCode.POWER_OF_ATTORNEY_INVALID: Resolution.POWER_OF_ATTORNEY_INVALID,
    WRONG_NUMBER: Resolution.WRONG_NUMBER,
}


@dataclass(frozen=True)
class TaskSender:
    """Our side of a new task, and how its client will sign."""

    box: Box
    signatory: Signatory
    channel: Channel = Channel.EDO

    def find_recipient_options(self, recipient: SigningRecipient) -> tuple[RecipientOption, ...]:
        """`OperatorChannel.find_recipient_options` before there is a task."""
        channel = OperatorChannel(box=self.box, signatory=self.signatory, recipient=recipient)
        return channel.find_recipient_options()

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of a new task that keep it."""
        return {"channel": self.channel, "box": self.box, "signatory": self.signatory}


class ChannelBinding(Protocol):
    """How a task is signed through one channel."""

    def build_channel(self, task: SigningTask) -> SigningChannel:
        """The channel for the task's parties, with the task's current session."""

    def get_session(self, task: SigningTask) -> SigningSession | None:
        """The task's current session. Cheaper than `build_channel`: it reads only the session."""

    def set_session(self, task: SigningTask, session_id: UUID) -> None:
        """Store a new session of the task, whose row the caller has locked."""


class OperatorBinding:
    """Signing through the ЭДО operator: `box`, `signatory` and `exchange` of the task."""

    def build_channel(self, task: SigningTask) -> SigningChannel:
        return OperatorChannel(
            box=task.box,
            signatory=task.signatory,
            recipient=SigningRecipient(
                inn=task.client.inn, kpp=task.client.kpp, address_id=task.recipient_address
            ),
            exchange=task.exchange,
        )

    def get_session(self, task: SigningTask) -> SigningSession | None:
        return build_session(task.exchange) if task.exchange else None

    def set_session(self, task: SigningTask, session_id: UUID) -> None:
        if task.exchange is not None:
            task.past_exchanges.add(task.exchange)
        task.exchange_id = session_id
        task.save(update_fields=["exchange"])


class SimpleBinding:
    """Signing by SMS: `box`, `signatory`, `contact_version` and `simple_signing` of the task."""

    def build_channel(self, task: SigningTask) -> SimpleChannel:
        return SimpleChannel(
            box=task.box,
            signatory=task.signatory,
            signer=Signer(
                version=task.contact_version,
                client_id=task.client_id,
                client_inn=task.client.inn,
                identified_at=task.identified_at,
                region=task.region.name,
                reference=str(task.number),
                time_to_sign=timedelta(days=settings.SIGNING_DAYS),
                build_address=_build_signing_address,
                find_identification=partial(find_identification, task),
            ),
            signing=task.simple_signing,
        )

    def get_session(self, task: SigningTask) -> SigningSession | None:
        return build_simple_session(task.simple_signing) if task.simple_signing else None

    def set_session(self, task: SigningTask, session_id: UUID) -> None:
        if task.simple_signing is not None:
            task.past_simple_signings.add(task.simple_signing)
        task.simple_signing_id = session_id
        task.save(update_fields=["simple_signing"])


def _build_signing_address(token: str) -> str:
    return settings.PUBLIC_URL + reverse("signing:document", args=[token])


def sends_own_messages(task: SigningTask) -> bool:
    """Whether the channel itself tells the client where to sign, by `send_link`."""
    return task.channel == Channel.SMS


def send_link(task: SigningTask, message_key: UUID, by: SentMessage.Channel) -> None:
    """Send the client a new link, once for each ``message_key``; see `SimpleChannel.send_again`.

    Only for a task whose channel `sends_own_messages`.
    """
    SimpleBinding().build_channel(task).send_again(message_key, by)


def find_message_refusals(task: SigningTask) -> list[Refusal]:
    """Why nothing may be sent to the task's person, whatever the channel; empty: it may."""
    has_withdrawn = has_withdrawn_consent(task.contact_version.contact_id)
    return [CONSENT_WITHDRAWN] if has_withdrawn else []


def is_link_undelivered(task: SigningTask) -> bool:
    """Whether the client has not got the last link that was sent to them."""
    session = get_session(task)
    return session is not None and session.progress == SimpleSigning.Progress.UNDELIVERED


def goes_by_email(task: SigningTask, message: SentMessage) -> bool:
    """Whether the link that this SMS did not bring goes by e-mail then.

    Not where the number is wrong: without it no code arrives either.
    """
    if message.channel != SentMessage.Channel.SMS or message.reason not in WHERE_EMAIL_HELPS:
        return False
    links = SigningLink.objects.filter(message_key=message.key, ended_at=None)
    return bool(task.contact_version.email) and links.exists()


def record_copy(task: SigningTask, sha256: str) -> None:
    """Record the copy with the marks of the signatures that the package of ``task`` will have.

    Only for a task whose client has signed with a simple signature.
    """
    SimpleBinding().build_channel(task).record_copy(sha256)


def end_link(task: SigningTask) -> None:
    """End the client's link at once; no outside system is asked. Raises AlreadySigned.

    Only for a task whose channel `sends_own_messages`.
    """
    SimpleBinding().build_channel(task).revoke()


def find_anchor(task: SigningTask) -> AnchorEvidence | None:
    """The anchor over the records of a document that was signed by SMS, if there is one yet."""
    return find_simple_anchor(task.simple_signing) if task.simple_signing else None


def find_anchored_tasks() -> QuerySet[SigningTask]:
    """Tasks with a package whose document was signed by SMS before the last anchor was made."""
    last = EvidenceAnchor.objects.order_by("-day").values("created_at")[:1]
    return SigningTask.objects.filter(
        channel=Channel.SMS,
        package__isnull=False,
        simple_signing__state=SimpleSigning.State.SIGNED,
        simple_signing__finished_at__lt=Subquery(last),
    )


BINDINGS: dict[str, ChannelBinding] = {
    Channel.EDO: OperatorBinding(),
    Channel.SMS: SimpleBinding(),
}


def channel_for(task: SigningTask) -> SigningChannel:
    """The channel that ``task`` is signed through, with its current session.

    It reads RELATIONS and the client: load them with the task.
    """
    return BINDINGS[task.channel].build_channel(task)


def get_session(task: SigningTask) -> SigningSession | None:
    """The current session of ``task``; reads nothing but that session."""
    return BINDINGS[task.channel].get_session(task)


def set_session(task: SigningTask, session_id: UUID) -> None:
    """Make a session that its channel has just opened the current one of the locked ``task``."""
    BINDINGS[task.channel].set_session(task, session_id)


def resolution_for(code: str, default: Resolution = Resolution.SEND_FAILED) -> Resolution:
    """What a refusal or failure of a channel, with this code, means for the task."""
    return RESOLUTIONS.get(code, default)


def event_sources() -> Iterable[EventSource]:
    """The streams of all channels: one for every active box."""
    return [get_event_source(box) for box in Box.objects.filter(active=True)]


def event_sources_of(task: SigningTask) -> Iterable[EventSource]:
    """The streams in which an event about ``task`` can appear."""
    return [get_event_source(task.box)]


def find_tasks_of_message(message_key: UUID) -> QuerySet[SigningTask]:
    """The task whose current session has sent this message to the client, if any."""
    tasks = SigningTask.objects.filter(
        channel=Channel.SMS, simple_signing__links__message_key=message_key
    )
    return tasks.select_related("contact_version", "simple_signing")


def find_tasks(session_id: str) -> QuerySet[SigningTask]:
    """The task whose current session this is, if any. ``session_id`` may be any text."""
    try:
        pk = UUID(session_id)
    except ValueError:
        return SigningTask.objects.none()
    return SigningTask.objects.filter(exchange_id=pk)
