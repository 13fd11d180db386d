"""Control of the sandbox itself (docs/protocols.md, section 11)."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from econtract.sandbox import clock, cms, identity, world
from econtract.sandbox.api.feed import page_of
from econtract.sandbox.api.protocol import (
    Call,
    Fields,
    Json,
    Refused,
    bad_request,
    bearer,
    decode_base64,
    encode_base64,
    query,
    read_fields,
)
from econtract.sandbox.api.signing import stated_time
from econtract.sandbox.edo import answers, client
from econtract.sandbox.edo.protocol import EdoRefused
from econtract.sandbox.models import (
    EdoDocument,
    EipAccount,
    IdentityRequest,
    IdentityState,
    JournalEntry,
    Organisation,
    TextMessage,
    World,
)

Handler = Callable[..., Json]


def order(handler: Handler) -> Callable[..., HttpResponseBase]:
    """A POST of the control API: one transaction, refusals as JSON, no idempotency."""

    @functools.wraps(handler)
    def view(request: HttpRequest, **path: str) -> HttpResponseBase:
        try:
            if not bearer(request):
                raise Refused(401, "unauthorized")
            if request.method != "POST":
                raise Refused(405, "method_not_allowed")
            with transaction.atomic():
                now = clock.now()
                answer = handler(Call(request, now, read_fields(request)), **path)
        except Refused as refused:
            return refused.answer()
        except EdoRefused as refused:
            return Refused(refused.status, refused.code, refused.text).answer()
        return JsonResponse(answer)

    return csrf_exempt(view)


@order
def reset(call: Call) -> Json:
    """POST reset: forget what happened."""
    world.reset()
    return {}


@query
def state(call: Call) -> Json:
    """GET state."""
    row = World.load()
    return {
        "now": clock.iso(clock.now(row)),
        "offset_seconds": row.offset_seconds,
        "autopilot": _autopilot(row),
        "faults": [world.describe(fault) for fault in world.faults_in_force()],
        "waiting": world.waiting(),
    }


@order
def set_clock(call: Call) -> Json:
    """POST clock."""
    offset, advance = call.fields.number("offset_seconds"), call.fields.number("advance_seconds")
    moment = call.fields.moment("now")
    if moment is not None:
        offset = (moment - dt.datetime.now(dt.UTC)).total_seconds()
    elif advance is not None:
        offset = World.load().offset_seconds + advance
    if offset is None or abs(offset) > 10 * 365 * 86400:
        raise bad_request("offset_seconds, advance_seconds or now expected, within ten years")
    clock.shift(offset)
    row = World.load()
    return {"now": clock.iso(clock.now(row)), "offset_seconds": row.offset_seconds}


@order
def set_autopilot(call: Call) -> Json:
    """POST autopilot."""
    on, delay = call.fields.data.get("on"), call.fields.number("delay_seconds")
    if on is not None and not isinstance(on, bool):
        raise bad_request("on: true or false expected")
    if delay is not None and not 0 <= delay <= 86400:
        raise bad_request("delay_seconds: 0..86400 expected")
    world.set_autopilot(on=on, delay=delay)
    return _autopilot(World.load())


@order
def add_account(call: Call) -> Json:
    """POST accounts: an ЕИП account, perhaps visible later."""
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
def journal(call: Call, system: str) -> Json:
    """GET journal/<system>."""
    after, limit = page_of(call, most=1000)
    rows = JournalEntry.objects.filter(system=system, effective=True, pk__gt=after)
    for name in ("reference", "action", "ref"):
        if value := call.request.GET.get(name):
            rows = rows.filter(**{name: value})
    names = ("id", "action", "actor", "reference", "ref", "key", "at", "repeats")
    entries = list(rows.order_by("id").values(*names)[:limit])
    for entry in entries:
        entry["at"] = clock.iso(entry["at"])
    return {"entries": entries, "count": rows.count()}


@query
def messages(call: Call) -> Json:
    """GET messages: what reached phones and mailboxes."""
    rows = TextMessage.objects.all()
    for name in ("to", "reference"):
        if value := call.request.GET.get(name):
            rows = rows.filter(**{name: value})
    names = ("ref", "channel", "to", "subject", "text", "reference", "at")
    found = list(rows.order_by("id").values(*names)[:1000])
    for message in found:
        message["at"] = clock.iso(message["at"])
    return {"messages": found}


@order
def identity_answer(call: Call, ref: str) -> Json:
    """POST identity/<ref>/answer: the client answers."""
    row = IdentityRequest.objects.filter(ref=ref).first()
    if row is None:
        raise Refused(404, "not_found")
    code = call.fields.text("answer")
    if row.state != IdentityState.PENDING:
        raise Refused(409, "wrong_state", f"The request is {row.state}")
    if code == "silent":
        identity.keep_silent(row)
    elif code in identity.ANSWERS:
        identity.answer(row, code, "client", call.now, _papers(call.fields, row, code))
    else:
        raise bad_request("answer: unknown")
    return {"ref": ref, "state": row.state, "resolution": row.resolution}


@order
def edo_act(call: Call, message_id: str, act: str) -> Json:
    """POST edo/<MessageId>/sign|refuse|ignore: the client acts on every document of the message."""
    documents = EdoDocument.objects.select_related("message").filter(message__message_id=message_id)
    if not documents:
        raise Refused(404, "not_found")
    for document in documents:
        _act(call, document, act)
    return {"MessageId": message_id, "done": act}


@order
def client_signature(call: Call) -> Json:
    """POST client-signatures: a client's signature for a demo history."""
    fields = call.fields
    rows = Organisation.objects.filter(inn=fields.text("inn"), is_ours=False)
    if kpp := fields.text("kpp", required=False):
        rows = rows.filter(kpp=kpp)
    organisation = rows.order_by("is_branch", "id").first()
    if organisation is None:
        raise Refused(404, "not_found")
    key = client.key_of(organisation)
    signed_at = stated_time(fields.moment("signed_at"), call.now, client.begins())
    signature = client.sign(organisation, fields.bytes("content"), signed_at)
    return {
        "signature": encode_base64(signature),
        "certificate": cms.certificate_pem(bytes(key.certificate)),
        "signed_at": clock.iso(signed_at),
    }


