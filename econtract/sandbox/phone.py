"""The signatories' phones: requests to sign that their owner confirms or declines.

КриптоПро DSS and the cloud signature of the ЭДО operator both ask through them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence

from django.db.models import QuerySet
from django.http import HttpRequest

from econtract.sandbox import clock, cms, faults
from econtract.sandbox.journal import record_effect
from econtract.sandbox.models import (
    FaultKind,
    PhoneDocument,
    PhoneRequest,
    PhoneRequestState,
    SigningKey,
)

LIFETIME = dt.timedelta(minutes=10)
SYSTEM_NAMES = {"dss": "КриптоПро DSS", "edo": "Облачная подпись оператора ЭДО"}

State = PhoneRequestState


def create_request(
    system: str, key: SigningKey, documents: Sequence[tuple[str, bytes]]
) -> PhoneRequest:
    """Create a request with documents (name, content); the phone does not show it yet."""
    row = PhoneRequest.objects.create(ref=str(uuid.uuid4()), system=system, key=key)
    PhoneDocument.objects.bulk_create(
        PhoneDocument(request=row, name=name[:255], content=content) for name, content in documents
    )
    return row


def ask(row: PhoneRequest, request: HttpRequest, now: dt.datetime) -> None:
    """Show the request on the phone. Asking again about it changes nothing."""
    if row.state != State.PREPARED:
        return
    is_expired = faults.consume_fault(request, FaultKind.CONFIRMATION_EXPIRED) is not None
    wrong_document = faults.consume_fault(request, FaultKind.WRONG_DOCUMENT)
    row.state, row.confirmation_ref = State.WAITING, str(uuid.uuid4())
    row.asked_at = now
    row.expires_at = now if is_expired else now + LIFETIME
    row.signs_wrong_document = wrong_document is not None
    row.save()
    _record(row, "asked", "api", now)
    clock.schedule_run(row.expires_at)
    clock.schedule_answer(now)


def find_waiting(key_ref: str = "") -> QuerySet[PhoneRequest]:
    """The requests that wait for an answer, of one signatory or of all, oldest first."""
    rows = PhoneRequest.objects.filter(state=State.WAITING).order_by("asked_at", "id")
    return rows.filter(key__key_ref=key_ref) if key_ref else rows


def confirm(row: PhoneRequest, actor: str, now: dt.datetime) -> None:
    """Sign every document. Does nothing to a request that is no longer waiting."""
    if not _close(row, State.CONFIRMED, now):
        return
    for document in row.documents.all():
        content = bytes(document.content)
        if row.signs_wrong_document:
            content += b"\n"
        document.signature = cms.sign(
            content, bytes(row.key.private_key), bytes(row.key.certificate), now
        )
        document.save(update_fields=["signature"])
    _record(row, "confirmed", actor, now)


def decline(row: PhoneRequest, actor: str, now: dt.datetime) -> None:
    """Sign nothing. Does nothing to a request that is no longer waiting."""
    if _close(row, State.DECLINED, now):
        _record(row, "rejected", actor, now)


def mark_silent(rows: QuerySet[PhoneRequest]) -> int:
    """Stop the autopilot from answering these requests; returns how many."""
    return rows.update(silent=True)


def expire_requests(now: dt.datetime) -> None:
    """Close the requests that were not answered in time."""
    for row in find_waiting().filter(expires_at__lte=now):
        if _close(row, State.EXPIRED, now):
            _record(row, "expired", "operator", now)


def _close(row: PhoneRequest, state: PhoneRequestState, now: dt.datetime) -> bool:
    rows = PhoneRequest.objects.filter(pk=row.pk, state=State.WAITING)
    is_closed = bool(rows.update(state=state, answered_at=now))
    row.refresh_from_db()
    return is_closed


def _record(row: PhoneRequest, action: str, actor: str, now: dt.datetime) -> None:
    record_effect(row.system, action, actor, now, reference=row.key.key_ref, ref=row.ref)
