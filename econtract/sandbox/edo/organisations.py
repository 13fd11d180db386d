"""Organisations, boxes and partners (docs/protocols.md, section 9.1)."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q

from econtract.sandbox.api.protocol import Json
from econtract.sandbox.clock import ticks
from econtract.sandbox.edo.protocol import EdoCall, EdoRefused, endpoint, malformed
from econtract.sandbox.journal import record
from econtract.sandbox.models import EdoPartner, Habit, Organisation


@endpoint("GET")
def mine(call: EdoCall) -> Json:
    """GET /GetMyOrganizations."""
    return {"Organizations": [render(row) for row in call.caller.organisations()]}


@endpoint("GET")
def by_inn_kpp(call: EdoCall) -> Json:
    """GET /GetOrganizationsByInnKpp?inn=&kpp=."""
    rows = Organisation.objects.with_box().filter(inn=call.argument("inn"))
    if kpp := call.request.GET.get("kpp"):
        rows = rows.filter(kpp=kpp)
    return {"Organizations": [render(row) for row in rows.order_by("is_branch", "id")]}


@endpoint("GET")
def counteragent(call: EdoCall) -> Json:
    """GET /V2/GetCounteragent?myOrgId=&counteragentOrgId=."""
    mine = _own(call)
    other = _find(org_id=call.argument("counteragentOrgId"))
    partner = partnership(mine, other)
    return {
        "IndexKey": other.org_id,
        "Organization": render(other),
        "CurrentStatus": "IsMyCounteragent" if partner else "NotInCounteragentList",
        "LastEventTimestampTicks": ticks(partner.since) if partner else 0,
    }


@endpoint("POST")
def acquire(call: EdoCall) -> Json:
    """POST /V2/AcquireCounteragent?myOrgId=: partners at once, unless strangers are refused."""
    mine = _own(call)
    org_id, inn = (call.fields.text(name, required=False) for name in ("OrgId", "Inn"))
    if not (org_id or inn):
        raise malformed("OrgId or Inn is required")
    other = _find(org_id=org_id) if org_id else _find(inn=inn)
    if other.habit == Habit.REFUSES_STRANGERS:
        raise EdoRefused(409, "Counteragent.StrangersForbidden", "The invitation was refused")
    known = partnership(mine, other)
    return {"TaskId": known.task_id if known else _become_partners(call, mine, other)}


@endpoint("GET")
def acquire_result(call: EdoCall) -> Json:
    """GET /V2/AcquireCounteragentResult?taskId=."""
    partner = EdoPartner.objects.filter(task_id=call.argument("taskId")).first()
    if partner is None:
        raise EdoRefused(404, "Task.NotFound")
    other = _find(org_id=partner.partner_org_id)
    return {"OrgId": other.org_id, "BoxId": other.box_id, "InvitationDocumentId": None}


def partnership(mine: Organisation, other: Organisation) -> EdoPartner | None:
    """The partnership of the two, whoever invited."""
    pair = Q(org_id=mine.org_id, partner_org_id=other.org_id)
    pair |= Q(org_id=other.org_id, partner_org_id=mine.org_id)
    return EdoPartner.objects.filter(pair).first()


def render(row: Organisation) -> Json:
    """`Organization`."""
    return {
        "OrgId": row.org_id,
        "Inn": row.inn,
        "Kpp": row.kpp or None,
        "Ogrn": row.ogrn or None,
        "FullName": row.full_name,
        "ShortName": row.short_name,
        "IsActive": True,
        "IsBranch": row.is_branch,
        "IsTest": True,
        "Sociability": "CounteragentsOnly" if row.partners_only else "AllOrganizations",
        "Boxes": [{"BoxId": row.box_id, "Title": row.short_name, "InvoiceFormatVersion": "v5_02"}],
    }


def _own(call: EdoCall) -> Organisation:
    org_id = call.argument("myOrgId")
    own = next((row for row in call.caller.organisations() if row.org_id == org_id), None)
    if own is None:
        raise EdoRefused(403, "Organization.Forbidden")
    return own


def _find(**by: str) -> Organisation:
    row = Organisation.objects.with_box().filter(**by).order_by("is_branch", "id").first()
    if row is None:
        raise EdoRefused(404, "Organization.NotFound")
    return row


def _become_partners(call: EdoCall, mine: Organisation, other: Organisation) -> str:
    task_id = str(uuid.uuid4())
    try:
        with transaction.atomic():
            EdoPartner.objects.create(
                org_id=mine.org_id, partner_org_id=other.org_id, task_id=task_id, since=call.now
            )
            record("edo", "invited", "api", call.now, reference=other.inn, ref=task_id)
    except IntegrityError:  # invited a moment ago by a parallel call
        return EdoPartner.objects.get(org_id=mine.org_id, partner_org_id=other.org_id).task_id
    return task_id
