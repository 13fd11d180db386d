"""Methods about counteragents and invitations (docs/protocols.md, section 9.2)."""

from __future__ import annotations

import base64

from django.db import transaction
from django.db.models import Q
from django.http import HttpResponse

from econtract.sandbox.api.protocol import Json
from econtract.sandbox.clock import ticks
from econtract.sandbox.edo import partners
from econtract.sandbox.edo.boxes import parse_box_id
from econtract.sandbox.edo.organisations import render_organization
from econtract.sandbox.edo.protocol import (
    EdoCall,
    EdoError,
    endpoint,
    invalid_request,
    still_running_response,
)
from econtract.sandbox.models import EdoPartnership, Organisation

_MAX_PAGE = 100


@endpoint("GET", answer="Counteragent")
def get_counteragent(call: EdoCall) -> Json:
    """GET /V3/GetCounteragent?myBoxId=&counteragentBoxId=."""
    own = call.caller.box(call.argument("myBoxId"))
    other = _find_box(call.argument("counteragentBoxId"))
    row = partners.find_partnership(own.box_id or "", other.box_id or "")
    if row is None:
        text = f"Trust relationship between {own.box_id} and {other.box_id} not found"
        raise EdoError(404, "DiadocApi.NotFound", text)
    return _render_counteragent(row, own.box_id or "", other)


@endpoint("GET", answer="CounteragentList")
def get_counteragents(call: EdoCall) -> Json:
    """GET /V3/GetCounteragents?myBoxId=&counteragentStatus=&afterIndexKey=."""
    box_id = call.caller.box(call.argument("myBoxId")).box_id or ""
    rows = EdoPartnership.objects.filter(Q(box_id=box_id) | Q(partner_box_id=box_id))
    wanted_status = call.request.GET.get("counteragentStatus", "")
    visible = [
        row
        for row in rows.order_by("id")
        if not wanted_status or partners.get_status(row, box_id) == wanted_status
    ]
    after = _parse_index_key(call.request.GET.get("afterIndexKey", ""))
    page = [row for row in visible if row.pk > after][:_MAX_PAGE]
    boxes = Organisation.objects.in_bulk(
        [_other_box_id(row, box_id) for row in page], field_name="box_id"
    )
    return {
        "TotalCount": len(visible),
        "TotalCountType": "Equal",
        "Counteragents": [
            _render_counteragent(row, box_id, boxes[_other_box_id(row, box_id)]) for row in page
        ],
    }


@endpoint("POST", body="AcquireCounteragentRequest", answer="AsyncMethodResult")
def acquire_counteragent(call: EdoCall) -> Json:
    """POST /V3/AcquireCounteragent?myBoxId=: invites, or accepts the other side's invitation."""
    own = call.caller.box(call.argument("myBoxId"))
    names = ("BoxId", "OrgId", "Inn")
    box_id, org_id, inn = (call.fields.text(name, required=False) for name in names)
    if not (box_id or org_id or inn):
        raise invalid_request("BoxId, OrgId or Inn is required")
    if box_id:
        other = _find_box(box_id)
    else:
        other = _find_organisation(**({"org_id": org_id} if org_id else {"inn": inn}))
    message = call.fields.text("MessageToCounteragent", required=False, limit=2000)
    with transaction.atomic():
        row = partners.invite(own, other, message, "api", call.now)
    return {"TaskId": row.task_id}


@endpoint("GET", answer="AcquireCounteragentResultV2")
def get_acquire_counteragent_result(call: EdoCall) -> Json | HttpResponse:
    """GET /V2/AcquireCounteragentResult?taskId=: 204 at the first call, then the invited box."""
    row = EdoPartnership.objects.filter(task_id=call.argument("taskId")).first()
    if row is None:
        raise EdoError(404, "DiadocApi.NotFound", "No such task")
    if not row.is_processed:
        EdoPartnership.objects.filter(pk=row.pk).update(is_processed=True)
        return still_running_response()
    return {"BoxId": row.partner_box_id}


def _render_counteragent(row: EdoPartnership, box_id: str, other: Organisation) -> Json:
    """Diadoc's structure `Counteragent`, as the box sees the other one."""
    name = "MessageToCounteragent" if row.box_id == box_id else "MessageFromCounteragent"
    return {
        "IndexKey": _build_index_key(row.pk),
        "Organization": render_organization(other),
        "CurrentStatus": partners.get_status(row, box_id),
        "LastEventTimestampTicks": ticks(row.changed_at),
        **({name: row.message} if row.message else {}),
    }


def _other_box_id(row: EdoPartnership, box_id: str) -> str:
    return row.partner_box_id if row.box_id == box_id else row.box_id


def _build_index_key(number: int) -> str:
    return base64.b64encode(f"counteragent {number:08d}".encode()).decode()


def _parse_index_key(key: str) -> int:
    try:
        return int(base64.b64decode(key, validate=True).split()[1]) if key else 0
    except (ValueError, IndexError):
        raise invalid_request("afterIndexKey: an IndexKey of this list expected") from None


def _find_box(box_id: str) -> Organisation:
    row = Organisation.objects.with_box().filter(box_id=parse_box_id(box_id)).first()
    if row is None:
        raise EdoError(404, "DiadocApi.NotFound", "Box is not found")
    return row


def _find_organisation(**criteria: str) -> Organisation:
    rows = Organisation.objects.with_box().filter(**criteria)
    row = rows.order_by("is_branch", "id").first()
    if row is None:
        raise EdoError(404, "DiadocApi.NotFound", "Organization is not found")
    return row
