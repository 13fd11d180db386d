"""Identification over HTTP (docs/protocols.md, section 4)."""

from __future__ import annotations

import secrets
import uuid

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from econtract.sandbox import clock, identity
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
from econtract.sandbox.models import IdentityRequest, IdentityState
from econtract.sandbox.numbers import is_phone


@command("identity")
def create_request(call: ApiCall) -> CommandResult:
    """POST /identity/v1/requests: create a request and its link."""
    fields, organisation = call.fields, call.fields.subfields("organisation")
    if not is_phone(fields.text("phone")):
        raise bad_request("phone: +7 and 10 digits expected")
    row = IdentityRequest.objects.create(
        ref=str(uuid.uuid4()),
        token=secrets.token_urlsafe(32),
        reference=fields.text("reference", limit=100),
        surname=fields.text("surname", limit=60),
        given_name=fields.text("given_name", limit=60),
        patronymic=fields.text("patronymic", required=False, limit=60),
        phone=fields.text("phone"),
        email=fields.text("email", required=False, limit=200),
        position=fields.text("position", required=False, limit=150),
        authority=fields.text("authority", required=False, limit=200),
        inn=organisation.text("inn", required=bool(organisation.data), limit=12),
        kpp=organisation.text("kpp", required=False, limit=9),
        ogrn=organisation.text("ogrn", required=False, limit=15),
        organisation_name=organisation.text("name", required=False),
        asked_at=call.now,
        expires_at=call.now + identity.LINK_LIFETIME,
    )
    clock.schedule_answer(call.now)
    body = {
        "ref": row.ref,
        "link": _build_link(call.request, row),
        "expires_at": clock.iso(row.expires_at),
    }
    return CommandResult("requested", body, row.reference, row.ref)


@query
def get_request(call: ApiCall, ref: str) -> Json:
    """GET /identity/v1/requests/<ref>."""
    return _render_request(_find_request(ref))


@command("identity")
def cancel(call: ApiCall, ref: str) -> CommandResult:
    """POST …/cancel: disable the link. Cancelling twice has no effect."""
    row = _find_request(ref)
    if row.state in (IdentityState.PASSED, IdentityState.FAILED):
        raise ApiError(409, "already_answered")
    effective = row.state != IdentityState.CANCELLED
    identity.cancel(row)
    return CommandResult("cancelled", _render_request(row), row.reference, ref, 200, effective)


@command("identity")
def decline(call: ApiCall, ref: str) -> CommandResult:
    """POST …/decline: refuse the documents and ask the client again."""
    comment = call.fields.text("comment", limit=2000)
    row = _find_request(ref, IdentityState.DOCUMENTS)
    identity.decline_documents(row, comment, call.now)
    clock.schedule_answer(call.now)
    return CommandResult("declined", _render_request(row), row.reference, ref, 200)


@command("identity")
def accept(call: ApiCall, ref: str) -> CommandResult:
    """POST …/accept: accept the documents."""
    row = _find_request(ref, IdentityState.DOCUMENTS)
    identity.accept_documents(row, call.now)
    return CommandResult("accepted", _render_request(row), row.reference, ref, 200)


def _find_request(ref: str, state: str = "") -> IdentityRequest:
    row = IdentityRequest.objects.filter(ref=ref).first()
    if row is None:
        raise ApiError(404, "not_found")
    if state and row.state != state:
        raise ApiError(409, "wrong_state", f"The request is {row.state}")
    return row


def _build_link(request: HttpRequest, row: IdentityRequest) -> str:
    path = reverse("identity_consent", args=[row.token])
    base_url = settings.SANDBOX_PUBLIC_URL
    return f"{base_url}{path}" if base_url else request.build_absolute_uri(path)


def _render_request(row: IdentityRequest) -> Json:
    return {
        "ref": row.ref,
        "reference": row.reference,
        "state": row.state,
        "resolution": row.resolution,
        "comment": row.comment,
        "identified_at": row.identified_at and clock.iso(row.identified_at),
        "expires_at": clock.iso(row.expires_at),
        "documents": [
            {
                "name": document.name,
                "content_type": document.content_type,
                "content": encode_base64(document.content),
            }
            for document in row.documents.all()
        ],
    }
