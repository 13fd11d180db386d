"""КриптоПро DSS over its REST interface of version 1 (docs/protocols.md, section 12)."""

from __future__ import annotations

import base64
import datetime as dt
import functools
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from econtract.sandbox import phone
from econtract.sandbox.api.protocol import (
    ApiError,
    Json,
    JsonFields,
    decode_base64,
    encode_base64,
    read_fields,
    sandbox_time,
)
from econtract.sandbox.models import DssToken, PhoneRequest, PhoneRequestState, SigningKey

RESOURCE = "urn:cryptopro:dss:signserver:signserver"
MOBILE = "http://dss.cryptopro.ru/identity/authenticationmethod/mobile"
_USER_LIFETIME = dt.timedelta(minutes=10)
_CONFIRMATION_LIFETIME = dt.timedelta(minutes=5)
_SIGN_DOCUMENT, _SIGN_DOCUMENTS = 2, 4
_REQUIRED_PARAMETERS = {"SignatureType": "CAdES", "CADESType": "BES", "IsDetached": "true"}

State = PhoneRequestState


@dataclass(frozen=True)
class DssCall:
    """An authenticated request, the user (by their key) and the fields of the body."""

    request: HttpRequest
    token: DssToken
    now: dt.datetime
    fields: JsonFields

    @property
    def key(self) -> SigningKey:
        """The user's key."""
        return self.token.key


DssHandler = Callable[[DssCall], Any]


def endpoint(method: str) -> Callable[[DssHandler], Callable[[HttpRequest], HttpResponse]]:
    """Make a view that checks the token, runs in one transaction and answers with JSON."""

    def decorate(handler: DssHandler) -> Callable[[HttpRequest], HttpResponse]:
        @functools.wraps(handler)
        def view(request: HttpRequest) -> HttpResponse:
            try:
                with transaction.atomic():
                    answer = handler(_read_call(request, method))
            except ApiError as error:
                return _error(error.status, error.code, error.message)
            return JsonResponse(answer, safe=False)

        return csrf_exempt(view)

    return decorate


@csrf_exempt
def get_token(request: HttpRequest) -> HttpResponse:
    """POST /STS/oauth/token: the grant `password` for a user whom the client names.

    The login is the reference of a key. The password must be there and is not looked at.
    """
    if request.method != "POST":
        return HttpResponse(status=405)
    if not _read_client(request):
        return _error(401, "invalid_client", "The client must authenticate with Basic")
    form = request.POST
    if form.get("grant_type") != "password" or "password" not in form:
        return _error(400, "unsupported_grant_type", "password expected")
    if form.get("resource") != RESOURCE:
        return _error(400, "invalid_target", f"resource: {RESOURCE} expected")
    key = SigningKey.objects.filter(
        key_ref=form.get("username", ""), role__in=("head", "signatory")
    ).first()
    if key is None:
        return _error(400, "invalid_grant", "No such user")
    token = _issue(key, None, sandbox_time(request), _USER_LIFETIME)
    seconds = int(_USER_LIFETIME.total_seconds())
    return JsonResponse({"access_token": token, "token_type": "Bearer", "expires_in": seconds})


@endpoint("GET")
def list_certificates(call: DssCall) -> list[Json]:
    """GET /SignServer/rest/api/certificates: the user's only certificate."""
    key = call.key
    return [
        {
            "ID": key.pk,
            "DName": f"CN={key.owner_name}",
            "CertificateBase64": base64.b64encode(key.certificate).decode(),
            "Status": {"Value": "HOLD" if key.blocked else "ACTIVE"},
            "IsDefault": True,
            "HasPin": False,
        }
    ]


@endpoint("POST")
def create_transaction(call: DssCall) -> str:
    """POST /SignServer/rest/api/transactions: documents to sign; nobody is asked yet."""
    data = call.fields.data
    rows = data.get("Parameters")
    if not isinstance(rows, list):
        raise _malformed("Parameters: a list expected")
    parameters = {str(row.get("Name")): str(row.get("Value")) for row in rows}
    for name, value in _REQUIRED_PARAMETERS.items():
        if parameters.get(name) != value:
            raise ApiError(400, "invalid_signature_params", f"{name}: {value} expected")
    if parameters.get("CertificateID") not in ("0", str(call.key.pk)):
        raise ApiError(400, "invalid_certificate", "No such certificate")
    documents = _read_documents(data, parameters)
    return phone.create_request("dss", call.key, documents).ref