@csrf_exempt
def faults(request: HttpRequest, number: int | None = None) -> HttpResponseBase:
    """GET, POST, DELETE faults and DELETE faults/<id>."""
    try:
        if not bearer(request):
            raise Refused(401, "unauthorized")
        if request.method == "POST" and number is None:
            fault = world.add_fault(read_fields(request))
            return JsonResponse(world.describe(fault), status=201)
        if request.method == "DELETE":
            world.remove_faults(number)
        elif request.method != "GET" or number is not None:
            raise Refused(405, "method_not_allowed")
    except Refused as refused:
        return refused.answer()
    return JsonResponse({"faults": [world.describe(row) for row in world.faults_in_force()]})


def _autopilot(row: World) -> Json:
    return {"on": row.autopilot_on, "delay_seconds": row.autopilot_delay}


def _papers(fields: Fields, row: IdentityRequest, code: str) -> list[identity.Paper]:
    """Given documents, or a made-up one for the answer that needs some."""
    if code != "documents":
        return []
    given = fields.data.get("documents") or []
    if not isinstance(given, list):
        raise bad_request("documents: list expected")
    papers = []
    for item in map(Fields, (item for item in given if isinstance(item, dict))):
        content = decode_base64(item.text("content", limit=140_000_000), "content")
        papers.append(
            identity.Paper(item.text("name", limit=200), item.text("content_type"), content)
        )
    return papers or [identity.sample_paper(row)]


def _act(call: Call, document: EdoDocument, act: str) -> None:
    if act == "ignore":
        answers.keep_silent(document)
    elif act == "refuse":
        reason = call.fields.text("reason", required=False, limit=2000)
        answers.reject_as_client(document, reason or "Без объяснения", "client", call.now)
    else:
        how = call.fields.text("how", required=False) or "valid"
        if how not in client.WAYS:
            raise bad_request(f"how: one of {', '.join(client.WAYS)} expected")
        answers.sign_as_client(document, how, "client", call.now)
