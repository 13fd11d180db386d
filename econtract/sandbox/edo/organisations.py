"""Organisations, boxes and partners (docs/protocols.md, section 9.1)."""

from __future__ import annotations

import uuid

from django.db import IntegrityError, transaction
from django.db.models import Q

from econtract.sandbox.api.protocol import Json
from econtract.sandbox.clock import ticks
from econtract.sandbox.edo.protocol import EdoCall, EdoError, endpoint, invalid_request
from econtract.sandbox.journal import record_effect
from econtract.sandbox.models import EdoPartner, Habit, Organisation


@endpoint("GET")
def get_my_organizations(call: EdoCall) -> Json:
    """GET /GetMyOrganizations."""
    return {"Organizations": [render_organization(row) for row in call.caller.organisations()]}


@endpoint("GET")
def get_organizations_by_inn_kpp(call: EdoCall) -> Json:
    """GET /GetOrganizationsByInnKpp?inn=&kpp=."""
    rows = Organisation.objects.with_box().filter(inn=call.argument("inn"))
    if kpp := call.request.GET.get("kpp"):
        rows = rows.filter(kpp=kpp)
    rows = rows.order_by("is_branch", "id")
    return {"Organizations": [render_organization(row) for row in rows]}


@endpoint("GET")
def get_counteragent(call: EdoCall) -> Json:
    """GET /V2/GetCounteragent?myOrgId=&counteragentOrgId=."""
    own = _own_organisation(call)
    other = _find_organisation(org_id=call.argument("counteragentOrgId"))
    partner = find_partner(own, other)
    return {
        "IndexKey": other.org_id,
        "Organization": render_organization(other),
        "CurrentStatus": "IsMyCounteragent" if partner else "NotInCounteragentList",
        "LastEventTimestampTicks": ticks(partner.since) if partner else 0,
    }


@endpoint("POST")
def acquire_counteragent(call: EdoCall) -> Json:
    """POST /V2/AcquireCounteragent?myOrgId=: the invitation is accepted or refused at once."""
    own = _own_organisation(call)
    org_id, inn = (call.fields.text(name, required=False) for name in ("OrgId", "Inn"))
    if not (org_id or inn):
        raise invalid_request("OrgId or Inn is required")
    other = _find_organisation(org_id=org_id) if org_id else _find_organisation(inn=inn)
    if other.habit == Habit.REFUSES_STRANGERS:
        raise EdoError(409, "Counteragent.StrangersForbidden", "The invitation was refused")
    partner = find_partner(own, other)
    return {"TaskId": partner.task_id if partner else _become_partners(call, own, other)}


@endpoint("GET")
def get_acquire_counteragent_result(call: EdoCall) -> Json:
    """GET /V2/AcquireCounteragentResult?taskId=."""
    partner = EdoPartner.objects.filter(task_id=call.argument("taskId")).first()
    if partner is None:
        raise EdoError(404, "Task.NotFound")
    other = _find_organisation(org_id=partner.partner_org_id)
    return {"OrgId": other.org_id, "BoxId": other.box_id, "InvitationDocumentId": None}


def find_partner(own: Organisation, other: Organisation) -> EdoPartner | None:
    """The partnership of the two organisations, whichever of them sent the invitation."""
    pair = Q(org_id=own.org_id, partner_org_id=other.org_id)
    pair |= Q(org_id=other.org_id, partner_org_id=own.org_id)
    return EdoPartner.objects.filter(pair).first()


def render_organization(row: Organisation) -> Json:
    """Diadoc's structure `Organization`."""
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


def _own_organisation(call: EdoCall) -> Organisation:
    org_id = call.argument("myOrgId")
    own = next((row for row in call.caller.organisations() if row.org_id == org_id), None)
    if own is None:
        raise EdoError(403, "Organization.Forbidden")
    return own


def _find_organisation(**criteria: str) -> Organisation:
    rows = Organisation.objects.with_box().filter(**criteria)
    row = rows.order_by("is_branch", "id").first()
    if row is None:
        raise EdoError(404, "Organization.NotFound")
    return row


def _become_partners(call: EdoCall, own: Organisation, other: Organisation) -> str:
    """Make the two organisations partners and return the id of the invitation's task."""
    task_id = str(uuid.uuid4())
    try:
        with transaction.atomic():
            EdoPartner.objects.create(
                org_id=own.org_id, partner_org_id=other.org_id, task_id=task_id, since=call.now
            )
            record_effect("edo", "invited", "api", call.now, reference=other.inn, ref=task_id)
    except IntegrityError:  # a parallel call has just sent the invitation
        return EdoPartner.objects.get(org_id=own.org_id, partner_org_id=other.org_id).task_id
    return task_id
