"""Links to the signing page. Only the hash of a token is stored."""

import hashlib
import secrets
from datetime import datetime
from uuid import UUID, uuid4

from cryptography.fernet import Fernet
from django.db import transaction
from django.db.models import QuerySet

from clients.models import SentMessage
from econtract.platform.common import clock
from econtract.platform.common.compiled import CompiledQuery, Parameter
from econtract.platform.common.encryption import get_cipher
from edo import records
from edo.evidence_chain.kinds import RecordKind
from edo.models import SigningCode, SigningLink, SimpleSigning

# 128 bits: beyond guessing, and the SMS with the link stays one part.
TOKEN_BYTES = 16
_PURPOSE = "signing link"


class LinkEnded(Exception):
    """Nothing can be done by the link any more: it has ended, or its signing has."""


@transaction.atomic
def create_link(
    signing: SimpleSigning,
    message_key: UUID | None = None,
    channel: SentMessage.Channel = SentMessage.Channel.SMS,
) -> str:
    """End the live link of ``signing``, if any, create a new one, and return its token.

    ``message_key`` is the key of the message that will carry it, and ``channel`` its kind.
    """
    lock_signing(signing)
    end_link(signing, SigningLink.End.REPLACED)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    link = SigningLink.objects.create(
        signing=signing,
        token_sha256=hash_token(token),
        encrypted_token=_cipher().encrypt(token.encode()).decode(),
        message_key=message_key or uuid4(),
        channel=channel,
        expires_at=signing.expires_at,
    )
    records.append(signing, RecordKind.LINK_CREATED, facts={"link": str(link.pk)})
    return token


def find_unsent_link(signing: SimpleSigning) -> tuple[SigningLink, str] | None:
    """The live link that the messaging service has not accepted yet, and its token."""
    rows = SigningLink.objects.select_related("signing__signer", "signing__box")
    link = rows.filter(signing=signing, ended_at=None).first()
    if link is None or not link.encrypted_token:
        return None
    return link, _cipher().decrypt(link.encrypted_token.encode()).decode()


def find_by_token(token: str) -> SigningLink | None:
    """The live link with that token.

    One query by a hash: a token that is unknown and one whose link has ended take the same time.
    """
    rows = _find_live(token_sha256=hash_token(token), now=clock.now())
    return rows[0] if rows else None


@CompiledQuery
def _find_live(token_sha256: Parameter, now: Parameter) -> QuerySet[SigningLink]:
    return (
        _filter_live(now)
        .filter(token_sha256=token_sha256)
        .select_related("signing__signer", "signing__box")
        .defer("signing__sender_signature")
    )


def hash_token(token: str) -> str:
    """What is stored of a token. It is random, so no key is needed."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def end_link(signing: SimpleSigning, end: SigningLink.End) -> None:
    """End the live link of a locked signing and its code; without one nothing happens."""
    now = clock.now()
    SigningCode.objects.filter(signing=signing, ended_at=None).update(
        ended_at=now, encrypted_code=""
    )
    link = SigningLink.objects.filter(signing=signing, ended_at=None).first()
    if link is None:
        return
    link.ended_at, link.end, link.encrypted_token = now, end, ""
    link.save(update_fields=["ended_at", "end", "encrypted_token"])
    records.append(signing, RecordKind.LINK_ENDED, facts={"link": str(link.pk), "end": end.value})


def lock_signing(signing: SimpleSigning) -> SimpleSigning:
    """The row as it is now, locked until the transaction ends."""
    rows = SimpleSigning.objects.select_for_update().defer("sender_signature")
    return rows.get(pk=signing.pk)


def lock_live(link: SigningLink) -> SimpleSigning:
    """The signing of ``link`` as `lock_signing` has it. Raises LinkEnded.

    Whatever a client does begins here: since their page was shown, a new link may have been sent,
    the document taken back, or the same link used on another phone.
    """
    signing = lock_signing(link.signing)
    if not _filter_live(clock.now()).filter(pk=link.pk).exists():
        raise LinkEnded
    return signing


def _filter_live(now: datetime | Parameter) -> QuerySet[SigningLink]:
    return SigningLink.objects.filter(
        ended_at=None,
        expires_at__gt=now,
        signing__state__in=SimpleSigning.LIVE_STATES,
    )


def _cipher() -> Fernet:
    return get_cipher(_PURPOSE)
