"""Taking in the list of accredited authorities (ТСЛ), and deciding about those that wait."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from lxml import etree

from econtract.platform.common import clock
from econtract.platform.common.moscow_time import MOSCOW, format_date
from edo.models import AuthorityCertificate, TrustList
from edo.signing.certificates import read_certificate
from edo.signing.chains import UnverifiableChain
from edo.trust import snapshots, store
from edo.trust.terms import ListCopy, compute_terms
from edo.trust.trust_list import (
    ParsedTrustList,
    TrustListUnreadable,
    parse_document,
    read_trust_list,
)
from edo.trust.xml_signatures import (
    XmlSignatureInvalid,
    XmlSignatureUnverifiable,
    XmlSigner,
    verify_enveloped,
)

CLOCK_TOLERANCE = timedelta(days=1)


class TrustListRefused(Exception):
    """The file is not taken in; the text says why."""


class AlreadyDecided(Exception):
    """Somebody else has accepted or rejected the list."""


@dataclass(frozen=True)
class ImportResult:
    """The stored list, and whether it came for the first time."""

    trust_list: TrustList
    is_new: bool


@dataclass(frozen=True)
class _CheckedFile:
    """A file that can be read, who has signed it, and why a person should look at it."""

    parsed: ParsedTrustList
    signer: str
    reasons: tuple[str, ...]


def import_trust_list(content: bytes, *, source: str, user: Any = None) -> ImportResult:
    """Store a list. It takes effect at once, or waits for an administrator: `TrustList.reasons`.

    The same file is stored once. Raises TrustListRefused when it cannot be read or its signature
    refutes it, Unavailable when the trusted roots cannot be read.
    """
    sha256 = hashlib.sha256(content).hexdigest()
    existing = TrustList.objects.filter(sha256=sha256).defer("content_compressed").first()
    if existing is not None:
        return ImportResult(existing, is_new=False)
    file = _check_file(content)
    with transaction.atomic():
        current = find_current_list()
        snapshot = snapshots.build_snapshot(file.parsed)
        reasons = [*file.reasons, *_compare_with_current(file.parsed, snapshot, current)]
        trust_list, is_new = TrustList.objects.get_or_create(
            sha256=sha256,
            defaults={
                "number": file.parsed.number,
                "issued_at": file.parsed.issued_at,
                "content_compressed": zlib.compress(content),
                "signer": file.signer[:300],
                "snapshot": snapshot,
                "changes": snapshots.compare_snapshots(current.snapshot, snapshot)
                if current
                else {},
                "reasons": reasons,
                "source": source[:500],
                "state": TrustList.State.PENDING if reasons else TrustList.State.ACCEPTED,
                "imported_by": user,
            },
        )
        if is_new and not reasons:
            _apply(file.parsed)
    return ImportResult(trust_list, is_new)


def find_current_list() -> TrustList | None:
    """The accepted list with the latest date."""
    accepted = TrustList.objects.filter(state=TrustList.State.ACCEPTED)
    return accepted.defer("content_compressed").first()


def accept_trust_list(pk: int, user: Any = None) -> TrustList:
    """Let a waiting list take effect. Raises AlreadyDecided."""
    with transaction.atomic():
        trust_list = _decide(pk, TrustList.State.ACCEPTED, user)
        _apply(read_trust_list(parse_document(trust_list.content)))
    return trust_list


def reject_trust_list(pk: int, user: Any = None) -> TrustList:
    """Keep a waiting list as a copy without effect. Raises AlreadyDecided."""
    with transaction.atomic():
        return _decide(pk, TrustList.State.REJECTED, user)


def _decide(pk: int, state: TrustList.State, user: Any) -> TrustList:
    trust_list = TrustList.objects.select_for_update().get(pk=pk)
    if trust_list.state != TrustList.State.PENDING:
        raise AlreadyDecided
    trust_list.state, trust_list.decided_by, trust_list.decided_at = state, user, clock.now()
    trust_list.save(update_fields=["state", "decided_by", "decided_at"])
    return trust_list


def _check_file(content: bytes) -> _CheckedFile:
    try:
        root = parse_document(content)
        signer = _verify_signature(root)
        parsed = read_trust_list(root)
    except TrustListUnreadable as error:
        raise TrustListRefused(str(error)) from error
    except XmlSignatureInvalid as error:
        raise TrustListRefused(f"Подпись списка недействительна: {error}.") from error
    if isinstance(signer, str):
        return _CheckedFile(parsed, "", (f"Подпись списка не проверена: {signer}.",))
    details = read_certificate(signer.certificate)
    name = details.organisation or details.owner
    return _CheckedFile(parsed, name, tuple(_check_signer(signer, parsed)))


def _verify_signature(root: etree._Element) -> XmlSigner | str:
    """The signer, or why the signature cannot be verified."""
    try:
        return verify_enveloped(root)
    except XmlSignatureUnverifiable as error:
        return str(error)


def _check_signer(signer: XmlSigner, parsed: ParsedTrustList) -> list[str]:
    """Any holder of a qualified certificate could sign a list: it must be the ministry."""
    trust, at = store.load_trust_store(), parsed.issued_at
    details = read_certificate(signer.certificate)
    try:
        chain = trust.build_chain(signer.certificate, signer.others, at)
    except UnverifiableChain:
        chain = None
    if chain is None:
        return ["Список подписан сертификатом, который не ведет к доверенному корню."]
    reasons = []
    if trust.check_revocation(chain, at).since is not None:
        reasons.append("Сертификат, которым подписан список, отозван.")
    if details.ogrn != settings.TRUST_LIST_SIGNER_OGRN:
        owner = details.organisation or details.owner
        reasons.append(f"Список подписал не оператор реестра, а «{owner}».")
    return reasons


def _compare_with_current(
    parsed: ParsedTrustList, snapshot: Sequence[dict[str, Any]], current: TrustList | None
) -> list[str]:
    reasons = []
    if parsed.issued_at > clock.now() + CLOCK_TOLERANCE:
        reasons.append(f"Дата списка в будущем: {format_date(parsed.issued_at)}.")
    if current is None:
        return reasons
    if parsed.number <= current.number or parsed.issued_at < current.issued_at:
        reasons.append(f"Список не новее действующего ({current}).")
    active_count = sum(map(snapshots.is_active, current.snapshot))
    lost_count = snapshots.count_lost(current.snapshot, snapshot)
    if lost_count * 100 > active_count * settings.TRUST_LIST_MAX_LOSS_PERCENT:
        reasons.append(f"Аккредитацию теряют сразу многие: {lost_count} УЦ из {active_count}.")
    return reasons


def _apply(parsed: ParsedTrustList) -> None:
    """Store the certificates of a list that has been accepted, and the terms of all lists."""
    current = find_current_list()
    accepted = TrustList.objects.filter(state=TrustList.State.ACCEPTED).order_by(
        "issued_at", "number"
    )
    copies = [
        ListCopy(issued_at.astimezone(MOSCOW).date(), snapshot)
        for issued_at, snapshot in accepted.values_list("issued_at", "snapshot").iterator()
    ]
    terms = compute_terms(copies)
    known = AuthorityCertificate.objects.in_bulk()
    rows = {
        certificate.sha256: AuthorityCertificate(
            sha256=certificate.sha256,
            authority=authority.name,
            content=certificate.content,
            valid_until=certificate.valid_until,
            crl_urls=list(certificate.crl_urls),
        )
        for authority in parsed.authorities
        for certificate in authority.certificates
    }
    is_latest = current is not None and current.number == parsed.number
    rows = known | rows if is_latest else rows | known
    statuses = {
        sha256: snapshots.get_status(authority)
        for authority in (current.snapshot if current else ())
        for sha256 in authority["certificates"]
    }
    for row in rows.values():
        row.status = statuses.get(row.sha256, "Нет в списке")
        row.terms = [term.as_json() for term in terms.get(row.sha256, ())]
    AuthorityCertificate.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["sha256"],
        update_fields=["authority", "status", "content", "valid_until", "crl_urls", "terms"],
        batch_size=200,
    )
    store.mark_changed(authorities=True)
