"""The signing block: what must be in order first, box, signatory, exchange, both signatures."""

from dataclasses import dataclass
from datetime import datetime

from django.core.cache import cache
from django.urls import reverse

from accounts.models import User
from accounts.roles import Permission
from econtract.platform.common import clock
from econtract.platform.common.errors import Unavailable
from econtract.platform.common.formatting import zoned
from econtract.platform.common.refusals import join_texts
from edo.models import Exchange, PowerOfAttorney, Signatory
from edo.signing import cms
from edo.signing.trust import load_trust_store
from tasks.lifecycle import preflight
from tasks.lifecycle.preflight import Check
from tasks.models import SigningTask
from tasks.statuses import BEFORE_SENDING

# A verdict may change (a certificate is revoked), but not while a card is being looked at.
VERDICT_SECONDS = 300


@dataclass(frozen=True)
class Fact:
    """A name and its value, as `components/kv.html` shows them."""

    label: str
    value: str
    num: bool = False
    copyable: bool = False


@dataclass(frozen=True)
class Side:
    """One side's signature: ``state`` is done, waiting or error."""

    title: str
    state: str
    words: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True)
class Signing:
    """Everything that the card says of signing; `checks` only before the document goes out."""

    facts: tuple[Fact, ...]
    sides: tuple[Side, ...]
    checks: tuple[Check, ...] = ()
    box_check_url: str = ""


def signing(task: SigningTask, user: User) -> Signing:
    """The block for ``task``; signatures are there once they are."""
    exchange = task.exchange
    power = exchange.power_of_attorney if exchange else None
    facts = [
        Fact("ЛК ЭДО", task.box.name),
        Fact("Подписант", _signatory(task.signatory)),
        Fact("Сертификат", _certificate(task.signatory), num=True),
    ]
    if power is not None:
        facts.append(Fact("МЧД", _power(power), num=True))
    if exchange is not None:
        facts.append(Fact("У оператора ЭДО", _course(exchange), num=True))
    sides = tuple(_sides(exchange)) if exchange else ()
    if task.status not in BEFORE_SENDING:
        return Signing(tuple(facts), sides)
    may_ask = user.has_permission(Permission.WORK_TASKS)
    url = reverse("tasks:client_box", args=[task.number]) if may_ask else ""
    return Signing(tuple(facts), sides, preflight.checks(task), url)


def _signatory(signatory: Signatory) -> str:
    return f"{signatory}, {signatory.position}" if signatory.position else str(signatory)


def _certificate(signatory: Signatory) -> str:
    until = signatory.certificate_until
    ended = " – истек" if until < clock.now() else ""
    return f"{signatory.certificate_serial}, до {until:%d.%m.%Y}{ended}"


def _power(power: PowerOfAttorney) -> str:
    revoked = " – отозвана" if power.revoked_at else ""
    return f"{power.registration_number}, до {power.valid_until:%d.%m.%Y}{revoked}"


def _course(exchange: Exchange) -> str:
    moments = {
        Exchange.State.SENDING: exchange.created_at,
        Exchange.State.SENT: exchange.sent_at,
        Exchange.State.DELIVERED: exchange.delivered_at,
    }
    at = moments.get(Exchange.State(exchange.state), exchange.finished_at)
    state = exchange.get_state_display()
    return f"{state} {zoned(at)}" if at else state


def _sides(exchange: Exchange) -> list[Side]:
    return [
        _side("Ростелеком", exchange, bytes(exchange.sender_signature or b""), "ставится"),
        _side("Клиент", exchange, bytes(exchange.recipient_signature or b""), "ожидается"),
    ]


def _side(title: str, exchange: Exchange, signature: bytes, absent: str) -> Side:
    if not signature:
        if exchange.is_live:
            return Side(title, "waiting", f"Подпись {absent}")
        return Side(title, "closed", "Подписи нет")
    key = f"signature:{exchange.pk}:{title}:{len(signature)}"
    side: Side | None = cache.get(key)
    if side is None:
        side = _verdict(title, exchange, signature)
        cache.set(key, side, VERDICT_SECONDS)
    return side


def _verdict(title: str, exchange: Exchange, signature: bytes) -> Side:
    try:
        report = cms.verify_digest(
            signature, bytes.fromhex(exchange.document_sha256), trust=load_trust_store()
        )
    except Unavailable:
        return Side(title, "error", "Проверить подпись нельзя: корневые сертификаты не читаются")
    words = "Подпись верна" if report.is_valid else join_texts(report.problems)
    facts = []
    if report.certificate is not None:
        certificate = report.certificate
        inn = certificate.organisation_inn or certificate.inn
        facts = [
            Fact("Подписал", certificate.owner),
            Fact("Организация", certificate.organisation),
            Fact("ИНН", inn, num=True),
            Fact("Сертификат", certificate.serial, num=True),
            Fact("Действует", _validity(certificate.valid_from, certificate.valid_until), num=True),
        ]
    if report.signed_at is not None:
        facts.append(Fact("Время", zoned(report.signed_at), num=True))
    state = "done" if report.is_valid else "error"
    return Side(title, state, words, tuple(fact for fact in facts if fact.value))


def _validity(start: datetime, end: datetime) -> str:
    return f"{start:%d.%m.%Y} – {end:%d.%m.%Y}"
