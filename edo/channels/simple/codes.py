"""The code of a signing: made for one link and one document, sent by SMS, checked three times."""

import hmac
import math
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid4

from cryptography.fernet import Fernet
from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from clients.messages.errors import MessageRefused
from clients.messages.sending import send_sms
from clients.messages.texts import safe_name
from clients.models import SentMessage
from econtract.platform.common import clock
from econtract.platform.common.compiled import CompiledQuery, Parameter
from econtract.platform.common.encryption import get_cipher
from econtract.platform.common.errors import NotReadyYet
from edo import records
from edo.channels.simple import links
from edo.channels.simple.code_problems import explain_link_limit, explain_to_client
from edo.channels.simple.delivery import CODE_TEMPLATE
from edo.evidence_chain.kinds import RecordKind
from edo.models import CodeMessage, SigningCode, SigningLink, SimpleSigning
from edo.models.simple_signing import MAX_CODE_ATTEMPTS
from edo.records import ClientDevice

LIFETIME = timedelta(minutes=5)
SECONDS_BETWEEN_MESSAGES = 60
MAX_CODES_PER_DAY = 5
DIGITS = 6
_PURPOSE = "simple signing code"
# What is signed, in the words of the SMS, by the code of the document's kind.
KIND_NAMES = {
    "contract": "договор",
    "supplement": "доп. соглашение",
    "specification": "спецификация",
    "order_form": "бланк заказа",
    "acceptance": "акт",
}


@dataclass(frozen=True)
class CodeStatus:
    """Whether there is a code to enter, after how many seconds it may be sent again, and in
    Russian why none was sent."""

    is_live: bool
    wait_seconds: int = 0
    problem: str = ""


@dataclass(frozen=True)
class CheckResult:
    """What came of one attempt."""

    is_right: bool
    attempts_left: int = 0
    is_expired: bool = False
    needs_texts: bool = False
    code_id: str = ""


def name_document(signing: SimpleSigning) -> str:
    """«договор № 17»: what is signed, as a part of a message."""
    kind = KIND_NAMES.get(signing.document_kind, "документ")
    return safe_name(f"{kind} № {signing.document_number}", 50)


def find_status(link: SigningLink) -> CodeStatus:
    """The state of the link's code."""
    code = _find_live(link)
    return CodeStatus(True, _seconds_to_wait(code)) if code else CodeStatus(False)


def request_code(link: SigningLink, device: ClientDevice) -> CodeStatus:
    """Send a code: the one that still lives, else a new one.

    Within a minute of the last message nothing is sent. Raises LinkEnded; Unavailable when the
    messaging service does not answer: the next request then sends the same code.
    """
    with transaction.atomic():
        signing = links.lock_live(link)
        code = _find_live(link)
        if code and (seconds := _seconds_to_wait(code)):
            return CodeStatus(True, seconds)
        if code is None:
            if free_at := _find_free_time(link):
                return CodeStatus(False, problem=explain_link_limit(MAX_CODES_PER_DAY, free_at))
            code = _create_code(link, signing, device)
        # Taken before the call, so that of two requests at once only one sends.
        code.sent_at = clock.now()
        code.save(update_fields=["sent_at"])
        key = _choose_message(code)
    return _send(code, key, signing)


def _choose_message(code: SigningCode) -> UUID:
    """The key of the next SMS with ``code``, whose signing is locked.

    While nobody knows whether the latest one has left, it is that one: the provider is asked
    before anything is sent again.
    """
    latest = CodeMessage.objects.filter(code=code).order_by("-pk").first()
    if latest is not None:
        known = SentMessage.objects.filter(key=latest.key)
        if not known.exclude(state=SentMessage.State.QUEUED).exists():
            return latest.key
    return CodeMessage.objects.create(code=code, key=uuid4()).key


def _send(code: SigningCode, key: UUID, signing: SimpleSigning) -> CodeStatus:
    digits = _cipher().decrypt(code.encrypted_code.encode()).decode()
    try:
        send_sms(
            to=signing.signer.phone,
            text=_compose_text(digits, signing),
            key=key,
            template=CODE_TEMPLATE,
            client_id=_find_client(code),
            is_requested=True,
            secret=digits,
        )
    except MessageRefused as error:
        _allow_sending(code)
        return CodeStatus(True, problem=explain_to_client(error))
    except NotReadyYet as wait:
        # Another request is sending it, or has died doing so.
        return CodeStatus(True, math.ceil(wait.seconds))
    except Exception:
        _allow_sending(code)
        raise
    return CodeStatus(True, SECONDS_BETWEEN_MESSAGES)


