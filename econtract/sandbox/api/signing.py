"""The signing service over HTTP (docs/protocols.md, section 7)."""

from __future__ import annotations

import datetime as dt

from econtract.sandbox import clock, cms
from econtract.sandbox.api.protocol import (
    ApiCall,
    ApiError,
    CommandResult,
    Json,
    bad_request,
    command,
    encode_base64,
    query,
)
from econtract.sandbox.models import SigningKey

# Roles of keys that are not ours.
_OTHERS_KEYS = ("operator", "timestamp", "trustlist")


@query
def list_keys(call: ApiCall) -> Json:
    """GET /signing/v1/keys: keys and certificates of the head and the signatories."""
    rows = SigningKey.objects.filter(role__in=("head", "signatory")).order_by("id")
    return {"keys": [_render_key(key) for key in rows]}


@command("signing")
def create_signature(call: ApiCall) -> CommandResult:
    """POST /signing/v1/signatures: a detached signature over exactly these bytes."""
    fields = call.fields
    key_ref, content = fields.text("key_ref", limit=40), fields.bytes("content")
    key = SigningKey.objects.exclude(role__in=_OTHERS_KEYS).filter(key_ref=key_ref).first()
    if key is None:
        raise ApiError(404, "unknown_key")
    if key.blocked:
        raise ApiError(409, "key_blocked")
    signed_at = choose_signing_time(fields.aware_time("signed_at"), call.now, key.not_before)
    signature = cms.sign(content, bytes(key.private_key), bytes(key.certificate), signed_at)
    body = {"signature": encode_base64(signature), "signed_at": clock.iso(signed_at)}
    return CommandResult("signed", body, ref=key_ref)


def choose_signing_time(
    time: dt.datetime | None, now: dt.datetime, not_before: dt.datetime
) -> dt.datetime:
    """The requested signing time, by default now; raises a 400 outside `not_before` to `now`."""
    if time and not not_before <= time <= now:
        raise bad_request("signed_at: a time after the certificate's start, in the past expected")
    return time or now


def _render_key(key: SigningKey) -> Json:
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
