"""Control of the sandbox itself (docs/protocols.md, section 11)."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from econtract.sandbox import clock, cms, faults, identity, state
from econtract.sandbox.api.faults import render_fault
from econtract.sandbox.api.feed import read_page
from econtract.sandbox.api.protocol import (
    ApiCall,
    ApiError,
    Json,
    JsonFields,
    bad_request,
    decode_base64,
    encode_base64,
    query,
    read_bearer_token,
    read_fields,
)
from econtract.sandbox.api.signing import choose_signing_time
from econtract.sandbox.edo import client
from econtract.sandbox.edo.protocol import EdoError
from econtract.sandbox.models import (
    EipAccount,
    IdentityRequest,
    IdentityState,
    Organisation,
    SandboxState,
    SystemJournalEntry,
    TextMessage,
)

ControlHandler = Callable[..., Json]


def control_command(handler: ControlHandler) -> Callable[..., HttpResponseBase]:
    """Make a POST view that runs in one transaction; no idempotency key is needed."""

    @functools.wraps(handler)
    def view(request: HttpRequest, **path: str) -> HttpResponseBase:
        try:
            if not read_bearer_token(request):
                raise ApiError(401, "unauthorized")
            if request.method != "POST":
                raise ApiError(405, "method_not_allowed")
            with transaction.atomic():
                now = clock.now()
                answer = handler(ApiCall(request, now, read_fields(request)), **path)
        except ApiError as error:
            return error.to_response()
        except EdoError as error:
            return ApiError(error.status, error.code, error.text).to_response()
        return JsonResponse(answer)

    return csrf_exempt(view)


@control_command
def reset(call: ApiCall) -> Json:
    """POST reset: delete everything that has happened."""
    state.reset()
    return {}


@query
def get_state(call: ApiCall) -> Json:
    """GET state."""
    row = SandboxState.load()
    return {
        "now": clock.iso(clock.now(row)),
        "offset_seconds": row.offset_seconds,
        "autopilot": _render_autopilot(row),
        "faults": [render_fault(fault) for fault in faults.active_faults()],
        "waiting": state.count_pending(),
    }


@control_command
def set_clock(call: ApiCall) -> Json:
    """POST clock."""
    offset, advance = call.fields.number("offset_seconds"), call.fields.number("advance_seconds")
    time = call.fields.aware_time("now")
    if time is not None:
        offset = (time - dt.datetime.now(dt.UTC)).total_seconds()
    elif advance is not None:
        offset = SandboxState.load().offset_seconds + advance
    if offset is None or abs(offset) > 10 * 365 * 86400:
        raise bad_request("offset_seconds, advance_seconds or now expected, within ten years")
    clock.shift(offset)
    row = SandboxState.load()
    return {"now": clock.iso(clock.now(row)), "offset_seconds": row.offset_seconds}


@control_command
def set_autopilot(call: ApiCall) -> Json:
    """POST autopilot."""
    on, delay = call.fields.data.get("on"), call.fields.number("delay_seconds")
    if on is not None and not isinstance(on, bool):
        raise bad_request("on: true or false expected")
    if delay is not None and not 0 <= delay <= 86400:
        raise bad_request("delay_seconds: 0..86400 expected")
    state.set_autopilot(on=on, delay=delay)
    return _render_autopilot(SandboxState.load())


@control_command
def add_account(call: ApiCall) -> Json:
    """POST accounts: add an ЕИП account that becomes visible now or later."""
    account, inn = call.fields.text("account", limit=12), call.fields.text("inn", limit=12)
    if not (account.isascii() and account.isdigit() and len(account) == 12):
        raise bad_request("account: 12 digits expected")
    minutes = call.fields.number("visible_in_minutes") or 0
    visible_at = call.now + dt.timedelta(minutes=min(minutes, 10**6))
    EipAccount.objects.update_or_create(
        account=account, inn=inn, defaults={"visible_at": visible_at}
    )
    return {"account": account, "inn": inn, "visible_at": clock.iso(visible_at)}


@query
def list_journal(call: ApiCall, system: str) -> Json:
    """GET journal/<system>."""
    after, limit = read_page(call, max_limit=1000)
    rows = SystemJournalEntry.objects.filter(system=system, effective=True, pk__gt=after)
    for name in ("reference", "action", "ref"):
        if value := call.request.GET.get(name):
            rows = rows.filter(**{name: value})
    names = ("id", "action", "actor", "reference", "ref", "key", "at", "repeats")
    entries = list(rows.order_by("id").values(*names)[:limit])
    for entry in entries:
        entry["at"] = clock.iso(entry["at"])
    return {"entries": entries, "count": rows.count()}


@query
def list_messages(call: ApiCall) -> Json:
    """GET messages: SMS and e-mails that were delivered."""
    rows = TextMessage.objects.filter(state="delivered")
    for name in ("to", "reference"):
        if value := call.request.GET.get(name):
            rows = rows.filter(**{name: value})
    names = ("ref", "channel", "to", "subject", "text", "reference", "at")
    messages = list(rows.order_by("id").values(*names)[:1000])
    for message in messages:
        message["at"] = clock.iso(message["at"])
    return {"messages": messages}


@control_command
def answer_identity_request(call: ApiCall, ref: str) -> Json:
    """POST identity/<ref>/answer: the client answers."""
    row = IdentityRequest.objects.filter(ref=ref).first()
    if row is None:
        raise ApiError(404, "not_found")
    code = call.fields.text("answer")
    if row.state != IdentityState.PENDING:
        raise ApiError(409, "wrong_state", f"The request is {row.state}")
    if code == "silent":
        identity.mark_silent(row)
    elif code in identity.ANSWERS:
        documents = _read_documents(call.fields, row, code)
        identity.record_answer(row, code, "client", call.now, documents)
    else:
        raise bad_request("answer: unknown")
    return {"ref": ref, "state": row.state, "resolution": row.resolution}


@control_command
def create_client_signature(call: ApiCall) -> Json:
    """POST client-signatures: a client's signature for a demo history."""
    fields = call.fields
    rows = Organisation.objects.filter(inn=fields.text("inn"), is_ours=False)
    if kpp := fields.text("kpp", required=False):
        rows = rows.filter(kpp=kpp)
    organisation = rows.order_by("is_branch", "id").first()
    if organisation is None:
        raise ApiError(404, "not_found")
    key = client.get_or_issue_key(organisation)
    signed_at = choose_signing_time(
        fields.aware_time("signed_at"), call.now, client.certificates_valid_from()
    )
    signature = client.sign(organisation, fields.bytes("content"), signed_at)
    return {
        "signature": encode_base64(signature),
        "certificate": cms.certificate_pem(bytes(key.certificate)),
        "signed_at": clock.iso(signed_at),
    }


def _render_autopilot(row: SandboxState) -> Json:
    return {"on": row.autopilot_on, "delay_seconds": row.autopilot_delay}


def _read_documents(
    fields: JsonFields, row: IdentityRequest, code: str
) -> list[identity.IdentityFile]:
    """The documents of the request, or a sample; empty for an answer that carries no documents."""
    if code != "documents":
        return []
    items = fields.data.get("documents") or []
    if not isinstance(items, list):
        raise bad_request("documents: list expected")
    files = []
    for item in map(JsonFields, (item for item in items if isinstance(item, dict))):
        content = decode_base64(item.text("content", limit=140_000_000), "content")
        files.append(
            identity.IdentityFile(item.text("name", limit=200), item.text("content_type"), content)
        )
    return files or [identity.make_sample_document(row)]