@endpoint("POST")
def confirm(call: DssCall) -> Json:
    """POST /STS/confirmation: ask the user about a transaction, or what they have answered."""
    if call.fields.text("Resource") != RESOURCE:
        raise ApiError(400, "invalid_target")
    row = _find_request(call)
    if row.state == State.PREPARED:
        phone.ask(row, call.request, call.now)
    phone.expire_requests(call.now)
    row.refresh_from_db()
    match row.state:
        case State.CONFIRMED:
            token = _issue(call.key, row, call.now, _CONFIRMATION_LIFETIME)
            seconds = int(_CONFIRMATION_LIFETIME.total_seconds())
            return {
                "IsFinal": True,
                "IsError": False,
                "AccessToken": token,
                "ExpiresIn": seconds,
            }
        case State.DECLINED:
            return _final_error("user_declined", "The user has declined the operation")
        case State.EXPIRED:
            return _final_error("challenge_expired", "The user has not answered in time")
        case _:
            return {"IsFinal": False, "IsError": False, "Challenge": _render_challenge(row, call)}


@endpoint("POST")
def get_document(call: DssCall) -> str:
    """POST /SignServer/rest/api/documents: the signature of a confirmed transaction."""
    (signature,) = _read_signatures(call)
    return signature


@endpoint("POST")
def get_package(call: DssCall) -> Json:
    """POST /SignServer/rest/api/documents/packagesignature: those of several documents."""
    return {"Results": _read_signatures(call)}


def _read_documents(data: Json, parameters: dict[str, str]) -> list[tuple[str, bytes]]:
    match data.get("OperationCode"):
        case code if code == _SIGN_DOCUMENT:
            content = decode_base64(str(data.get("Document", "")), "Document")
            documents = [(parameters.get("DocumentInfo", ""), content)]
        case code if code == _SIGN_DOCUMENTS:
            rows = data.get("Documents") or []
            documents = [
                (str(row.get("Name", "")), decode_base64(str(row.get("Content", "")), "Content"))
                for row in rows
            ]
        case _:
            raise _malformed("OperationCode: 2 or 4 expected")
    if not documents or not all(content for _, content in documents):
        raise _malformed("a document is empty")
    return documents


def _find_request(call: DssCall) -> PhoneRequest:
    """The request that the body names by its transaction or by a RefID."""
    if transaction_id := call.fields.text("TransactionTokenId", required=False):
        rows = PhoneRequest.objects.filter(ref=transaction_id)
    else:
        responses = call.fields.subfields("ChallengeResponse").data.get("TextChallengeResponse")
        if not isinstance(responses, list) or not responses:
            raise _malformed("TransactionTokenId or ChallengeResponse expected")
        rows = PhoneRequest.objects.filter(confirmation_ref=str(responses[0].get("RefId")))
    row = rows.filter(key=call.key, system="dss").first()
    if row is None:
        raise ApiError(400, "transaction_not_found")
    return row


def _read_signatures(call: DssCall) -> list[str]:
    row = call.token.request
    if row is None or row.state != State.CONFIRMED:
        raise ApiError(403, "confirmation_required")
    return [encode_base64(document.signature or b"") for document in row.documents.all()]


def _render_challenge(row: PhoneRequest, call: DssCall) -> Json:
    remaining = (row.expires_at or call.now) - call.now
    return {
        "Title": {"Value": "Подтвердите подписание"},
        "TextChallenge": [
            {
                "RefID": row.confirmation_ref,
                "Label": "Подтвердите операцию в приложении myDSS",
                "AuthnMethod": MOBILE,
                "ExpiresIn": int(remaining.total_seconds()),
            }
        ],
        "ContextData": {"RefID": row.confirmation_ref},
    }


def _read_call(request: HttpRequest, method: str) -> DssCall:
    now = sandbox_time(request)
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    token = DssToken.objects.filter(token=value.strip(), expires_at__gt=now).first()
    if scheme.lower() != "bearer" or token is None:
        raise ApiError(401, "unauthorized")
    if request.method != method:
        raise ApiError(405, "method_not_allowed")
    fields = read_fields(request) if method == "POST" else JsonFields({})
    return DssCall(request, token, now, fields)


def _read_client(request: HttpRequest) -> str:
    """The client's id in the header Authorization; empty when it is missing or malformed."""
    scheme, _, value = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return ""
    try:
        return decode_base64(value.strip(), "").decode().partition(":")[0]
    except (ApiError, UnicodeDecodeError):
        return ""


def _issue(
    key: SigningKey, row: PhoneRequest | None, now: dt.datetime, lifetime: dt.timedelta
) -> str:
    token = secrets.token_urlsafe(24)
    DssToken.objects.create(token=token, key=key, request=row, expires_at=now + lifetime)
    return token


def _malformed(text: str) -> ApiError:
    return ApiError(400, "invalid_request", text)


def _final_error(code: str, text: str) -> Json:
    return {"IsFinal": True, "IsError": True, "Error": code, "ErrorDescription": text}


def _error(status: int, code: str, text: str) -> HttpResponse:
    return JsonResponse({"error": code, "error_description": text}, status=status)