def _allow_sending(code: SigningCode) -> None:
    """Nothing has left: the client need not wait."""
    earlier = clock.now() - timedelta(seconds=SECONDS_BETWEEN_MESSAGES)
    SigningCode.objects.filter(pk=code.pk).update(sent_at=earlier)


def check_code(link: SigningLink, digits: str, device: ClientDevice) -> CheckResult:
    """Check an attempt, in the caller's transaction; a right one uses the code up.

    The attempt is counted by one conditional UPDATE before the comparison, so parallel requests
    never get more than three checks out of a code.
    """
    now = clock.now()
    live = SigningCode.objects.filter(link=link, ended_at=None)
    if not live.filter(expires_at__gt=now, attempts__lt=MAX_CODE_ATTEMPTS).update(
        attempts=F("attempts") + 1
    ):
        return CheckResult(False, is_expired=live.filter(expires_at__lte=now).exists())
    code = live.get()
    is_right = code.document_sha256 == link.signing.document_sha256 and hmac.compare_digest(
        code.mac, _compute_mac(digits, link.pk, code.document_sha256)
    )
    left = MAX_CODE_ATTEMPTS - code.attempts
    if is_right or not left:
        SigningCode.objects.filter(pk=code.pk).update(
            ended_at=now, used_at=now if is_right else None, encrypted_code=""
        )
    records.append(
        link.signing,
        RecordKind.CODE_CHECKED,
        facts={"code": str(code.pk), "attempt": code.attempts, "is_right": is_right},
        device=device,
    )
    return CheckResult(is_right, attempts_left=0 if is_right else left, code_id=str(code.pk))


def _create_code(link: SigningLink, signing: SimpleSigning, device: ClientDevice) -> SigningCode:
    now = clock.now()
    SigningCode.objects.filter(signing=signing, ended_at=None).update(
        ended_at=now, encrypted_code=""
    )
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    code = SigningCode.objects.create(
        signing=signing,
        link=link,
        document_sha256=signing.document_sha256,
        mac=_compute_mac(digits, link.pk, signing.document_sha256),
        encrypted_code=_cipher().encrypt(digits.encode()).decode(),
        expires_at=now + LIFETIME,
    )
    records.append(
        signing,
        RecordKind.CODE_CREATED,
        facts={
            "code": str(code.pk),
            "link": str(link.pk),
            "document_sha256": code.document_sha256,
            "expires_at": code.expires_at.isoformat(),
        },
        device=device,
    )
    return code


def _find_live(link: SigningLink) -> SigningCode | None:
    rows = _find_live_codes(link_id=link.pk, now=clock.now())
    return rows[0] if rows else None


@CompiledQuery
def _find_live_codes(link_id: Parameter, now: Parameter) -> QuerySet[SigningCode]:
    rows = SigningCode.objects.filter(link=link_id, ended_at=None, expires_at__gt=now)
    return rows.filter(attempts__lt=MAX_CODE_ATTEMPTS)


def _find_free_time(link: SigningLink) -> datetime | None:
    """When the next code may be created by ``link``; None: now."""
    day = timedelta(days=1)
    recent = SigningCode.objects.filter(link=link, created_at__gt=clock.now() - day)
    times = recent.order_by("-created_at").values_list("created_at", flat=True)
    return next((at + day for at in times[MAX_CODES_PER_DAY - 1 : MAX_CODES_PER_DAY]), None)


def _find_client(code: SigningCode) -> int | None:
    """The client to whom the link went: their codes count with their other messages."""
    key = code.link.message_key
    message = SentMessage.objects.filter(key=key).first() if key else None
    return message.client_id if message else None


def _seconds_to_wait(code: SigningCode) -> int:
    passed = (clock.now() - code.sent_at).total_seconds()
    return max(0, SECONDS_BETWEEN_MESSAGES - int(passed))


def _compose_text(digits: str, signing: SimpleSigning) -> str:
    """«Код 123456. Подпись: договор № 17, ПАО «…». Не сообщайте его»."""
    sender = safe_name(signing.box.name, 40)
    return f"Код {digits}. Подпись: {name_document(signing)}, {sender}. Не сообщайте его."


def _compute_mac(digits: str, link_id: int, document_sha256: str) -> str:
    """Keyed, because six digits without a key are found by trying in a fraction of a second."""
    key = f"{_PURPOSE}:{settings.SECRET_KEY}".encode()
    return hmac.new(key, f"{digits}:{link_id}:{document_sha256}".encode(), sha256).hexdigest()


def _cipher() -> Fernet:
    return get_cipher(_PURPOSE)
