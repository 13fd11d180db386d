"""The signing service over HTTP (docs/protocols.md, section 7), and the test CA's files."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from econtract.sandbox import clock, cms
from econtract.sandbox.api.protocol import (
    Call,
    Done,
    Json,
    Refused,
    bad_request,
    command,
    encode_base64,
    query,
)
from econtract.sandbox.models import SigningKey

_PUBLISHED = {
    "roots.pem": "application/x-pem-file",
    "issuing.pem": "application/x-pem-file",
    "crl.der": "application/pkix-crl",
}


@query
def keys(call: Call) -> Json:
    """GET /signing/v1/keys: the head's and the signatories' certificates."""
    rows = SigningKey.objects.exclude(role="operator").order_by("id")
    return {"keys": [_render(key) for key in rows]}


@command("signing")
def sign(call: Call) -> Done:
    """POST /signing/v1/signatures: a detached signature over exactly the given bytes."""
    fields = call.fields
    key_ref, content = fields.text("key_ref", limit=40), fields.bytes("content")
    key = SigningKey.objects.exclude(role="operator").filter(key_ref=key_ref).first()
    if key is None:
        raise Refused(404, "unknown_key")
    if key.blocked:
        raise Refused(409, "key_blocked")
    signed_at = stated_time(fields.moment("signed_at"), call.now, key.not_before)
    signature = cms.sign(content, bytes(key.private_key), bytes(key.certificate), signed_at)
    body = {"signature": encode_base64(signature), "signed_at": clock.iso(signed_at)}
    return Done("signed", body, ref=key_ref)


def stated_time(
    asked: dt.datetime | None, now: dt.datetime, not_before: dt.datetime
) -> dt.datetime:
    """The signing time to state; 400 when it is neither in the past nor within the certificate."""
    if asked and not not_before <= asked <= now:
        raise bad_request("signed_at: a past time since the certificate began expected")
    return asked or now


@require_GET
def published(request: HttpRequest, name: str) -> HttpResponse:
    """GET /ca/<name>: the CA's public files, open to all."""
    if name not in _PUBLISHED:
        raise Http404
    return HttpResponse((settings.CA_DIR / name).read_bytes(), content_type=_PUBLISHED[name])


def _render(key: SigningKey) -> Json:
    return {
        "key_ref": key.key_ref,
        "owner_name": key.owner_name,
        "surname": key.surname,
        "given_name": key.given_name,
        "patronymic": key.patronymic,
        "position": key.position,
        "inn": key.inn,
        "snils": key.snils,
        "role": key.role,
        "certificate": cms.certificate_pem(bytes(key.certificate)),
        "not_before": clock.iso(key.not_before),
        "not_after": clock.iso(key.not_after),
    }
